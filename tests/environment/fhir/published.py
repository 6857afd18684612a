"""What HL7 publishes with R4, as npm packages: its JSON schema and its examples.

They are no part of this project; `npm ci` in `tests/node` brings them.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PACKAGES = Path(__file__).parents[2] / "node" / "node_modules"
SCHEMA = PACKAGES / "@medplum" / "definitions" / "dist" / "fhir" / "r4" / "fhir.schema.json"
EXAMPLES = PACKAGES / "hl7.fhir.r4.examples"

#: Larger examples are terminologies, not cases; their checks are the same.
LARGEST_BYTES = 2_000_000

needs_schema = pytest.mark.skipif(
    not SCHEMA.is_file(), reason="HL7's schema of R4: run `npm ci` in tests/node first"
)


@cache
def schema() -> dict[str, Any]:
    """HL7's JSON schema of R4."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def examples(types: list[str]) -> list[Path]:
    """The example files of some resource types."""
    found = (path for kind in types for path in EXAMPLES.glob(f"{kind}-*.json"))
    return sorted(path for path in found if path.stat().st_size <= LARGEST_BYTES)
