from dataclasses import replace

import pytest

from environment.errors import JournalError
from environment.runtime.journal import Journal, verify_chain
from tests.environment.runtime.ward import Ward


async def filled() -> Journal:
    ward = Ward()
    await ward.sensed_for(5, hr=80, sbp=120)
    return ward.world.journal


async def test_the_chain_holds_for_what_was_written() -> None:
    journal = await filled()
    assert journal.verify() == len(journal)


async def test_an_edited_value_is_found() -> None:
    journal = await filled()
    rows = list(zip(journal, journal.hashes(), strict=True))
    change, stored = rows[9]
    rows[9] = (replace(change, value=200.0), stored)
    with pytest.raises(JournalError, match=f"at or before change {change.seq}"):
        verify_chain(rows)


async def test_a_change_that_was_taken_out_is_found() -> None:
    journal = await filled()
    rows = list(zip(journal, journal.hashes(), strict=True))
    del rows[4]
    with pytest.raises(JournalError, match="change 5 is missing"):
        verify_chain(rows)


async def test_a_rewritten_tail_with_new_hashes_does_not_match_the_old_end() -> None:
    journal = await filled()
    end = journal.hashes()[-1]
    other = Journal()
    for change in journal:
        other.append(replace(change, value=0) if change.seq == 3 else change)
    assert other.verify() == len(journal)
    assert other.hashes()[-1] != end


async def test_it_only_appends() -> None:
    journal = await filled()
    with pytest.raises(JournalError, match=f"Expected change {journal.next_seq}"):
        journal.append(journal[1])


async def test_it_reads_by_time_twin_kind_and_seq() -> None:
    journal = await filled()
    hr = journal.read(twin="sensor", name="hr", start=1.0, end=3.0)
    assert [c.recorded for c in hr] == [1.0, 2.0, 3.0]
    assert journal.read(since=len(journal) - 2)[0].seq == len(journal) - 1
    assert {c.kind for c in journal.read(kind="life")} == {"life"}
    assert journal[7].seq == 7
    with pytest.raises(JournalError, match="holds 1 to"):
        journal[0]


async def test_a_follower_hears_every_change_until_it_ends() -> None:
    ward = Ward()
    heard: list[int] = []
    end = ward.world.journal.follow(lambda change: heard.append(change.seq))
    ward.sense(hr=80)
    end()
    ward.sense(hr=90)
    assert len(heard) >= 1
    assert heard[-1] < len(ward.world.journal)
