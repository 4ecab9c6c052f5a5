"""What digests, pages and feeds ask: which changes were observed, what is coming up, one record with all it has."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, union
from sqlalchemy.orm import Session

from store import models
from store.keys import norm
from store.reading import event_view, load_views
from store.upsert.context import chunks
from store.views import ChangeView, RecordView

FOUND_AT_MOST = 50


def changes_observed(
    session: Session,
    *,
    since: datetime,
    until: datetime | None = None,
    topics: Collection[str] | None = None,
    strong_only: bool = True,
    kinds: Collection[str] | None = None,
    divisions: Collection[str] | None = None,
    include_bulk: bool = False,
    sources: Collection[str] | None = None,
    unmatched: bool = False,
) -> list[ChangeView]:
    """Return the changes observed from `since` to `until`, both included, in the order they were observed.

    `topics` None means any topic; `unmatched` adds records that match none. `divisions` are Open Civic Data ids:
    a record belongs to one if its jurisdiction is it or lies in it. `sources` are the only slugs allowed.
    """
    changes, records = models.changes, models.records
    query = select(changes).join(records, records.c.pk == changes.c.record_pk).where(changes.c.observed_at >= since)
    if until is not None:
        query = query.where(changes.c.observed_at <= until)
    if kinds is not None:
        query = query.where(changes.c.kind.in_(kinds))
    if not include_bulk:
        query = query.where(changes.c.bulk.is_(False))
    if not unmatched:
        had = has_topic(models.change_topics, models.change_topics.c.change_id == changes.c.id, topics, strong_only)
        query = query.where(or_(had, record_has_topic(topics, strong_only)))
    query = narrowed(query, divisions, sources).order_by(changes.c.observed_at, changes.c.id)
    return change_views(session, session.execute(query).mappings().all(), until)


def has_topic(
    table: Any, belongs: ColumnElement[bool], topics: Collection[str] | None, strong_only: bool
) -> ColumnElement[bool]:
    """Return the condition that such a row has one of the topics, strongly if asked."""
    clauses = [belongs]
    if topics is not None:
        clauses.append(table.c.topic.in_(topics))
    if strong_only:
        clauses.append(table.c.strength == "strong")
    return exists(select(1).select_from(table).where(*clauses))


def record_has_topic(topics: Collection[str] | None, strong_only: bool) -> ColumnElement[bool]:
    """Return the condition that a record matches one of the topics now."""
    table = models.record_topics
    return has_topic(table, table.c.record_pk == models.records.c.pk, topics, strong_only)


def narrowed(query: Select[Any], divisions: Collection[str] | None, sources: Collection[str] | None) -> Select[Any]:
    """Keep only records of those places and sources."""
    records = models.records
    if divisions is not None:
        inside = [
            or_(records.c.jurisdiction == division, records.c.jurisdiction.startswith(division + "/", autoescape=True))
            for division in divisions
        ]
        query = query.where(or_(*inside) if inside else records.c.pk.is_(None))
    if sources is not None:
        query = query.where(records.c.source.in_(sources))
    return query


def change_views(session: Session, rows: Sequence[Any], now: datetime | None) -> list[ChangeView]:
    """Turn change rows into views, their records and events read all at once."""
    views = load_views(session, {row["record_pk"] for row in rows}, now)
    events: dict[int, Any] = {}
    for chunk in chunks(sorted({row["event_pk"] for row in rows if row["event_pk"] is not None})):
        query = select(models.events).where(models.events.c.pk.in_(chunk))
        events.update((row["pk"], event_view(row)) for row in session.execute(query).mappings())
    return [
        ChangeView(
            id=row["id"],
            kind=row["kind"],
            observed_at=row["observed_at"],
            before=row["before"],
            after=row["after"],
            record=views[row["record_pk"]],
            event=events.get(row["event_pk"]),
        )
        for row in rows
    ]


def record_changes(session: Session, public_id: str) -> list[ChangeView]:
    """Return all changes of one record, oldest first."""
    changes, records = models.changes, models.records
    query = (
        select(changes)
        .join(records, records.c.pk == changes.c.record_pk)
        .where(records.c.id == public_id)
        .order_by(changes.c.observed_at, changes.c.id)
    )
    return change_views(session, session.execute(query).mappings().all(), None)


def upcoming(
    session: Session,
    *,
    now: datetime,
    until: datetime,
    topics: Collection[str] | None = None,
    divisions: Collection[str] | None = None,
    strong_only: bool = True,
    sources: Collection[str] | None = None,
) -> list[RecordView]:
    """Return matching records on agendas from `now` to `until`, by start; one that is on two comes twice.

    What is cancelled or no longer listed is left out; a meeting whose hour is not known is ahead until its day ends.
    """
    events, records, links = models.events, models.records, models.record_events
    ahead = and_(
        events.c.over_utc >= now,
        events.c.starts_utc < until,
        events.c.removed_at.is_(None),
        or_(events.c.status.is_(None), events.c.status != "cancelled"),
    )
    matching = and_(records.c.removed_at.is_(None), record_has_topic(topics, strong_only))
    items = select(records.c.pk, events.c.pk.label("event_pk")).join(events, events.c.pk == records.c.event_pk)
    bills = (
        select(records.c.pk, events.c.pk.label("event_pk"))
        .join(links, (links.c.record_pk == records.c.pk) & links.c.removed_at.is_(None))
        .join(events, events.c.pk == links.c.event_pk)
    )
    found = [
        (row[0], row[1])
        for row in session.execute(
            union(*(narrowed(query.where(ahead, matching), divisions, sources) for query in (items, bills)))
        )
    ]
    rows: dict[int, Any] = {}
    for chunk in chunks(sorted({event_pk for _, event_pk in found})):
        query = select(events).where(events.c.pk.in_(chunk))
        rows.update((row["pk"], row) for row in session.execute(query).mappings())
    views = load_views(session, {pk for pk, _ in found}, now)
    ordered = sorted(found, key=lambda pair: (rows[pair[1]]["starts_utc"], pair[1], pair[0]))
    return [replace(views[pk], event=event_view(rows[event_pk])) for pk, event_pk in ordered]


def record_view(session: Session, public_id: str, *, now: datetime | None = None) -> RecordView | None:
    """Return one record by its public id, or None."""
    found = record_views(session, [public_id], now=now)
    return found[0] if found else None


def record_views(session: Session, public_ids: Sequence[str], *, now: datetime | None = None) -> list[RecordView]:
    """Return the records with those public ids, in that order; unknown ids are left out."""
    table = models.records
    pks: dict[str, int] = {}
    for chunk in chunks(dict.fromkeys(public_ids)):
        query = select(table.c.id, table.c.pk).where(table.c.id.in_(chunk))
        pks.update((row.id, row.pk) for row in session.execute(query))
    views = load_views(session, set(pks.values()), now)
    return [views[pks[public_id]] for public_id in public_ids if public_id in pks]


def find_records(session: Session, name: str, *, now: datetime | None = None) -> list[RecordView]:
    """Return the records meant by a public id, or by an identifier in any spelling ("H.1234"); newest first."""
    exact = record_view(session, name.strip(), now=now)
    if exact is not None:
        return [exact]
    records, aliases = models.records, models.aliases
    wanted = norm(name)
    if not wanted:
        return []
    named = exists(select(1).where(aliases.c.record_pk == records.c.pk, aliases.c.norm == wanted))
    query = (
        select(records.c.pk)
        .where(or_(named, records.c.identifier == name.strip()))
        .order_by(records.c.last_changed_at.desc(), records.c.pk.desc())
        .limit(FOUND_AT_MOST)
    )
    pks = list(session.scalars(query))
    views = load_views(session, pks, now)
    return [views[pk] for pk in pks]
