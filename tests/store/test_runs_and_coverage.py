"""Runs end with an outcome, and coverage says honestly what was checked."""

from datetime import timedelta
from pathlib import Path

import pytest
from archive_world import START, World, bill, make_source

from store import runs
from store.database import session
from store.errors import Conflict


def test_a_run_left_open_by_a_killed_process_is_closed_as_interrupted(fresh: World) -> None:
    with session(fresh.engine) as db:
        runs.open_run(db, fresh.source, START)
    with session(fresh.engine) as db:
        second = runs.open_run(db, fresh.source, START + timedelta(hours=1))
    with session(fresh.engine) as db:
        (run,) = runs.previous_runs(db, fresh.source.slug, 5)
    assert (run.outcome, run.id < second) == ("interrupted", True)


def test_a_run_is_closed_once(fresh: World) -> None:
    with session(fresh.engine) as db:
        run = runs.open_run(db, fresh.source, START)
        runs.close_run(db, run, outcome="ok", now=START)
    with pytest.raises(Conflict), session(fresh.engine) as db:
        runs.close_run(db, run, outcome="ok", now=START)
    with pytest.raises(ValueError, match="finished"), session(fresh.engine) as db:
        runs.close_run(db, run, outcome="finished", now=START)


def test_previous_runs_come_newest_first_with_what_they_listed(fresh: World) -> None:
    for hour, listed in enumerate((5, 7, 6)):
        with session(fresh.engine) as db:
            run = runs.open_run(db, fresh.source, START + timedelta(hours=hour))
            report = {"requests": 3, "bytes": 900, "seconds": 1.5, "records": {"insert": 1}}
            runs.close_run(db, run, outcome="ok", listed=listed, report=report, now=START + timedelta(hours=hour))
    with session(fresh.engine) as db:
        assert [run.listed for run in runs.previous_runs(db, fresh.source.slug, 2)] == [6, 7]
        assert runs.is_baselined(db, fresh.source.slug)
        assert not runs.is_baselined(db, "nobody")


def test_coverage_sorts_sources_into_checked_failing_and_never_checked(fresh: World) -> None:
    rows = [make_source(f"ma_{name}") for name in ("good", "bad", "stale", "empty", "new")]
    rows.append(make_source("ma_paused", status="paused", reason="the site moved"))
    good, bad, stale, empty, new, paused = rows
    fresh.crawl(bill("H1"), source=stale)
    fresh.crawl(bill("H1"), source=paused)
    since = fresh.now + timedelta(hours=10)
    fresh.now = since + timedelta(hours=1)
    fresh.crawl(bill("H1"), source=good)
    fresh.crawl(bill("H1"), source=bad)
    fresh.crawl(source=bad, outcome="blocked")
    fresh.crawl(source=empty, outcome="empty")
    with session(fresh.engine) as db:
        runs.open_run(db, new, fresh.now)
        found = runs.coverage(db, rows, since, fresh.now)
    assert [view.slug for view in found.checked] == ["ma_good", "ma_empty"]
    assert [(view.slug, view.outcome) for view in found.failing] == [
        ("ma_bad", "blocked"),
        ("ma_stale", "ok"),
        ("ma_paused", "ok"),
    ]
    assert [view.slug for view in found.never_checked] == ["ma_new"]
    assert found.total == 6
    assert found.failing[0].last_ok_at is not None
    assert found.failing[2].reason == "the site moved"


@pytest.mark.parametrize(("hours", "checked"), [(8, 1), (10, 0)])
def test_a_look_just_before_the_window_is_no_failure_until_the_next_one_is_overdue(
    fresh: World, hours: int, checked: int
) -> None:
    fresh.crawl(bill("H1"))
    since = fresh.now + timedelta(hours=hours)
    with session(fresh.engine) as db:
        found = runs.coverage(db, [fresh.source], since, since + timedelta(hours=2))
    assert (len(found.checked), len(found.failing)) == (checked, 1 - checked)


def test_coverage_of_a_past_week_does_not_know_what_came_after(fresh: World) -> None:
    fresh.crawl(bill("H1"))
    then = fresh.now
    fresh.crawl(outcome="broken")
    with session(fresh.engine) as db:
        assert len(runs.coverage(db, [fresh.source], START, then).checked) == 1
        assert len(runs.coverage(db, [fresh.source], START, fresh.now).failing) == 1


def test_the_state_of_a_source_has_the_numbers_of_its_last_run(fresh: World) -> None:
    fresh.crawl(bill("H1"), bill("H2", "A plate reader"))
    with session(fresh.engine) as db:
        (view,) = runs.sources_view(db, [fresh.source])
    assert view.counts["records_insert"] == 2
    assert view.counts["mentions"] == 1
    assert view.newest_record_at == view.last_ok_at == view.last_run_at == fresh.now


def test_the_stored_copy_of_an_address_is_found_newest_first(fresh: World) -> None:
    url = "https://l.example/" + "long/" * 2000
    with session(fresh.engine) as db:
        run = runs.open_run(db, fresh.source, START)
        facts = [
            {
                "url": url,
                "method": "GET",
                "status": status,
                "media_type": "text/html",
                "sha256": sha,
                "fetched_at": (START + timedelta(minutes=minute)).isoformat(),
                "offset": minute,
            }
            for minute, (status, sha) in enumerate([(200, "a" * 64), (200, "b" * 64), (503, "c" * 64)])
        ]
        runs.store_captures(db, run, Path("captures/ma_legislature/1.warc.gz"), facts)
        runs.store_captures(db, run, Path("captures/ma_legislature/1.warc.gz"), [])
        (found,) = runs.captures_of(db, [url, "https://l.example/never", url])
    assert (found.sha256, found.warc_file, found.warc_offset) == ("b" * 64, "ma_legislature/1.warc.gz", 1)
