"""HL7's own examples of R4 pass our checks and the models, or are refused for a stated reason."""

import gzip
import json
from pathlib import Path

import pytest

from environment.fhir.checks import problems
from environment.fhir.elements import Resource
from environment.fhir.models import parse

#: Why an example is refused: what it says -> what the problem's text holds.
UNKNOWN_TYPE = "no type"  # it contains a type that no trauma case needs
REASONS = {
    "Observation-clinical-gender.json": "refers to a Encounter",  # a performer that R4 forbids
    "MedicationRequest-medrx0301.json": "refers to a Practitioner",  # likewise
    "Observation-f202.json": "a vital sign needs it",  # a vital sign without its time
}


def examples() -> list[tuple[str, Resource]]:
    path = Path(__file__).parent / "data" / "hl7_examples.jsonl.gz"
    rows = map(json.loads, gzip.decompress(path.read_bytes()).decode().splitlines())
    return [(row["file"], row["resource"]) for row in rows]


EXAMPLES = dict(examples())


@pytest.mark.parametrize("file", EXAMPLES)
def test_an_example_passes_or_is_refused_for_a_stated_reason(file: str) -> None:
    told = [p.text for p in problems(EXAMPLES[file])]
    if not told:
        parse(EXAMPLES[file])
        assert file not in REASONS
    else:
        assert all(REASONS.get(file, UNKNOWN_TYPE) in text for text in told), told


def test_nearly_all_of_them_pass() -> None:
    refused = [file for file, resource in EXAMPLES.items() if list(problems(resource))]
    assert len(EXAMPLES) > 200
    assert len(refused) == 18
