"""HL7's own examples of R4 pass our checks and the models, or are refused for a stated reason."""

import json
from pathlib import Path

import pytest

from environment.fhir.checks import problems
from environment.fhir.models import parse
from environment.fhir.rules import resource_types
from tests.environment.fhir.published import EXAMPLES, examples

pytestmark = pytest.mark.skipif(
    not EXAMPLES.is_dir(), reason="HL7's examples of R4: run `npm ci` in tests/node first"
)

#: Why an example is refused: what it says -> what the problem's text holds.
UNKNOWN_TYPE = "no type"  # it contains a type that no trauma case needs
REASONS = {
    "Observation-clinical-gender.json": "refers to a Encounter",  # a performer that R4 forbids
    "MedicationRequest-medrx0301.json": "refers to a Practitioner",  # likewise
    "Observation-f202.json": "a vital sign needs it",  # a vital sign without its time
}
REFUSED = 26


@pytest.mark.parametrize("path", examples(resource_types()), ids=lambda path: path.stem)
def test_an_example_passes_or_is_refused_for_a_stated_reason(path: Path) -> None:
    resource = json.loads(path.read_text(encoding="utf-8"))
    told = [p.text for p in problems(resource)]
    if not told:
        parse(resource)
        assert path.name not in REASONS
    else:
        assert all(REASONS.get(path.name, UNKNOWN_TYPE) in text for text in told), told


def test_nearly_all_of_them_pass() -> None:
    found = [json.loads(p.read_text(encoding="utf-8")) for p in examples(resource_types())]
    assert len(found) > 400
    assert sum(any(problems(resource)) for resource in found) == REFUSED
