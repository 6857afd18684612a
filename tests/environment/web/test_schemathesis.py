"""Schemathesis, which others wrote, with the OpenAPI document: no defect, nothing undocumented."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from environment.web.limits import Limits
from tests.environment.web.stage import staged

ROOT = Path(__file__).parents[3]
#: All but `positive_data_acceptance`: a guard may refuse what is well formed.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ignored_auth",
)
ENDLESS = "/(observe|ws|stream|events)$"


@pytest.mark.slow
@pytest.mark.wall_time
@pytest.mark.parametrize(("open_role", "by"), [("instructor", ""), ("", "wall")])
async def test_the_site_keeps_to_its_document_whatever_is_asked(
    open_role: str, by: str, tmp_path: Path
) -> None:
    limits = Limits(per_s=1e6, burst=1e6, wait_s=0.05)
    async with staged(open_role=open_role, limits=limits) as stage:
        stage.tell("probe", "hr", 80)
        command = [
            *(str(Path(sys.executable).parent / "st"), "run", f"{stage.url}/openapi.json"),
            *("--generation-deterministic", "--max-examples", "15"),
            *("--phases", "coverage,fuzzing", "--checks", ",".join(CHECKS)),
            *("--exclude-path-regex", ENDLESS, "--request-timeout", "10"),
            *("--continue-on-failure", "--suppress-health-check", "all"),
            *("--warnings", "off", "--no-color"),
        ]
        if by:
            command += ["--header", f"Authorization: Bearer {stage.secrets[by]}"]
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=tmp_path,  # it keeps notes in its folder
            env={
                **os.environ,
                "SCHEMATHESIS_HOOKS": "tests.environment.web.schemathesis_hooks",
                "PYTHONPATH": str(ROOT),
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        words = (await process.communicate())[0].decode()
    assert process.returncode == 0, words
    assert "No issues found" in words
