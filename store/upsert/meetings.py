"""Events of a run: stored, compared, and their differences noted for every record on their agendas."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from store import models
from store.keys import public_id
from store.moments import better_start, is_news, moments, same_start
from store.upsert.context import Storing, chunks
from store.upsert.files import DocumentWriter, load_documents
from store.upsert.merge import SOURCE_URL_LIMIT, Draft, Drafts, cleaned, fingerprint, plain_value, united

PLAIN = ("name", "body", "timezone", "location", "status", "url", "description", "testimony")
SHOWN = ("name", "body", "starts_at", "start_text", "timezone", "location", "status", "url")


@dataclass
class EventDifference:
    """What became of one stored event."""

    pk: int
    before: Draft
    after: Draft
    kind: str


@dataclass
class StoredEvents:
    """The events of a run after storing them."""

    pks: dict[str, int]
    changed: dict[int, Draft]
    """Events whose observation differs from the last one, by number: their agendas are compared."""
    inserted: set[int]
    differences: list[EventDifference]
    seen: set[int]
    restored: set[int]


def shown(event: Any) -> dict[str, Any]:
    """An event as a change tells it."""
    return {name: event[name] for name in SHOWN}


def store_events(storing: Storing, drafts: Drafts) -> StoredEvents:
    """Insert and update the run's events; which records they concern is told later, by `tell_hearings`."""
    table = models.events
    assert storing.source is not None
    keys = [*drafts.events, *drafts.seen_events]
    stored: dict[str, Any] = {}
    for chunk in chunks(keys):
        query = select(table.c.pk, table.c.key, table.c.fingerprint, table.c.removed_at).where(
            table.c.source == storing.source.slug, table.c.key.in_(chunk)
        )
        stored.update((row.key, row) for row in storing.session.execute(query))
    result = StoredEvents({key: row.pk for key, row in stored.items()}, {}, set(), [], set(), set())
    new: dict[str, Draft] = {}
    moved: dict[int, tuple[Draft, str]] = {}
    for key, raw in drafts.events.items():
        hashed = fingerprint(raw)
        row = stored.get(key)
        if row is None:
            new[key] = {**cleaned(raw), "key": key, "fingerprint": hashed}
        elif row.fingerprint != hashed:
            moved[row.pk] = (cleaned(raw), hashed)
    result.restored = {row.pk for row in stored.values() if row.removed_at is not None}
    insert_events(storing, new, result)
    update_events(storing, moved, result)
    storing.counts.unknown_seen += len(drafts.seen_events - stored.keys())
    result.seen = set(result.pks.values())
    storing.update_all(
        table,
        result.seen - result.inserted,
        last_seen_at=storing.now,
        last_seen_run=storing.run_id,
        missed=0,
        missed_run=None,
        removed_at=None,
    )
    storing.counts.events = len(drafts.events)
    return result


def insert_events(storing: Storing, new: dict[str, Draft], result: StoredEvents) -> None:
    """Insert events that were never seen, with their documents."""
    source = storing.source
    assert source is not None
    rows = []
    for key, draft in new.items():
        when = moments(draft["starts_at"], draft["timezone"], source.timezone)
        rows.append(
            {
                "id": public_id(source.slug, "event", key),
                "source": source.slug,
                "key": key,
                "jurisdiction": source.jurisdiction,
                "state": source.state,
                **{name: draft[name] for name in PLAIN},
                "starts_at": draft["starts_at"],
                "start_text": draft["start_text"],
                "starts_utc": when.starts_utc,
                "over_utc": when.over_utc,
                "starts_on": when.starts_on,
                "source_urls": draft["source_urls"][:SOURCE_URL_LIMIT],
                "fingerprint": draft["fingerprint"],
                "first_seen_at": storing.now,
                "last_seen_at": storing.now,
                "last_changed_at": storing.now,
                "last_seen_run": storing.run_id,
            }
        )
    by_id = storing.insert_numbered(models.events, rows)
    pks = {row["key"]: by_id[row["id"]] for row in rows}
    result.pks |= pks
    result.inserted = set(pks.values())
    writer = DocumentWriter(storing)
    for key, pk in pks.items():
        result.changed[pk] = new[key]
        writer.compare("event_pk", pk, [], new[key]["documents"] or [], news=False)
    writer.write()
    adopt_items(storing, pks)


def adopt_items(storing: Storing, pks: dict[str, int]) -> None:
    """Give agenda items that were stored before their event that event."""
    assert storing.source is not None
    table = models.records
    for chunk in chunks(sorted(pks)):
        query = select(table.c.pk, table.c.event_key).where(
            table.c.source == storing.source.slug, table.c.event_key.in_(chunk), table.c.event_pk.is_(None)
        )
        for row in storing.session.execute(query).all():
            storing.session.execute(update(table).where(table.c.pk == row.pk).values(event_pk=pks[row.event_key]))


def update_events(storing: Storing, moved: dict[int, tuple[Draft, str]], result: StoredEvents) -> None:
    """Compare events whose observation is another than the last, field by field."""
    assert storing.source is not None
    documents = load_documents(storing.session, "event_pk", list(moved))
    writer = DocumentWriter(storing)
    updates = []
    for chunk in chunks(list(moved)):
        query = select(models.events).where(models.events.c.pk.in_(chunk))
        for row in storing.session.execute(query).mappings().all():
            draft, hashed = moved[row["pk"]]
            result.changed[row["pk"]] = draft
            to = new_values(row, draft, storing.source.timezone)
            pending = False
            differs = bool(to.keys() - {"source_urls"})
            if draft["documents"] is not None:
                compared = writer.compare(
                    "event_pk", row["pk"], documents.get(row["pk"], []), draft["documents"], news=False
                )
                differs, pending = differs or compared.differs, compared.pending
            # While something is being missed, the same observation must be compared again to be missed twice.
            to["fingerprint"] = "" if pending else hashed
            if differs:
                to["last_changed_at"] = storing.now
            updates.append({"pk": row["pk"], **to})
            kind = hearing_kind(row, {**row, **to})
            if kind is not None:
                result.differences.append(EventDifference(row["pk"], dict(row), {**row, **to}, kind))
    writer.write()
    storing.update_each(models.events, updates)


def new_values(row: Any, draft: Draft, default_zone: str) -> dict[str, Any]:
    """The columns of a stored event that the observation changes; what was not observed stays."""
    to = {name: draft[name] for name in PLAIN if draft[name] is not None and draft[name] != row[name]}
    starts_at = better_start(row["starts_at"], draft["starts_at"])
    if starts_at != row["starts_at"] and not same_start(row["starts_at"], starts_at):
        to["starts_at"] = starts_at
    start_text = draft["start_text"] if draft["start_text"] or draft["starts_at"] else row["start_text"]
    if start_text != row["start_text"] and starts_at == draft["starts_at"]:
        to["start_text"] = start_text
    if "starts_at" in to or "timezone" in to:
        when = moments(to.get("starts_at", row["starts_at"]), to.get("timezone", row["timezone"]), default_zone)
        to |= {"starts_utc": when.starts_utc, "over_utc": when.over_utc, "starts_on": when.starts_on}
    urls = united(row["source_urls"], draft["source_urls"], plain_value)[-SOURCE_URL_LIMIT:]
    if urls != row["source_urls"]:
        to["source_urls"] = urls
    return to


def hearing_kind(before: Any, after: Draft) -> str | None:
    """The kind of change that an event's difference is to the records on its agenda."""
    if after["status"] == "cancelled":
        return "hearing_cancelled" if before["status"] != "cancelled" else None
    if before["status"] == "cancelled":
        return "hearing_scheduled"
    if after["status"] == "rescheduled" and before["status"] != "rescheduled":
        return "hearing_moved"
    if after["starts_at"] != before["starts_at"]:
        return "hearing_moved"
    # A room that was not told before is not a move.
    if before["location"] is not None and after["location"] != before["location"]:
        return "hearing_moved"
    return None


def tell_hearings(storing: Storing, result: StoredEvents, told: set[tuple[int, int]]) -> None:
    """Note each event's difference for every record on its agenda, but for those told of it already in this run."""
    for difference in result.differences:
        if not any(is_news(row["over_utc"], storing.now) for row in (difference.before, difference.after)):
            continue
        for record_pk in records_of(storing, difference.pk):
            if record_pk in storing.inserted or (difference.pk, record_pk) in told:
                continue
            storing.change(record_pk, difference.kind, shown(difference.before), shown(difference.after), difference.pk)


def records_of(storing: Storing, event_pk: int) -> list[int]:
    """The records on an event's agenda: its items, and the bills that it names."""
    items = select(models.records.c.pk).where(
        models.records.c.event_pk == event_pk, models.records.c.removed_at.is_(None)
    )
    bills = select(models.record_events.c.record_pk).where(
        models.record_events.c.event_pk == event_pk,
        models.record_events.c.record_pk.is_not(None),
        models.record_events.c.removed_at.is_(None),
    )
    return sorted(set(storing.session.scalars(items)) | set(storing.session.scalars(bills)))


def ahead(over_utc: datetime | None, now: datetime) -> bool:
    """Whether an event is still to come, as far as its time is known."""
    return over_utc is not None and over_utc >= now
