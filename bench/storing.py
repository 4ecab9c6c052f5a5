"""Storing, storing again without a difference, and searching: on SQLite, with the real matcher."""

import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from config.settings import CONFIG_FOLDER
from config.sources import Source
from config.topics import load_topics
from store import runs
from store.database import migrate, open_archive, session
from store.matching import Matcher
from store.observed import ObservedAction, ObservedBill
from store.search import search
from store.upsert import store_run

BILLS = 2_000
SEARCHES = 50
SOURCE = Source(
    slug="ma_bench",
    platform="ma",
    jurisdiction="ocd-division/country:us/state:ma",
    name="Bench",
    url="https://malegislature.gov",
    timezone="America/New_York",
)


def bills(number: int) -> list[ObservedBill]:
    """Invented bills, every fiftieth about plate readers."""
    subjects = ("school meals", "harbor dredging", "bridge repair", "teacher pensions", "forest trails")
    return [
        ObservedBill(
            key=f"b{place}",
            identifier=f"H{place}",
            title=f"An Act on {'automated license plate readers' if place % 50 == 0 else subjects[place % 5]} {place}",
            summary="The department shall report to the joint committee by the first of July. " * 5,
            session="194",
            source_urls=[f"https://malegislature.gov/Bills/194/H{place}"],
            actions=[ObservedAction(date=None, description="Referred to the committee on Transportation")],
        )
        for place in range(number)
    ]


def main(argv: Sequence[str]) -> int:
    """Print observations per second, first and again, and search times against the bare full-text query."""
    del argv
    matcher = Matcher(load_topics(CONFIG_FOLDER))
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrate(address)
        engine = open_archive(address)
        now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        observed = bills(BILLS)
        times = []
        for turn in range(2):
            began = time.perf_counter()
            with session(engine) as db:
                run = runs.open_run(db, SOURCE, now + timedelta(days=turn))
                store_run(
                    db, source=SOURCE, run_id=run, observations=observed, window=None, complete=True,
                    now=now + timedelta(days=turn), matcher=matcher,
                )  # fmt: skip
                runs.close_run(db, run, outcome="ok", listed=BILLS, complete=True, now=now + timedelta(days=turn))
            times.append(time.perf_counter() - began)
        with session(engine, read_only=True) as db:
            began = time.perf_counter()
            for _ in range(SEARCHES):
                found = search(db, "license plate", limit=25)
            ours = (time.perf_counter() - began) / SEARCHES
            bare_query = "SELECT rowid FROM record_fts WHERE record_fts MATCH :q ORDER BY bm25(record_fts) LIMIT 25"
            began = time.perf_counter()
            for _ in range(SEARCHES):
                db.execute(text(bare_query), {"q": '"license" "plate"'}).all()
            bare = (time.perf_counter() - began) / SEARCHES
        engine.dispose()
    print(f"first run      {BILLS / times[0]:8.0f} bills/s (stored, matched, indexed)")
    print(f"no difference  {BILLS / times[1]:8.0f} bills/s, {times[1] / times[0]:.2f} x the first run's time")
    print(f"search         {ours * 1000:8.1f} ms for {found.total} found, {ours / bare:.1f} x the bare full-text query")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
