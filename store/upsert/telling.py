"""Writes the noted differences as change rows, or holds them back where telling them one by one would be a flood."""

from statistics import median
from typing import Any

from sqlalchemy import select

from store import models
from store.upsert.context import Storing, chunks
from store.upsert.meetings import ahead

NORMAL_AT_LEAST = 50
FLOOD_FACTOR = 5
RUNS_LOOKED_AT = 20


def write_changes(storing: Storing) -> None:
    """Write all noted changes, in the order they were noted, and the topics by which readers find them."""
    if storing.baseline:
        storing.counts.unannounced = len(storing.changes)
        return
    if not storing.changes:
        return
    flood = flooding(storing)
    topics = topics_around(storing)
    rows = [
        {
            "record_pk": change.record_pk,
            "event_pk": change.event_pk,
            "run_id": storing.run_id,
            "kind": change.kind,
            "before": change.before,
            "after": change.after,
            "observed_at": storing.now,
            "bulk": change.record_pk in flood,
        }
        for change in storing.changes
    ]
    links = []
    for chunk in chunks(rows, 2000):
        # Numbers are given in the order of the list, so that a digest tells things in the order they were found.
        statement = models.changes.insert().returning(models.changes.c.id, sort_by_parameter_order=True)
        for row, number in zip(chunk, storing.session.scalars(statement, chunk), strict=True):
            links += [
                {"change_id": number, "topic": topic, "strength": strength}
                for topic, strength in topics.get(row["record_pk"], {}).items()
            ]
    storing.insert(models.change_topics, links)
    for change in storing.changes:
        storing.counts.changes[change.kind] += 1
    storing.counts.bulk = sum(row["bulk"] for row in rows)
    touched = {change.record_pk for change in storing.changes}
    storing.update_all(models.records, touched, last_changed_at=storing.now)


def topics_around(storing: Storing) -> dict[int, dict[str, str]]:
    """Topics of the changed records now or before this run, each with the stronger strength."""
    table = models.record_topics
    found: dict[int, dict[str, str]] = {}
    for chunk in chunks(sorted({change.record_pk for change in storing.changes})):
        for pk in chunk:
            if storing.topics_before.get(pk):
                found[pk] = dict(storing.topics_before[pk])
        for row in storing.session.execute(select(table).where(table.c.record_pk.in_(chunk))):
            own = found.setdefault(row.record_pk, {})
            if own.get(row.topic) != "strong":
                own[row.topic] = row.strength
    return found


def flooding(storing: Storing) -> set[int]:
    """The new records of a run that brings far more than its source ever does: a repaired or back-filled one.

    What is on the agenda of a meeting still to come is never among them: its readers have to act.
    """
    if storing.bulk:
        return {change.record_pk for change in storing.changes}
    if not storing.inserted:
        return set()
    if len(storing.inserted) <= FLOOD_FACTOR * max(NORMAL_AT_LEAST, normal(storing)):
        return set()
    flood = set(storing.inserted)
    for change in storing.changes:
        if change.record_pk in flood and change.event_pk is not None and is_ahead(storing, change.event_pk):
            flood.discard(change.record_pk)
    return flood


def is_ahead(storing: Storing, event_pk: int) -> bool:
    """Whether that meeting is still to come."""
    cache: dict[int, bool] = storing.ahead
    if event_pk not in cache:
        query = select(models.events.c.over_utc).where(models.events.c.pk == event_pk)
        cache[event_pk] = ahead(storing.session.scalar(query), storing.now)
    return cache[event_pk]


def normal(storing: Storing) -> float:
    """How many new records the source's good runs bring, its baseline left out."""
    assert storing.source is not None
    table = models.crawl_runs
    query = (
        select(table.c.counts)
        .where(table.c.source == storing.source.slug, table.c.outcome == "ok", table.c.id != storing.run_id)
        .order_by(table.c.started_at.desc(), table.c.id.desc())
        .limit(RUNS_LOOKED_AT)
    )
    brought: list[Any] = [
        counts["records"]["insert"]
        for counts in storing.session.scalars(query)
        if counts and "records" in counts and not counts.get("baseline")
    ]
    return float(median(brought)) if brought else 0.0
