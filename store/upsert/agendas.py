"""Bills on events' agendas: the hearing of a bill, found by the identifier the agenda prints, sooner or later."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import models
from store.keys import norm
from store.moments import is_news
from store.upsert.context import Storing, chunks
from store.upsert.meetings import StoredEvents, shown


def link_bills(storing: Storing, events: StoredEvents, new_norms: Iterable[str]) -> set[tuple[int, int]]:
    """Store which bills stand on which agendas; return the (event, record) pairs that are told in this run.

    `new_norms` are names that bills got in this run: agendas that have waited for them are joined to them.
    """
    assert storing.source is not None
    told = compare_agendas(storing, events)
    table = models.record_events
    waiting: list[Any] = []
    for chunk in chunks(sorted({*new_norms, *agenda_norms(events)})):
        query = select(table).where(
            table.c.jurisdiction == storing.source.jurisdiction,
            table.c.norm.in_(chunk),
            table.c.record_pk.is_(None),
            table.c.removed_at.is_(None),
        )
        waiting += storing.session.execute(query).mappings().all()
    found = resolve(storing.session, storing.source.jurisdiction, [row["norm"] for row in waiting])
    event_rows = load_events(storing.session, {row["event_pk"] for row in waiting if row["norm"] in found})
    sessions = sessions_of(storing.session, storing.source.jurisdiction)
    updates = []
    for row in waiting:
        candidates = found.get(row["norm"])
        if not candidates:
            continue
        event = event_rows[row["event_pk"]]
        record_pk = choose(candidates, event["starts_on"], sessions)
        if record_pk is None:
            continue
        updates.append({"pk": row["pk"], "record_pk": record_pk})
        schedule(storing, record_pk, event)
        told.add((row["event_pk"], record_pk))
    storing.update_each(table, updates)
    return told


def agenda_norms(events: StoredEvents) -> set[str]:
    """Every bill named on the agendas that this run changed."""
    return {norm(identifier) for draft in events.changed.values() for identifier in draft["bills"] or ()}


def compare_agendas(storing: Storing, events: StoredEvents) -> set[tuple[int, int]]:
    """Add what agendas name now and did not before; drop what two complete runs no longer found on them."""
    assert storing.source is not None
    table = models.record_events
    compared = {pk: draft["bills"] for pk, draft in events.changed.items() if draft["bills"] is not None}
    stored: dict[int, dict[str, Any]] = {}
    for chunk in chunks([pk for pk in compared if pk not in events.inserted]):
        for link in storing.session.execute(select(table).where(table.c.event_pk.in_(chunk))).mappings():
            stored.setdefault(link["event_pk"], {})[link["norm"]] = link
    inserts: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    pending: set[int] = set()
    relisted: list[Any] = []
    dropped: list[Any] = []
    for event_pk, identifiers in compared.items():
        known = stored.get(event_pk, {})
        listed = {norm(identifier): identifier for identifier in identifiers}
        listed.pop("", None)
        for name, identifier in listed.items():
            row = known.get(name)
            if row is None:
                jurisdiction = storing.source.jurisdiction
                inserts.append(
                    {"event_pk": event_pk, "identifier": identifier, "norm": name, "jurisdiction": jurisdiction}
                )
            elif row["removed_at"] is not None or row["missed"]:
                updates.append({"pk": row["pk"], "missed": 0, "missed_run": None, "removed_at": None})
                if row["removed_at"] is not None and row["record_pk"] is not None:
                    relisted.append(row)
        for name, row in known.items():
            if name in listed or row["removed_at"] is not None:
                continue
            if not storing.complete or row["missed_run"] == storing.run_id:
                pending.add(event_pk)
                continue
            gone = row["missed"] >= 1
            removed_at = storing.now if gone else None
            updates.append(
                {
                    "pk": row["pk"],
                    "missed": row["missed"] + 1,
                    "missed_run": storing.run_id,
                    "removed_at": removed_at,
                }
            )
            if not gone:
                pending.add(event_pk)
            elif row["record_pk"] is not None:
                dropped.append(row)
    storing.insert(table, inserts)
    storing.update_each(table, updates)
    storing.update_all(models.events, pending, fingerprint="")
    return tell_relisted(storing, relisted, dropped)


def tell_relisted(storing: Storing, relisted: Sequence[Any], dropped: Sequence[Any]) -> set[tuple[int, int]]:
    """Note bills that came back to an agenda or were taken off one."""
    rows = load_events(storing.session, {row["event_pk"] for row in (*relisted, *dropped)})
    for row in relisted:
        schedule(storing, row["record_pk"], rows[row["event_pk"]])
    for row in dropped:
        event = rows[row["event_pk"]]
        if event["status"] != "cancelled" and is_news(event["over_utc"], storing.now):
            off = {**shown(event), "status": "no longer on the agenda"}
            storing.change(row["record_pk"], "hearing_cancelled", shown(event), off, event["pk"])
    return {(row["event_pk"], row["record_pk"]) for row in relisted}


def schedule(storing: Storing, record_pk: int, event: Any) -> None:
    """Note a hearing that is set for a bill, unless it was long ago or is off."""
    if event["status"] != "cancelled" and event["removed_at"] is None and is_news(event["over_utc"], storing.now):
        storing.change(record_pk, "hearing_scheduled", None, shown(event), event["pk"])


def load_events(session: Session, pks: Iterable[int]) -> dict[int, Any]:
    """Stored events by number."""
    loaded: dict[int, Any] = {}
    for chunk in chunks(sorted(pks)):
        query = select(models.events).where(models.events.c.pk.in_(chunk))
        loaded.update((row["pk"], row) for row in session.execute(query).mappings())
    return loaded


def sessions_of(session: Session, jurisdiction: str) -> list[Any]:
    """The jurisdiction's legislative sessions."""
    table = models.legislative_sessions
    return list(session.execute(select(table).where(table.c.jurisdiction == jurisdiction)).mappings())


def resolve(session: Session, jurisdiction: str, norms: Iterable[str]) -> dict[str, list[Any]]:
    """The bills that go by those names in one jurisdiction, newest first."""
    table, records = models.aliases, models.records
    found: dict[str, list[Any]] = {}
    for chunk in chunks(sorted(set(norms))):
        query = (
            select(table.c.norm, table.c.own, table.c.record_pk, table.c.session, records.c.removed_at)
            .join(records, records.c.pk == table.c.record_pk)
            .where(table.c.jurisdiction == jurisdiction, table.c.norm.in_(chunk))
            .order_by(records.c.first_seen_at.desc(), records.c.pk.desc())
        )
        for row in session.execute(query):
            found.setdefault(row.norm, []).append(row)
    return found


def choose(candidates: Sequence[Any], day: Any, sessions: Sequence[Any], session: str | None = None) -> int | None:
    """The one bill that a name means on a day or in a session: numbers are given out anew in every session.

    None where all that are known by it belong to sessions that were not open that day: the right one may yet come.
    """
    over = {row["identifier"] for row in sessions if day and not row["starts_on"] <= day <= row["ends_on"]}
    possible = [row for row in candidates if (row.session == session if session else row.session not in over)]
    # max keeps the first of equals, which is the newest.
    best = max(possible, key=lambda row: (row.removed_at is None, row.own), default=None)
    return int(best.record_pk) if best is not None else None
