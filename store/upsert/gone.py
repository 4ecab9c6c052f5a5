"""Tombstones: what two complete good runs in a row did not list where they looked is called gone, never deleted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from store import models
from store.keys import stored_key
from store.upsert.context import Storing, chunks
from store.upsert.meetings import ahead, records_of, shown

MISSES = 2


def mark_gone(storing: Storing) -> None:
    """Count what this run should have listed and did not; at the second time note that it is gone.

    Called only for a complete good run that observed something: nothing else can say that a thing is gone.
    """
    if storing.window is None:
        return
    gone_events = miss(storing, models.events, covered_events(storing))
    events = [row for row in gone_events if row["missed"] + 1 >= MISSES]
    storing.update_all(models.events, [row["pk"] for row in events], removed_at=storing.now)
    for row in events:
        remove_event(storing, row)
    already = {change.record_pk for change in storing.changes if change.kind == "removed"}
    for clause in covered_records(storing):
        for row in miss(storing, models.records, clause):
            if row["missed"] + 1 < MISSES or row["pk"] in already:
                continue
            already.add(row["pk"])
            remove_record(storing, row)


def covered_events(storing: Storing) -> ColumnElement[bool] | None:
    """The events whose day lies in the days that the run listed whole; both ends must be known."""
    window = storing.window
    assert window is not None
    if window.events_from is None or window.events_to is None:
        return None
    return models.events.c.starts_on.between(window.events_from, window.events_to)


def covered_records(storing: Storing) -> list[ColumnElement[bool]]:
    """The bills of sessions listed whole, and the items of agendas read whole."""
    window = storing.window
    assert window is not None
    records = models.records
    clauses: list[ColumnElement[bool]] = []
    if window.sessions:
        clauses.append(and_(records.c.kind == "bill", records.c.session.in_(window.sessions)))
    clauses += [
        and_(records.c.kind == "agenda_item", records.c.event_key.in_(chunk))
        for chunk in chunks([stored_key(agenda) for agenda in window.agendas])
    ]
    return clauses


def miss(storing: Storing, table: Any, covered: ColumnElement[bool] | None) -> Sequence[Any]:
    """Add one to what was covered, is not gone yet and was not seen in this run; return those rows as they were."""
    assert storing.source is not None
    if covered is None:
        return []
    query = select(table).where(
        table.c.source == storing.source.slug,
        covered,
        table.c.removed_at.is_(None),
        table.c.last_seen_run != storing.run_id,
        or_(table.c.missed_run.is_(None), table.c.missed_run != storing.run_id),
    )
    rows = storing.session.execute(query).mappings().all()
    pks = [row["pk"] for row in rows]
    storing.update_all(table, pks, missed=table.c.missed + 1, missed_run=storing.run_id)
    return rows


def remove_event(storing: Storing, event: Any) -> None:
    """Tell the records on a vanished event's agenda; a meeting that is over and only dropped off a list is no news."""
    if not ahead(event["over_utc"], storing.now):
        return
    items = select(models.records).where(
        models.records.c.event_pk == event["pk"], models.records.c.removed_at.is_(None)
    )
    own = set()
    for row in storing.session.execute(items).mappings().all():
        own.add(row["pk"])
        storing.update_all(models.records, [row["pk"]], removed_at=storing.now)
        storing.change(row["pk"], "removed", {"title": row["title"], **shown(event)}, None, event["pk"])
    if event["status"] == "cancelled":
        return
    # Nobody said "cancelled", so the words are those of what was seen: it is no longer listed.
    off = {**shown(event), "status": "no longer listed"}
    for pk in records_of(storing, event["pk"]):
        if pk not in own:
            storing.change(pk, "hearing_cancelled", shown(event), off, event["pk"])


def remove_record(storing: Storing, row: Any) -> None:
    """Put the tombstone on one record and note it."""
    storing.update_all(models.records, [row["pk"]], removed_at=storing.now)
    kind = "agenda_item_removed" if row["kind"] == "agenda_item" else "removed"
    storing.change(row["pk"], kind, {"title": row["title"], "status": row["status"]}, None, row["event_pk"])
