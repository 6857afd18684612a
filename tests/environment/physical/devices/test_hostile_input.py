"""Whatever comes in over a line, it is a report, a fix, or refused with a reason; never a crash."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from environment.physical.devices import hl7v2, mqtt_payloads, nmea
from environment.physical.devices.readings import UnreadableError
from tests.environment.physical.devices.stage import message
from tests.environment.physical.devices.test_intake import at_the_bedside

GOOD = message("1", 5.0, hr=90, sbp=120, spo2=97, temp=36.5)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good message with some of its bytes changed, doubled or gone."""
    raw = bytearray(GOOD)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(raw) - 1))
        what = draw(st.sampled_from(["put", "cut", "double", "sign"]))
        if what == "put":
            raw[at] = draw(st.integers(0, 255))
        elif what == "cut":
            del raw[at : at + draw(st.integers(1, 30))]
        elif what == "double":
            raw[at:at] = raw[at : at + draw(st.integers(1, 30))]
        else:
            raw[at : at + 1] = draw(st.sampled_from([b"|", b"^", b"~", b"\\", b"\r", b"\n", b"&"]))
        if not raw:
            break
    return bytes(raw)


@settings(max_examples=150, deadline=None)
@given(st.one_of(damaged(), st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_a_message_or_refused_and_always_acknowledged(raw: bytes) -> None:
    async def scene(stage) -> None:  # type: ignore[no-untyped-def]
        await stage.until(10)
        code, _ = hl7v2.read_acknowledgement(stage.monitor.receive(raw))
        assert code in ("AA", "AE", "AR")
        assert stage.monitor.intake.account.received == 1
        stage.world.journal.verify()

    at_the_bedside(scene)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["id", "patient", "at", "values", "hr", "value", "unit", "x"]),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=12,
        ).map(lambda told: json.dumps(told).encode()),
    )
)
def test_any_json_is_a_report_or_refused(raw: bytes) -> None:
    with contextlib.suppress(UnreadableError):  # any other error fails the test
        mqtt_payloads.read_vitals(raw)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=100) | st.text("$GPRMCGA,0123456789.*NEWAV", max_size=90))
def test_any_line_is_a_fix_or_refused(text: str) -> None:
    total = 0
    for sign in text:
        total ^= ord(sign)
    for sentence in (text, f"${text}*{total % 256:02X}"):
        with pytest.raises(UnreadableError):
            nmea.read(sentence, None)
