"""Tombstones: only two complete good runs in a row that looked there can say that a thing is gone."""

import datetime as dt

from archive_world import World, bill, document, event, item, seen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from store import models
from store.check import check_archive
from store.database import session
from store.observed import Window

SESSION = Window(sessions=["194th"])
MARCH = Window(events_from=dt.date(2026, 3, 1), events_to=dt.date(2026, 3, 31), agendas=["E1"])


def removed(world: World) -> set[str]:
    """Keys of the records that bear a tombstone."""
    table = models.records
    with session(world.engine) as db:
        return set(db.scalars(select(table.c.key).where(table.c.removed_at.is_not(None))))


def test_a_bill_missing_twice_in_a_row_is_called_gone_and_kept(world: World) -> None:
    world.crawl(bill("H1"), bill("H2"), window=SESSION, complete=True)
    world.crawl(bill("H1"), window=SESSION, complete=True)
    assert (world.kinds(), removed(world)) == ([], set())
    world.crawl(bill("H1"), window=SESSION, complete=True)
    assert (world.kinds(), removed(world)) == (["removed"], {"H2"})
    world.crawl(bill("H1"), window=SESSION, complete=True)
    assert world.kinds() == []


def test_a_record_that_comes_back_is_the_same_record_restored(world: World) -> None:
    world.crawl(bill("H1"), bill("H2"))
    for _ in range(2):
        world.crawl(bill("H1"), window=SESSION, complete=True)
    gone = world.last[0].record.id
    world.crawl(bill("H1"), bill("H2"))
    assert world.kinds() == ["restored"]
    assert world.last[0].record.id == gone
    assert removed(world) == set()


def test_a_record_only_said_to_be_listed_still_is_not_missing(world: World) -> None:
    world.crawl(bill("H1"), bill("H2"))
    for _ in range(3):
        world.crawl(seen("H2"), bill("H1"), window=SESSION, complete=True)
    assert removed(world) == set()


def test_a_run_in_between_that_saw_it_begins_the_count_anew(world: World) -> None:
    world.crawl(bill("H1"), bill("H2"))
    for _ in range(2):
        world.crawl(bill("H1"), window=SESSION, complete=True)
        world.crawl(bill("H1"), bill("H2"))
    assert removed(world) == set()
    assert "removed" not in world.kinds()


def test_incomplete_runs_and_runs_that_looked_elsewhere_say_nothing(world: World) -> None:
    world.crawl(bill("H1"), bill("H2"))
    for _ in range(3):
        world.crawl(bill("H1"), window=SESSION, complete=False)
        world.crawl(bill("H1"), window=Window(sessions=["195th"]), complete=True)
        world.crawl(bill("H1"), window=None, complete=True)
        world.crawl(bill("H1"), window=Window(events_from=dt.date(2026, 1, 1)), complete=True)
    assert removed(world) == set()


def test_a_run_that_found_nothing_at_all_calls_nothing_gone(world: World) -> None:
    for _ in range(3):
        world.crawl(window=SESSION, complete=True)
    assert removed(world) == set()


def test_an_item_taken_off_an_agenda_that_was_read_whole_is_told(world: World) -> None:
    world.crawl(event("E1"), item("I1", "E1"), item("I2", "E1"), event("E2"), item("J1", "E2"))
    for kinds in ([], ["agenda_item_removed"]):
        world.crawl(event("E1"), item("I1", "E1"), event("E2"), window=MARCH, complete=True)
        assert world.kinds() == kinds
    assert removed(world) == {"I2"}


def test_a_meeting_that_vanishes_is_told_as_no_longer_listed_never_as_cancelled(world: World) -> None:
    world.crawl(event("E1", bills=["H1"]), event("E2"), item("I1", "E1"))
    for _ in range(2):
        world.crawl(event("E2"), window=MARCH, complete=True)
    told = {change.record.kind: change for change in world.last}
    assert {kind: change.kind for kind, change in told.items()} == {
        "agenda_item": "removed",
        "bill": "hearing_cancelled",
    }
    assert told["bill"].after["status"] == "no longer listed"
    world.crawl(event("E1", bills=["H1"]), event("E2"), item("I1", "E1"))
    assert sorted(world.kinds()) == ["hearing_scheduled", "restored"]


def test_a_past_meeting_that_drops_off_a_calendar_is_no_news(world: World) -> None:
    world.crawl(event("E1", "2026-03-03T10:00:00-05:00"), event("E2"), item("I1", "E1"))
    world.now += dt.timedelta(days=4)
    for _ in range(2):
        world.crawl(
            event("E2"), window=Window(events_from=dt.date(2026, 3, 1), events_to=dt.date(2026, 3, 31)), complete=True
        )
    assert world.kinds() == []
    assert removed(world) == set()


def test_a_document_no_longer_listed_leaves_after_two_complete_runs_without_a_word(world: World) -> None:
    kept, dropped = document("https://l.example/a", "bees"), document("https://l.example/b", "a plate reader")
    world.crawl(bill("H2", documents=[kept, dropped]))
    world.crawl(seen("H1"), bill("H2", documents=[kept]), window=SESSION, complete=True)
    assert world.kinds() == []
    world.crawl(seen("H1"), bill("H2", documents=[kept]), window=SESSION, complete=True)
    assert world.kinds() == ["mention_left"]
    world.crawl(bill("H2", documents=[kept, dropped]))
    assert world.kinds() == ["mention_entered"]


steps = st.lists(
    st.tuples(
        st.sets(st.sampled_from(["H1", "H2", "H3"])),
        st.sampled_from(["complete", "partial", "elsewhere", "no window"]),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
def test_in_any_history_gone_means_missed_by_two_complete_runs_in_a_row(
    fresh: World, history: list[tuple[set[str], str]]
) -> None:
    windows = {"complete": SESSION, "partial": SESSION, "elsewhere": Window(sessions=["1st"]), "no window": None}
    fresh.crawl(bill("H1"), bill("H2"), bill("H3"), bill("H9", session="1st"))
    missed = dict.fromkeys(("H1", "H2", "H3"), 0)
    for listed, how in history:
        # H9 keeps every run from being one that found nothing.
        fresh.crawl(
            bill("H9", session="1st"), *(bill(key) for key in listed), window=windows[how], complete=how != "partial"
        )
        for key, times in missed.items():
            missed[key] = 0 if key in listed else times + (how == "complete")
        assert removed(fresh) == {key for key, times in missed.items() if times >= 2}
    with session(fresh.engine) as db:
        assert check_archive(db) == []
