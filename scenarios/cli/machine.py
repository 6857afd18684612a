"""`doctor`: whether this machine is ready."""

import typer

from scenarios.cli.conventions import AsJson, Runs, root, say


def doctor(as_json: AsJson = False, runs: Runs = None) -> None:
    """See whether this machine is ready, and what to do where it is not."""
    from scenarios.doctor import examine

    findings = examine(root(runs))
    ready = all(f.ok for f in findings)
    if as_json:
        rows = [{"what": f.what, "ok": f.ok, "found": f.found, "do": f.do} for f in findings]
        say({"ready": ready, "findings": rows})
    else:
        for finding in findings:
            word = "ok  " if finding.ok else "MEND"
            typer.echo(f"{word} {finding.what}: {finding.found}")
            if not finding.ok:
                typer.echo(f"     {finding.do}")
    raise typer.Exit(0 if ready else 4)
