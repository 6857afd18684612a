"""A scenario's text under edits: the file says what was done, and nothing else changes."""

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import reading
from scenarios.authoring.blank import BLANK
from scenarios.authoring.blocks import blocks_of, joined
from scenarios.authoring.draft import Draft
from scenarios.authoring.edits import Edit
from scenarios.authoring.layout import Layout
from scenarios.errors import AuthoringError
from scenarios.reading import parse

TEXTS = {name: reading.path_of(name).read_text("utf-8") for name in reading.names()}
#: Ways of writing TOML that the library does not use.
ODD = """\
# head
id = "odd" # of the file
title = '''
[[event]]
is no header'''
start = 2026-01-15T14:00:00Z
ends = "20:00"
patient.age = 30 # dotted
patient.weight_kg = 70
finding = [ { at = "01:00", gcs = 15 }, { at = "02:00", gcs = 9 } ]
goals = [
  "[patient]", # not a header
  "two",
]

# apart, of the place

# touching
[[event]] # the first
at = "03:00"
by = "rescuer"
do = "patient.examine"
[event.with]
what = "gcs" # deep

[[expect]]
alert = "HAE-01"

[[event]]
at = "01:00"
by = "rescuer"
do = "patient.examine"
with = { what = "pupils" }
# the end"""


def edited(text: str, *edits: Edit) -> str:
    """The text after these edits of a draft."""
    draft = Draft(Path("x.toml"), text)
    draft.edit(edits)
    return draft.text


def put(text: str, *place: str | int, value: Any) -> str:
    return edited(text, Edit(do="put", place=list(place), value=value))


@pytest.mark.parametrize("name", [*TEXTS, "odd"])
def test_what_was_not_edited_is_saved_with_the_same_bytes(name: str, tmp_path: Path) -> None:
    text = TEXTS.get(name, ODD)
    for raw in (text, text.replace("\n", "\r\n"), text.rstrip("\n")):
        file = tmp_path / "case.toml"
        file.write_bytes(raw.encode())
        draft = Draft.open(file)
        assert joined(blocks_of(draft.text)) == raw
        draft.save()
        assert file.read_bytes() == raw.encode()


def test_an_edit_touches_the_line_that_it_names_and_no_other() -> None:
    before = TEXTS["tension"]
    after = put(before, "injury", 2, "flow_ml_min", value=120)
    changed = [
        (a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b
    ]
    assert changed == [
        (
            'flow_ml_min = { steps = [["00:00", 10], ["35:00", 95]] } # the capsule tears at 35:00',
            "flow_ml_min = 120 # the capsule tears at 35:00",
        )
    ]


def test_a_comment_that_touches_an_entry_goes_with_it_and_a_heading_stays() -> None:
    removed = edited(ODD, Edit(do="remove", place=["event", 0]))
    assert "# apart, of the place" in removed
    assert "# touching" not in removed
    assert "# deep" not in removed
    moved = edited(TEXTS["pelvis"], Edit(do="move", place=["event", 5], to=30))
    assert sorted(moved.splitlines()) == sorted(TEXTS["pelvis"].splitlines())


def test_a_heading_stays_where_it_is_when_entries_change_places() -> None:
    text = '# one\n\n[[event]]\nat = "2"\n\n# two\n\n# own\n[[event]]\nat = "1"\n'
    swapped = '# one\n\n# own\n[[event]]\nat = "1"\n\n# two\n\n[[event]]\nat = "2"\n'
    assert edited(text, Edit(do="move", place=["event", 1], to=0)) == swapped


def test_a_list_is_put_in_order_of_time_and_what_is_equal_stays() -> None:
    data = tomllib.loads(edited(TEXTS["tension"], Edit(do="sort", place=["event"])))
    assert [e["at"] for e in data["event"]] == sorted(e["at"] for e in data["event"])
    order = sorted(tomllib.loads(TEXTS["tension"])["event"], key=lambda e: e["at"])
    assert data["event"] == order


def test_a_copy_takes_a_name_of_its_own_and_its_tables_along() -> None:
    text = edited(TEXTS["tension"], Edit(do="copy", place=["branch", 1]))
    scenario = parse(text)
    assert [b.name for b in scenario.branches] == ["rsi_first", "best", "best_2", "to_ct"]
    assert scenario.branches[2].event == scenario.branches[1].event


def test_a_list_that_stands_there_empty_can_be_filled() -> None:
    bare = 'id = "x"\nevent = []\nperson = [] # nobody else\n'
    text = edited(bare, Edit(do="add", place=["event"], value={"at": "01:00"}))
    text = edited(text, Edit(do="part", place=["person"], toml='[[person]]\nid = "y"\n'))
    assert tomllib.loads(text) == {"id": "x", "event": [{"at": "01:00"}], "person": [{"id": "y"}]}


def test_a_part_of_the_cast_is_written_as_text() -> None:
    draft = Draft(Path("x.toml"), TEXTS["tension"])
    own = draft.parts(["vehicle", "person"])
    assert own["vehicle"].startswith('[[vehicle]]\nid = "ambulance"')
    assert own["person"] == ""
    more = '[[person]]\nid = "priest" # who comes late\n'
    draft.edit([Edit(do="part", place=["person"], toml=more)])
    assert draft.parts(["person"])["person"] == more
    assert [p.id for p in parse(draft.text).people][-1] == "priest"
    with pytest.raises(AuthoringError, match=r"Only \[\[person\]\] can stand here, not 'room'"):
        draft.edit([Edit(do="part", place=["person"], toml='[[room]]\nid = "x"')])


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
LISTS = ("injury", "event", "respond", "expect", "finding", "branch")


def pruned(value: Any) -> Any:
    """The value without nothing in it, as TOML can hold it."""
    if isinstance(value, dict):
        return {k: pruned(v) for k, v in value.items() if v is not None}
    return [pruned(v) for v in value if v is not None] if isinstance(value, list) else value


def same(one: Any, other: Any) -> bool:
    """Equal as text: 1 and 1.0, or true and 1, are two things."""
    return json.dumps(one, default=str, sort_keys=True) == json.dumps(
        other, default=str, sort_keys=True
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_edit_is_what_the_file_then_says_and_nothing_else_changes(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([BLANK.read_text("utf-8"), TEXTS["tension"], ODD]))
    expected = tomllib.loads(text)
    for _ in range(data.draw(st.integers(1, 4))):
        lists = [name for name in LISTS if expected.get(name)]
        name = data.draw(st.sampled_from(lists))
        rows = expected[name]
        at = data.draw(st.integers(0, len(rows) - 1))
        do = data.draw(st.sampled_from(["put", "deep", "drop", "add", "remove", "move"]))
        key = data.draw(st.sampled_from([*rows[at], "new_key", "with two"]))
        to = data.draw(st.integers(0, len(rows) - 1))
        expected = copy.deepcopy(expected)
        rows = expected[name]
        if do == "put":
            value = data.draw(VALUES.filter(lambda v: v is not None))
            edit = Edit(do="put", place=[name, at, key], value=value)
            rows[at][key] = pruned(value)
        elif do == "deep":
            value = data.draw(VALUES.filter(lambda v: v is not None))
            held = rows[at].get("with", {})
            if not isinstance(held, dict):
                continue
            edit = Edit(do="put", place=[name, at, "with", "deep", "er"], value=value)
            inner = held.get("deep", {})
            if not isinstance(inner, dict):
                continue
            rows[at]["with"] = {**held, "deep": {**inner, "er": pruned(value)}}
        elif do == "drop":
            edit = Edit(do="drop", place=[name, at, key])
            rows[at].pop(key, None)
        elif do == "add":
            entry = {"at": "00:30", "x": data.draw(VALUES)}
            edit = Edit(do="add", place=[name], value=entry, to=to)
            rows.insert(to, pruned(entry))
        elif do == "remove":
            edit = Edit(do="remove", place=[name, at])
            del rows[at]
            if not rows:
                del expected[name]
        else:
            edit = Edit(do="move", place=[name, at], to=to)
            rows.insert(to, rows.pop(at))
        text = edited(text, edit)
        found = tomllib.loads(text)
        assert same(
            {k: v for k, v in found.items() if v != []},
            {k: v for k, v in expected.items() if v != []},
        )
        assert joined(blocks_of(text)) == text
    if text.startswith("# head"):
        assert "title = '''\n[[event]]" in text


def test_layout_refuses_what_it_could_only_guess() -> None:
    layout = Layout('id = "x"\n[[event]]\nat = "1"\n[[room]]\nid = "r"\n')
    with pytest.raises(AuthoringError, match="There is no entry event 2 any more"):
        layout.put(("event", 1, "at"), "x")
    with pytest.raises(AuthoringError, match=r"id is no table\. Mend it in the text"):
        layout.put(("id", "x"), "y")
