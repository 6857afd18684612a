"""Before a session begins: who finds his page, and how."""

from pathlib import Path

import pytest

from environment.runtime.access import TokenError, Tokens
from environment.web.app import BindError, check_bind, make_site
from environment.web.inviting import PARTS
from environment.web.screens import SCREENS
from scenarios.cli.inviting import ENTERED, Links, session_tokens
from scenarios.session import Session
from tests.session.test_director import directed, quiet

ROLES = quiet().roles


def links(*, is_lan: bool) -> tuple[Tokens, Links]:
    numbers = iter(range(1000))
    tokens = Tokens(lambda: 0.0, lambda: f"code-{next(numbers)}")
    return tokens, Links(tokens, ROLES, is_lan=is_lan)


def shown(capsys: pytest.CaptureFixture[str], links: Links) -> tuple[dict[str, str], str]:
    """Page -> link, and all that was printed."""
    links.show("http://192.0.2.7:8620")
    text = capsys.readouterr().err
    rows = [line.split() for line in text.splitlines() if "/enter/" in line]
    return dict(rows), text


def test_each_part_is_printed_with_a_link_that_works_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tokens, printed = links(is_lan=False)
    rows, text = shown(capsys, printed)
    assert set(rows) == {part.page for part in PARTS.values()}
    assert set(rows) <= {screen.path for screen in SCREENS}
    code = rows["/leader"].rpartition("/")[2]
    secret, page = tokens.redeem(code)
    assert page == "/leader"
    assert (tokens.caller(secret).name, tokens.caller(secret).role) == ("trauma_leader",) * 2
    with pytest.raises(TokenError):
        tokens.redeem(code)
    assert "--lan" in text
    assert "█" not in text


def test_tablets_find_a_code_to_look_at_for_each_part(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, printed = links(is_lan=True)
    _, text = shown(capsys, printed)
    finder = "█ ▄▄▄▄▄ █"  # the upper half of the square in three corners of every code
    assert text.count(finder) == 3 * len(PARTS)


def test_whoever_has_come_in_stays_in_when_the_process_of_a_session_ends(tmp_path: Path) -> None:
    before = session_tokens(tmp_path)
    secret, _ = before.redeem(before.invite("rescuer", "rescuer", "/rescuer"))
    assert secret not in (tmp_path / ENTERED).read_text("utf-8")
    assert (tmp_path / ENTERED).stat().st_mode & 0o777 == 0o600
    after = session_tokens(tmp_path)
    assert after.caller(secret).role == "rescuer"
    before.revoke("rescuer")
    with pytest.raises(TokenError):
        session_tokens(tmp_path).caller(secret)


async def test_beyond_this_machine_a_session_is_served_to_those_with_a_link_only() -> None:
    async with directed(quiet()) as (session, _):
        tokens, _ = links(is_lan=True)
        open_site = site_of(session, tokens, open_role="instructor")
        with pytest.raises(BindError, match="need no token"):
            check_bind("192.0.2.7", open_site)
        check_bind("192.0.2.7", site_of(session, tokens, open_role=""))
        nobody = Tokens(lambda: 0.0, lambda: "code")
        with pytest.raises(BindError, match="nobody could come in"):
            check_bind("192.0.2.7", site_of(session, nobody, open_role=""))


def site_of(session: Session, tokens: Tokens, *, open_role: str):  # type: ignore[no-untyped-def]
    return make_site(session.world, session.operations, tokens=tokens, open_role=open_role)
