"""Several processes store, search and look back at once: nothing fails, nothing is stored twice."""

import multiprocessing
import signal
import threading
from datetime import timedelta

from archive_world import START, WordMatcher, World, bill, crawl_and_die, document, event, make_source
from sqlalchemy import func, select

from store import models, runs
from store.changes import changes_observed
from store.check import check_archive
from store.database import session
from store.rematch import rematch
from store.search import search


def together(*jobs: object) -> None:
    """Run the jobs at once; the first error of any is raised."""
    errors: list[BaseException] = []

    def run(job: object) -> None:
        try:
            job()  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_sources_of_one_state_and_of_others_are_stored_at_once(fresh: World) -> None:
    shared_file = document("https://l.example/model-act", "a plate reader", kind="attachment")

    def crawl(number: int) -> None:
        state = "ma" if number < 3 else "ct"
        source = make_source(f"{state}_source_{number}", f"ocd-division/country:us/state:{state}")
        world = World(fresh.engine, source=source, now=START + timedelta(minutes=number))
        for turn in range(4):
            world.crawl(
                *(
                    bill(f"H{n}", f"Act {n} {turn}", identifier=f"H{number}{n}", documents=[shared_file])
                    for n in range(8)
                ),
                event("E1", bills=[f"H{other}{n}" for other in range(3) for n in range(8)]),
            )

    def read() -> None:
        for _ in range(10):
            with session(fresh.engine, read_only=True) as db:
                changes_observed(db, since=START, strong_only=False)
                search(db, "plate reader")

    together(*(lambda number=number: crawl(number) for number in range(5)), read)  # type: ignore[misc]
    with session(fresh.engine) as db:
        assert db.scalar(select(func.count()).select_from(models.records)) == 40
        assert db.scalar(select(func.count()).select_from(models.document_texts)) == 1
        assert check_archive(db) == []
        ma = db.scalar(select(func.count()).where(models.record_events.c.record_pk.is_not(None)))
        assert ma == 3 * 24


def test_a_process_killed_while_it_stores_leaves_nothing_half_done(world: World) -> None:
    url = world.engine.url.render_as_string(hide_password=False)
    child = multiprocessing.get_context("spawn").Process(target=crawl_and_die, args=(url,))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    table = models.records
    with session(world.engine) as db:
        assert db.execute(select(table.c.key, table.c.title)).all() == [("H1", "An Act about bridges")]
        assert [run.outcome for run in runs.previous_runs(db, world.source.slug, 9)] == ["ok"]
    world.now = START + timedelta(days=2)
    counts = world.crawl(
        bill("H1", "Changed"), *(bill(f"H{number}", f"Plate reader {number}") for number in range(10, 20))
    )
    assert counts.records == {"insert": 10, "update": 1, "noop": 0}
    with session(world.engine) as db:
        assert [run.outcome for run in runs.previous_runs(db, world.source.slug, 9)] == ["ok", "interrupted", "ok"]
        assert check_archive(db) == []


def test_looking_back_while_crawling_keeps_mentions_whole(world: World) -> None:
    def crawl() -> None:
        for turn in range(6):
            world.crawl(*(bill(f"H{n}", f"An Act on plate readers and bees, {turn}") for n in range(10, 20)))

    def look_back() -> None:
        for words in ({"bees": "shield-laws"}, {"plate reader": "license-plate-readers"}) * 2:
            rematch(world.engine, WordMatcher(words), START + timedelta(days=9))

    together(crawl, look_back)
    rematch(world.engine, world.matcher, START + timedelta(days=10))
    with session(world.engine) as db:
        assert check_archive(db) == []
        assert db.scalar(select(func.count()).select_from(models.mentions)) == 10
