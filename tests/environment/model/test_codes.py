import re

import pytest

from environment.errors import BadValueError
from environment.model import codes
from environment.model.codes import CODES, LOINC, SNOMED
from environment.model.vitals import VITALS


def _loinc_check_digit(number: str) -> int:
    """Mod 10 check of LOINC: double every other digit from the right, sum, to the next ten."""
    digits = [int(digit) for digit in reversed(number)]
    total = sum(
        sum(divmod(2 * digit, 10)) if place % 2 == 0 else digit
        for place, digit in enumerate(digits)
    )
    return -total % 10


LOINC_CODES = sorted(
    {row.code for row in CODES.values() if row.system == LOINC and not row.code.startswith("LA")}
    | {row.loinc for row in VITALS.values() if row.loinc}
)


@pytest.mark.parametrize("loinc", LOINC_CODES)
def test_a_loinc_code_has_the_right_check_digit(loinc: str) -> None:
    number, check = loinc.split("-")
    assert _loinc_check_digit(number) == int(check)


VERHOEFF = (  # rows of the multiplication table
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
PERMUTE = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def _passes_verhoeff(number: str) -> bool:
    check = 0
    for place, digit in enumerate(reversed(number)):
        check = int(VERHOEFF[check][int(PERMUTE[place % 8][int(digit)])])
    return check == 0


@pytest.mark.parametrize("row", [c for c in CODES.values() if c.system == SNOMED], ids=str)
def test_a_snomed_identifier_has_the_right_check_digit(row: codes.Code) -> None:
    assert re.fullmatch(r"\d{6,18}", row.code)
    assert _passes_verhoeff(row.code)


def test_every_code_has_a_text() -> None:
    assert all(row.display for row in CODES.values())


def test_an_identifier_stands_once_in_each_system() -> None:
    pairs = [(row.system, row.code) for row in CODES.values()]
    assert len(pairs) == len(set(pairs))
    assert len(CODES) == len(codes._ROWS)


def test_an_unknown_key_brings_the_nearest_one() -> None:
    with pytest.raises(BadValueError, match="encounter_emergency"):
        codes.code("encounter_emergncy")
