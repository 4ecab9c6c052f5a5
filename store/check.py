"""The archive's invariants, asked of the archive itself: what an operator runs after a restore or a doubt."""

import json
import zlib
from collections.abc import Iterator, Sequence

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from store import models
from store.keys import public_id
from store.upsert.merge import text_hash

NAMED_AT_MOST = 5

ORPHANS = (
    (models.records, "source", models.sources, "slug"),
    (models.records, "event_pk", models.events, "pk"),
    (models.events, "source", models.sources, "slug"),
    (models.documents, "record_pk", models.records, "pk"),
    (models.documents, "event_pk", models.events, "pk"),
    (models.documents, "sha256", models.document_texts, "sha256"),
    (models.changes, "record_pk", models.records, "pk"),
    (models.changes, "event_pk", models.events, "pk"),
    (models.change_topics, "change_id", models.changes, "id"),
    (models.mentions, "record_pk", models.records, "pk"),
    (models.record_topics, "record_pk", models.records, "pk"),
    (models.record_texts, "record_pk", models.records, "pk"),
    (models.record_events, "record_pk", models.records, "pk"),
    (models.record_events, "event_pk", models.events, "pk"),
    (models.actions, "record_pk", models.records, "pk"),
    (models.sponsorships, "record_pk", models.records, "pk"),
    (models.votes, "record_pk", models.records, "pk"),
    (models.lineages, "record_pk", models.records, "pk"),
    (models.aliases, "record_pk", models.records, "pk"),
    (models.crawl_runs, "source", models.sources, "slug"),
    (models.captures, "run_id", models.crawl_runs, "id"),
)


def check_archive(session: Session) -> list[str]:
    """Return what is wrong with the archive, one sentence each; an empty list means that all invariants hold."""
    return [
        *database_damage(session),
        *orphans(session),
        *broken_identities(session),
        *broken_times(session),
        *broken_mentions(session),
        *broken_topics(session),
        *broken_index(session),
        *broken_texts(session),
        *open_runs(session),
    ]


def named(label: str, names: Sequence[object]) -> Iterator[str]:
    """Yield one sentence about those rows, if there are any."""
    if names:
        shown = ", ".join(str(name) for name in names[:NAMED_AT_MOST])
        more = f" and {len(names) - NAMED_AT_MOST} more" if len(names) > NAMED_AT_MOST else ""
        yield f"{label}: {shown}{more}"


def database_damage(session: Session) -> Iterator[str]:
    """Ask SQLite whether its own pages and references are whole; PostgreSQL checks its pages by itself."""
    if session.get_bind().dialect.name != "sqlite":
        return
    lines = [row[0] for row in session.execute(text("PRAGMA integrity_check(10)"))]
    if lines != ["ok"]:
        yield f"the database file is damaged: {'; '.join(lines)}"


def orphans(session: Session) -> Iterator[str]:
    """Find rows that point at nothing."""
    for table, name, target, key in ORPHANS:
        column = table.c[name]
        missing = select(column).where(column.is_not(None), column.not_in(select(target.c[key]))).distinct()
        yield from named(
            f"rows of {table.name} name a {target.name} that is not there", list(session.scalars(missing.limit(100)))
        )


def broken_identities(session: Session) -> Iterator[str]:
    """Find records and events whose public id is not that of their source, kind and key, or that are there twice."""
    records, events = models.records, models.events
    query = select(records.c.id, records.c.source, records.c.kind, records.c.key)
    wrong = [row.id for row in session.execute(query) if row.id != public_id(row.source, row.kind, row.key)]
    yield from named("records whose id is not that of their key", wrong)
    query = select(events.c.id, events.c.source, events.c.key)
    wrong = [row.id for row in session.execute(query) if row.id != public_id(row.source, "event", row.key)]
    yield from named("events whose id is not that of their key", wrong)
    twice = (
        select(records.c.key)
        .group_by(records.c.source, records.c.kind, records.c.key)
        .having(func.count() > 1)
        .limit(100)
    )
    yield from named("records that are there twice", list(session.scalars(twice)))


def broken_times(session: Session) -> Iterator[str]:
    """Find records that were seen last before they were first, or called gone without being missed."""
    for table in (models.records, models.events):
        early = select(table.c.id).where(
            or_(table.c.last_seen_at < table.c.first_seen_at, table.c.last_changed_at < table.c.first_seen_at)
        )
        yield from named(
            f"rows of {table.name} seen or changed before they were first seen", list(session.scalars(early))
        )
        gone = select(table.c.id).where(table.c.removed_at < table.c.last_seen_at)
        yield from named(f"rows of {table.name} called gone before they were seen last", list(session.scalars(gone)))
    runs, changes = models.crawl_runs, models.changes
    unrun = (
        select(changes.c.id)
        .join(runs, runs.c.id == changes.c.run_id)
        .where(runs.c.outcome.in_(("suspect", "blocked", "broken", "interrupted")))
    )
    yield from named("changes written by runs that did not end well", list(session.scalars(unrun.limit(100))))


def broken_mentions(session: Session) -> Iterator[str]:
    """Find mentions whose marked words lie outside their sentence, or whose record has no such topic."""
    table, topics = models.mentions, models.record_topics
    query = select(table.c.pk).where(
        or_(
            table.c.mark_start < 0,
            table.c.mark_end <= table.c.mark_start,
            table.c.mark_end > func.length(table.c.snippet),
            table.c.end <= table.c.start,
            table.c.start < 0,
        )
    )
    yield from named("mentions whose marked words lie outside their text", list(session.scalars(query.limit(100))))
    topicless = (
        select(topics.c.record_pk)
        .where(
            topics.c.inherited_from.is_(None),
            ~select(1).where(table.c.record_pk == topics.c.record_pk, table.c.topic == topics.c.topic).exists(),
        )
        .limit(100)
    )
    yield from named("records with a topic and no mention of it", list(session.scalars(topicless)))


def broken_topics(session: Session) -> Iterator[str]:
    """Find topics inherited from records that do not have them."""
    child, parent = models.record_topics.alias("child"), models.record_topics.alias("parent")
    query = (
        select(child.c.record_pk)
        .outerjoin(parent, (parent.c.record_pk == child.c.inherited_from) & (parent.c.topic == child.c.topic))
        .where(child.c.inherited_from.is_not(None), parent.c.record_pk.is_(None))
        .limit(100)
    )
    yield from named("records that inherit a topic from one without it", list(session.scalars(query)))


def broken_index(session: Session) -> Iterator[str]:
    """Find records that search can't find, and an index that is not that of its texts."""
    records, texts = models.records, models.record_texts
    query = select(records.c.id).where(records.c.pk.not_in(select(texts.c.record_pk))).limit(100)
    yield from named("records that are missing in the full-text index", list(session.scalars(query)))
    if session.get_bind().dialect.name != "sqlite":
        return
    triggers = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    lost = {"record_text_ai", "record_text_ad", "record_text_au"} - triggers
    yield from named("the full-text index is not kept up to date: triggers are missing", sorted(lost))
    indexed = session.scalar(text("SELECT count(*) FROM record_fts_docsize")) or 0
    stored = session.scalar(select(func.count()).select_from(texts)) or 0
    if indexed != stored:
        yield f"the full-text index has {indexed} records, the archive {stored}"


def broken_texts(session: Session) -> Iterator[str]:
    """Find document texts that can't be read back or are not what was stored."""
    table = models.document_texts
    wrong: list[object] = []
    for row in session.execute(
        select(table.c.sha256, table.c.pages, table.c.text_hash).execution_options(yield_per=100)
    ):
        try:
            pages = json.loads(zlib.decompress(row.pages))
        except (zlib.error, ValueError):
            wrong.append(row.sha256[:12])
            continue
        if text_hash(pages) != row.text_hash:
            wrong.append(row.sha256[:12])
    yield from named("document texts that are damaged", wrong)


def open_runs(session: Session) -> Iterator[str]:
    """Find sources with more than one run open."""
    table = models.crawl_runs
    query = select(table.c.source).where(table.c.outcome == "running").group_by(table.c.source)
    yield from named("sources with several open runs", list(session.scalars(query.having(func.count() > 1))))
