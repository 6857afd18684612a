"""A journal that packs what is old reads as one that does not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from environment.errors import JournalError
from environment.model.change import Change
from environment.replica import FollowedJournal
from environment.runtime.journal import Journal
from environment.runtime.packing import BLOCK

TWINS = ("monitor", "patient", "session")
NAMES = ("hr", "sbp", "truth")


def change(seq: int, chance: int = 0) -> Change:
    """A change, different from its neighbours; some carry much, some have a cause."""
    return Change(
        seq=seq,
        twin=TWINS[(seq * 7 + chance) % 3],
        kind="property" if seq % 5 else "event",
        name=NAMES[(seq * 3 + chance) % 3],
        value={"deep": [seq, 0.5, None], "text": "à"} if seq % 3 else float(seq),
        effective=seq / 4 - 0.1,
        recorded=float(seq // 4),
        source="asset",
        quality="good",
        by="asset",
        cause=(seq - 1 or None) if seq % 2 else ("other", seq),
    )


def filled(journal: Journal, count: int, step: int = 1) -> Journal:
    """A journal with so many changes."""
    for number in range(count):
        journal.append(change(1 + number * step, number % 11))
    return journal


def packed_in(journal: Journal) -> int:
    """How many changes it has packed."""
    return len(journal._packed)


PLAIN = filled(Journal("a"), 5 * BLOCK)
PACKED = filled(Journal("a", recent=BLOCK), 5 * BLOCK)


def test_a_long_journal_is_the_same_list_of_changes_with_the_same_hashes() -> None:
    assert list(PACKED) == list(PLAIN)
    assert len(PACKED) == len(PLAIN)
    assert PACKED.next_seq == PLAIN.next_seq
    assert [PACKED[seq] for seq in range(1, 5 * BLOCK + 1)] == list(PLAIN)
    assert PACKED.hashes() == PLAIN.hashes()
    assert PACKED.verify() == 5 * BLOCK


@settings(deadline=None)
@given(
    twin=st.sampled_from([None, *TWINS, "nobody"]),
    since=st.integers(0, 6 * BLOCK),
    start=st.one_of(st.just(float("-inf")), st.floats(-5, 2 * BLOCK)),
    end=st.one_of(st.just(float("inf")), st.floats(-5, 2 * BLOCK)),
    kind=st.sampled_from([None, "property", "event", "life"]),
    name=st.sampled_from([None, *NAMES]),
)
def test_it_reads_alike_whatever_is_asked_for(
    twin: str | None,
    since: int,
    start: float,
    end: float,
    kind: str | None,
    name: str | None,
) -> None:
    found = [
        j.read(twin=twin, since=since, start=start, end=end, kind=kind, name=name)
        for j in (PLAIN, PACKED)
    ]
    assert found[0] == found[1]


def test_the_last_change_is_found_however_long_ago_it_was() -> None:
    journal = Journal(recent=BLOCK)
    journal.append(change(1))
    rare = journal.append(replace(change(2), twin="rare", name="once"))
    for seq in range(3, 5 * BLOCK):
        journal.append(change(seq))
    assert journal.last("rare") == journal.last("rare", "once") == rare
    assert journal.last("rare", "never") is None
    assert journal.why(journal[5])[-1] == change(5)


def test_a_journal_with_holes_in_its_numbers_packs_too() -> None:
    journal = FollowedJournal("there", recent=BLOCK)
    filled(journal, 4 * BLOCK, step=3)
    assert journal[1] == change(1, 0)
    assert journal[4] == change(4, 1)
    assert journal[1 + 3 * (4 * BLOCK - 1)].seq == 12 * BLOCK - 2
    for missing in (0, 2, 3, 12 * BLOCK):
        with pytest.raises(JournalError, match="not yet known"):
            journal[missing]
    since = journal.read(since=2)
    assert since[0].seq == 4
    assert len(since) == 4 * BLOCK - 1


def test_changes_that_carry_much_are_packed_sooner_than_small_ones() -> None:
    much = {f"sign_{n}": float(n) for n in range(40)}
    small, heavy = Journal(recent=4 * BLOCK), Journal(recent=4 * BLOCK)
    for number in range(5 * BLOCK):
        small.append(replace(change(1 + number), value=1.0))
        heavy.append(replace(change(1 + number), value={**much, "seq": float(number)}))
    assert packed_in(small) == BLOCK
    assert packed_in(heavy) == 4 * BLOCK
    assert heavy[1].value["seq"] == 0.0
