"""Records as the world outside gets them: one JSON object each, or one CSV row that is safe to open."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, exists, select
from sqlalchemy.orm import Session

from store import models
from store.changes import record_has_topic
from store.reading import load_views
from store.views import EventView, RecordView

BATCH = 200

PLAIN = ("id", "kind", "jurisdiction", "state", "source", "body", "session", "identifier", "title", "status", "url")
EVENT = ("name", "starts_at", "timezone", "location", "status", "url")
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def export_record(session: Session, public_id: str, *, now: datetime | None = None) -> dict[str, Any] | None:
    """Return one record in the exported form, or None."""
    pk = session.scalar(select(models.records.c.pk).where(models.records.c.id == public_id))
    return next(exported(session, [pk], now)) if pk is not None else None


def export_records(
    session: Session,
    *,
    all_records: bool = False,
    state: str | None = None,
    topic: str | None = None,
    kind: str | None = None,
    now: datetime | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield records in the exported form, those that match a topic or `all_records`, a batch in memory at a time."""
    records = models.records
    wanted = []
    if topic is not None:
        wanted.append(record_has_topic([topic], strong_only=False))
    elif not all_records:
        wanted.append(exists(select(1).where(models.record_topics.c.record_pk == records.c.pk)))
    if state is not None:
        wanted.append(records.c.state == state.lower())
    if kind is not None:
        wanted.append(records.c.kind == kind)
    last = 0
    while True:
        query = select(records.c.pk).where(records.c.pk > last, *wanted).order_by(records.c.pk).limit(BATCH)
        pks = list(session.scalars(query))
        if not pks:
            return
        yield from exported(session, pks, now)
        last = pks[-1]


def exported(session: Session, pks: Sequence[int], now: datetime | None) -> Iterator[dict[str, Any]]:
    """Yield those records with all that belongs to them, each table asked once."""
    views = load_views(session, pks, now)
    actions = rows_of(session, models.actions, ("date", "description", "classification"), pks)
    sponsors = rows_of(session, models.sponsorships, ("name", "classification", "primary"), pks)
    lineage = rows_of(session, models.lineages, ("relation", "identifier", "session", "jurisdiction"), pks)
    documents = documents_of(session, pks)
    for pk in pks:
        view = views[pk]
        yield {
            **{name: getattr(view, name) for name in PLAIN},
            "source_urls": list(view.source_urls),
            "topics": [{"topic": topic, "strength": strength} for topic, strength in view.topics.items()],
            "mentions": mentions_of(view),
            "aspects": view.aspects,
            "event": event_of(view.event),
            "actions": actions.get(pk, []),
            "sponsors": sponsors.get(pk, []),
            "documents": documents.get(pk, []),
            "lineage": lineage.get(pk, []),
            "first_seen_at": view.first_seen_at.isoformat(),
            "last_seen_at": view.last_seen_at.isoformat(),
            "last_changed_at": view.last_changed_at.isoformat(),
            "removed_at": view.removed_at.isoformat() if view.removed_at else None,
        }


def mentions_of(view: RecordView) -> list[dict[str, Any]]:
    """Return a record's mentions in the exported form."""
    names = ("topic", "term", "field", "document_url", "page", "snippet")
    return [{name: getattr(mention, name) for name in names} for mention in view.mentions]


def event_of(event: EventView | None) -> dict[str, Any] | None:
    """Return an event in the exported form."""
    return {name: getattr(event, name) for name in EVENT} if event is not None else None


def rows_of(
    session: Session, table: Table, names: Sequence[str], pks: Sequence[int]
) -> dict[int, list[dict[str, Any]]]:
    """Return the entries of one list by record, in the source's order."""
    columns = [table.c[name] for name in names]
    query = select(table.c.record_pk, *columns).where(table.c.record_pk.in_(pks))
    loaded: dict[int, list[dict[str, Any]]] = {}
    for row in session.execute(query.order_by(table.c.record_pk, table.c.position)):
        entry = {name: plain(value) for name, value in zip(names, row[1:], strict=True)}
        loaded.setdefault(row[0], []).append(entry)
    return loaded


def plain(value: Any) -> Any:
    """Return a date as ISO text, anything else as it is."""
    return value.isoformat() if isinstance(value, date) else value


def documents_of(session: Session, pks: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Return the listed documents by record, with the size of their texts."""
    documents, texts = models.documents, models.document_texts
    query = (
        select(documents, texts.c.page_count, texts.c.characters, texts.c.media_type.label("text_type"))
        .outerjoin(texts, texts.c.sha256 == documents.c.sha256)
        .where(documents.c.record_pk.in_(pks), documents.c.removed_at.is_(None))
        .order_by(documents.c.record_pk, documents.c.position, documents.c.pk)
    )
    loaded: dict[int, list[dict[str, Any]]] = {}
    for row in session.execute(query):
        loaded.setdefault(row.record_pk, []).append(
            {
                "kind": row.kind,
                "url": row.url,
                "media_type": row.media_type or row.text_type,
                "sha256": row.sha256,
                "pages": row.page_count,
                "characters": row.characters,
            }
        )
    return loaded


def csv_columns() -> list[str]:
    """Return the header of the CSV form."""
    event = [f"event_{name}" for name in EVENT]
    lists = ["source_urls", "topics", "mentions", "aspects", "actions", "sponsors", "documents", "lineage"]
    return [*PLAIN, *event, *lists, "first_seen_at", "last_seen_at", "last_changed_at", "removed_at"]


def csv_row(record: dict[str, Any]) -> list[str]:
    """Return an exported record as the cells of one row; nothing in it is a formula to a spreadsheet."""
    event = record["event"] or {}
    told = {
        **{name: record[name] for name in csv_columns() if name in record},
        **{f"event_{name}": event.get(name) for name in EVENT},
        "source_urls": "; ".join(record["source_urls"]),
        "topics": "; ".join(f"{entry['topic']} ({entry['strength']})" for entry in record["topics"]),
        "mentions": "\n".join(mention_line(entry) for entry in record["mentions"]),
        "aspects": json.dumps(record["aspects"], ensure_ascii=False) if any(record["aspects"].values()) else "",
        "actions": "\n".join(f"{entry['date'] or ''} {entry['description']}".strip() for entry in record["actions"]),
        "sponsors": "; ".join(entry["name"] for entry in record["sponsors"]),
        "documents": "\n".join(f"{entry['kind']}: {entry['url']}" for entry in record["documents"]),
        "lineage": "; ".join(f"{entry['relation']} {entry['identifier']}" for entry in record["lineage"]),
    }
    return [safe_cell(told[name]) for name in csv_columns()]


def mention_line(mention: dict[str, Any]) -> str:
    """Return one mention as a line: where, and the sentence."""
    where = mention["field"] if mention["page"] is None else f"{mention['field']} page {mention['page']}"
    return f"[{where}] {mention['snippet']}"


def safe_cell(value: Any) -> str:
    """Return a cell that no spreadsheet runs: what begins like a formula gets an apostrophe before it."""
    cell = "" if value is None else str(value)
    # Spreadsheets look past leading spaces.
    return f"'{cell}" if cell.lstrip(" \xa0\u3000").startswith(FORMULAS) else cell
