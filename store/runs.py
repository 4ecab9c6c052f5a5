"""Crawl runs and the state of sources: opened before a crawl, closed with an outcome, read by status and coverage."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from config.sources import LegislativeSession, Source
from store import models
from store.coverage import GOOD, coverage, sources_view
from store.database import lock
from store.errors import Conflict

__all__ = [
    "CaptureView",
    "RunView",
    "captures_of",
    "close_run",
    "coverage",
    "ensure_sessions",
    "ensure_source",
    "is_baselined",
    "open_run",
    "previous_runs",
    "sources_view",
    "store_captures",
]

OUTCOMES = ("ok", "empty", "suspect", "blocked", "broken", "interrupted")
COPIED = ("platform", "jurisdiction", "state", "name", "url", "timezone", "status", "verified")


@dataclass(frozen=True)
class RunView:
    """One finished run."""

    id: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    reason: str | None
    complete: bool
    listed: int
    counts: dict[str, Any]


@dataclass(frozen=True)
class CaptureView:
    """Where the stored copy of a response lies, with its hash and when it was fetched."""

    url: str
    status: int
    media_type: str | None
    sha256: str
    fetched_at: datetime
    warc_file: str
    warc_offset: int


def upsert(session: Session, table: Any, values: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Insert one row or bring the one with the same keys up to date."""
    build = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = build(table).values(**values)
    rest = {name: statement.excluded[name] for name in values if name not in keys}
    session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=rest))


def ensure_source(session: Session, source: Source) -> None:
    """Keep the archive's copy of a config row like the row; its records follow if its place was corrected."""
    table = models.sources
    values = {"slug": source.slug, **{name: getattr(source, name) for name in COPIED}}
    stored = session.execute(select(table).where(table.c.slug == source.slug)).mappings().one_or_none()
    if stored is not None and all(stored[name] == value for name, value in values.items()):
        return
    upsert(session, table, values, ["slug"])
    if stored is not None and stored["jurisdiction"] != source.jurisdiction:
        place = {"jurisdiction": source.jurisdiction, "state": source.state}
        for own in (models.records, models.events):
            session.execute(update(own).where(own.c.source == source.slug).values(**place))


def ensure_sessions(session: Session, rows: Sequence[LegislativeSession]) -> None:
    """Keep the archive's copy of the configured legislative sessions like the rows."""
    for row in rows:
        values = {
            "jurisdiction": row.jurisdiction,
            "identifier": row.identifier,
            "name": row.name,
            "classification": row.classification,
            "starts_on": row.start,
            "ends_on": row.end,
        }
        upsert(session, models.legislative_sessions, values, ["jurisdiction", "identifier"])


def open_run(session: Session, source: Source, now: datetime) -> int:
    """Begin a run and return its number; one that was left open by a killed process is closed as interrupted."""
    lock(session, source.jurisdiction)
    ensure_source(session, source)
    table = models.crawl_runs
    session.execute(
        update(table)
        .where(table.c.source == source.slug, table.c.outcome == "running")
        .values(outcome="interrupted", reason="the process ended before the run did", finished_at=now)
    )
    values = {"source": source.slug, "started_at": now, "outcome": "running", "counts": {}}
    return int(session.execute(insert(table).returning(table.c.id), values).scalar_one())


def close_run(
    session: Session,
    run_id: int,
    *,
    outcome: str,
    reason: str | None = None,
    listed: int = 0,
    complete: bool = False,
    report: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """End a run; the first good one makes its source's baseline. Raises Conflict if it was closed already."""
    if outcome not in OUTCOMES:
        raise ValueError(f"a run can't end {outcome!r}")
    counts = dict(report or {})
    table = models.crawl_runs
    ended = (
        update(table)
        .where(table.c.id == run_id, table.c.outcome == "running")
        .values(
            outcome=outcome,
            reason=reason,
            finished_at=now,
            complete=complete,
            listed=listed,
            counts=counts,
            **{name: counts[name] for name in ("requests", "not_captured", "bytes", "seconds") if name in counts},
        )
        .returning(table.c.source)
    )
    slug = session.execute(ended).scalar_one_or_none()
    if slug is None:
        raise Conflict(f"run {run_id} is not open: another process closed it")
    if outcome in GOOD:
        sources = models.sources
        first = (sources.c.slug == slug, sources.c.baseline_at.is_(None))
        session.execute(update(sources).where(*first).values(baseline_at=now))


def previous_runs(session: Session, slug: str, limit: int) -> list[RunView]:
    """Return a source's finished runs, newest first."""
    table = models.crawl_runs
    query = (
        select(*(table.c[name] for name in RunView.__dataclass_fields__))
        .where(table.c.source == slug, table.c.outcome != "running")
        .order_by(table.c.started_at.desc(), table.c.id.desc())
        .limit(limit)
    )
    return [RunView(**row) for row in session.execute(query).mappings()]


def is_baselined(session: Session, slug: str) -> bool:
    """Whether a run of the source has ended well, so that differences since are news."""
    query = select(models.sources.c.baseline_at).where(models.sources.c.slug == slug)
    return session.scalar(query) is not None


def url_hash(url: str) -> str:
    """Return the hash by which a capture's address is found."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def store_captures(session: Session, run_id: int, warc: Path, facts: Sequence[Mapping[str, Any]]) -> None:
    """Store where a run's responses lie: the facts that were written beside its WARC file."""
    rows = [
        {
            "run_id": run_id,
            "url": row["url"],
            "url_hash": url_hash(row["url"]),
            "method": row["method"],
            "status": row["status"],
            "media_type": row["media_type"],
            "sha256": row["sha256"],
            "fetched_at": datetime.fromisoformat(row["fetched_at"]),
            "warc_file": f"{warc.parent.name}/{warc.name}",
            "warc_offset": row["offset"],
        }
        for row in facts
    ]
    if rows:
        session.execute(insert(models.captures), rows)


def captures_of(session: Session, urls: Sequence[str]) -> list[CaptureView]:
    """Return the newest stored copy of each of those addresses that has one, in the order of the addresses."""
    table = models.captures
    newest: dict[str, CaptureView] = {}
    for begin in range(0, len(urls), 500):
        hashes = [url_hash(url) for url in urls[begin : begin + 500]]
        query = (
            select(*(table.c[name] for name in CaptureView.__dataclass_fields__))
            .where(table.c.url_hash.in_(hashes), table.c.status < 400)
            .order_by(table.c.fetched_at, table.c.pk)
        )
        for row in session.execute(query).mappings():
            newest[row["url"]] = CaptureView(**row)
    return [newest[url] for url in dict.fromkeys(urls) if url in newest]
