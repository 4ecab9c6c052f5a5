"""Records as their readers get them, many at once: one question per table, whatever the number of records."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from store import models
from store.places import place_name
from store.upsert.context import chunks
from store.views import EventView, MentionView, RecordView

NEVER = datetime.min.replace(tzinfo=UTC)
HEAD = (
    "pk",
    "id",
    "kind",
    "jurisdiction",
    "state",
    "source",
    "body",
    "session",
    "identifier",
    "title",
    "status",
    "url",
    "source_urls",
    "aspects",
    "event_pk",
    "first_seen_at",
    "last_seen_at",
    "last_changed_at",
    "removed_at",
)


def event_view(row: Any) -> EventView:
    """Turn an event's row into what readers get."""
    return EventView(
        id=row["id"],
        name=row["name"],
        body=row["body"],
        starts_at=row["starts_at"],
        start_text=row["start_text"],
        timezone=row["timezone"],
        location=row["location"],
        status=row["status"],
        url=row["url"],
        testimony=row["testimony"],
    )


def load_views(session: Session, pks: Iterable[int], now: datetime | None = None) -> dict[int, RecordView]:
    """Return the records with those numbers; a bill's event is its next one after `now`, or else its latest."""
    loaded: dict[int, RecordView] = {}
    for chunk in chunks(dict.fromkeys(pks)):
        records, sources = models.records, models.sources
        query = (
            select(*(records.c[name] for name in HEAD), sources.c.name.label("source_name"))
            .join(sources, sources.c.slug == records.c.source)
            .where(records.c.pk.in_(chunk))
        )
        rows = session.execute(query).mappings().all()
        topics = load_topics(session, chunk)
        mentions = load_mention_views(session, chunk)
        events = load_next_events(session, rows, now)
        for row in rows:
            pk = row["pk"]
            loaded[pk] = RecordView(
                place=place_name(row["jurisdiction"]),
                topics=topics.get(pk, {}),
                mentions=tuple(mentions.get(pk, ())),
                event=event_view(events[pk]) if pk in events else None,
                source_urls=tuple(row["source_urls"]),
                source_name=row["source_name"],
                **{name: row[name] for name in HEAD if name not in ("pk", "event_pk", "source_urls")},
            )
    return loaded


def load_topics(session: Session, pks: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return topics and strengths by record."""
    table = models.record_topics
    loaded: dict[int, dict[str, str]] = {}
    query = select(table.c.record_pk, table.c.topic, table.c.strength).where(table.c.record_pk.in_(pks))
    for pk, topic, strength in session.execute(query.order_by(table.c.record_pk, table.c.topic)):
        loaded.setdefault(pk, {})[topic] = strength
    return loaded


def load_mention_views(session: Session, pks: Sequence[int]) -> dict[int, list[MentionView]]:
    """Return mentions by record, the strong ones first."""
    table = models.mentions
    loaded: dict[int, list[MentionView]] = {}
    query = select(table).where(table.c.record_pk.in_(pks))
    # "strong" sorts behind "possible".
    for row in session.execute(query.order_by(table.c.record_pk, table.c.strength.desc(), table.c.position)):
        loaded.setdefault(row.record_pk, []).append(
            MentionView(
                topic=row.topic,
                term=row.term,
                field=row.field,
                snippet=row.snippet,
                mark=(row.mark_start, row.mark_end),
                strength=row.strength,
                reason=row.reason,
                document_url=row.document_url,
                page=row.page,
            )
        )
    return loaded


def load_next_events(session: Session, rows: Sequence[Any], now: datetime | None) -> dict[int, Any]:
    """Return the event that each record shows: an item's own, a bill's next one, or else its latest."""
    own = {row["pk"]: row["event_pk"] for row in rows if row["event_pk"] is not None}
    bills = [row["pk"] for row in rows if row["kind"] == "bill"]
    pairs = set(own.items()) | event_pairs(session, bills)
    events: dict[int, Any] = {}
    for chunk in chunks(sorted({event_pk for _, event_pk in pairs})):
        query = select(models.events).where(models.events.c.pk.in_(chunk))
        events.update((row["pk"], row) for row in session.execute(query).mappings())
    of_record: dict[int, list[Any]] = {}
    for pk, event_pk in sorted(pairs):
        of_record.setdefault(pk, []).append(events[event_pk])
    return {pk: events[own[pk]] if pk in own else next_event(found, now) for pk, found in of_record.items()}


def event_pairs(session: Session, bills: Sequence[int]) -> set[tuple[int, int]]:
    """Return (bill, event) for hearings that name the bill and for agendas with an item about it."""
    links, records = models.record_events, models.records
    item, bill = records.alias("item"), records.alias("bill")
    named = select(links.c.record_pk, links.c.event_pk).where(
        links.c.record_pk.in_(bills), links.c.removed_at.is_(None)
    )
    through_items = (
        select(bill.c.pk, item.c.event_pk)
        .join(item, (item.c.source == bill.c.source) & (item.c.bill_key == bill.c.key))
        .where(bill.c.pk.in_(bills), item.c.event_pk.is_not(None), item.c.removed_at.is_(None))
    )
    return {(row[0], row[1]) for row in session.execute(union(named, through_items))} if bills else set()


def next_event(found: Sequence[Any], now: datetime | None) -> Any:
    """Return the first event still to come, or else the latest of all."""
    ordered = sorted(found, key=lambda row: (row["starts_utc"] or NEVER, row["pk"]))
    for row in ordered:
        alive = row["status"] != "cancelled" and row["removed_at"] is None
        if now is not None and alive and row["over_utc"] is not None and row["over_utc"] >= now:
            return row
    return ordered[-1]
