"""Looking back with other terms: matches every stored text again, without touching any site."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from store import models
from store.database import in_transaction, lock, session
from store.upsert.context import Storing
from store.upsert.counts import Counts
from store.upsert.matching import MatchesText, match_records
from store.upsert.telling import write_changes
from store.upsert.topics import inherit_topics, tell_topics

BATCH = 100
TOLD_AT_MOST = 50
"""Records told one by one; when new terms find more than this, digests only count them."""


def rematch(
    engine: Engine,
    matcher: MatchesText,
    now: datetime,
    *,
    progress: Callable[[str], None] = lambda _line: None,
) -> Counts:
    """Match all records again and return what came of it; entered and left topics become changes.

    Works in short transactions, so that crawls go on meanwhile. One that is interrupted goes on where it stopped,
    because what was matched with these terms is not matched again.
    """
    counts = Counts()
    with session(engine, read_only=True) as db:
        total = db.scalar(select(func.count()).select_from(models.records)) or 0
    waiting: list[tuple[str, list[int]]] = []
    done = 0
    for jurisdiction, pks in batches(engine):
        differing = in_transaction(engine, partial(match_unchanged, matcher, jurisdiction, pks, now))
        if differing:
            waiting.append((jurisdiction, sorted(differing)))
        done += len(pks)
        progress(f"matched {done:,} of {total:,} records")
    # How many are told at once is only known now; each record's topics and change still go in one transaction.
    bulk = sum(len(pks) for _, pks in waiting) > TOLD_AT_MOST
    for jurisdiction, pks in waiting:
        in_transaction(engine, partial(match_changed, matcher, jurisdiction, pks, now, counts, bulk))
    with session(engine, read_only=True) as db:
        counts.mentions = db.scalar(select(func.count()).select_from(models.mentions)) or 0
    counts.records["noop"] = total - counts.records["update"]
    return counts


def batches(engine: Engine) -> Iterator[tuple[str, list[int]]]:
    """Yield all records' numbers, a batch of one jurisdiction at a time."""
    table = models.records
    with session(engine, read_only=True) as db:
        jurisdictions = list(db.scalars(select(table.c.jurisdiction).distinct().order_by(table.c.jurisdiction)))
    for jurisdiction in jurisdictions:
        last = 0
        while True:
            with session(engine, read_only=True) as db:
                query = select(table.c.pk).where(table.c.jurisdiction == jurisdiction, table.c.pk > last)
                pks = list(db.scalars(query.order_by(table.c.pk).limit(BATCH)))
            if not pks:
                break
            yield jurisdiction, pks
            last = pks[-1]


def match_unchanged(matcher: MatchesText, jurisdiction: str, pks: list[int], now: datetime, db: Session) -> set[int]:
    """Match a batch; return the records whose topics would differ, which are left for later."""
    lock(db, jurisdiction)
    storing = Storing(db, None, None, now)
    deferred: set[int] = set()
    inherit_topics(storing, match_records(storing, matcher, pks, stale_only=True, deferred=deferred))
    return deferred


def match_changed(
    matcher: MatchesText, jurisdiction: str, pks: list[int], now: datetime, counts: Counts, bulk: bool, db: Session
) -> None:
    """Match records whose topics differ, and write the topics they entered and left."""
    lock(db, jurisdiction)
    records, sources = models.records, models.sources
    query = select(records.c.pk).join(sources, sources.c.slug == records.c.source).where(records.c.pk.in_(pks))
    begun = set(db.scalars(query.where(sources.c.baseline_at.is_not(None))))
    for group, baseline in ((begun, False), (set(pks) - begun, True)):
        storing = Storing(db, None, None, now, baseline=baseline, bulk=bulk)
        differing = match_records(storing, matcher, group, stale_only=True)
        inherit_topics(storing, differing)
        tell_topics(storing)
        write_changes(storing)
        counts.records["update"] += len(differing)
        counts.changes.update(storing.counts.changes)
        counts.bulk += storing.counts.bulk
        counts.unannounced += storing.counts.unannounced
