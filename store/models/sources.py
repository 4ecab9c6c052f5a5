"""Where observations come from: sources, their sessions, crawl runs and captured responses."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from store.models.base import ArchiveTable, UtcDateTime, json_column, table_of


class Source(ArchiveTable, table=True):
    """The archive's copy of a config row; `baseline_at` is when its first good run ended."""

    __tablename__ = "source"

    slug: str = Field(primary_key=True)
    platform: str
    jurisdiction: str = Field(index=True)
    state: str
    name: str
    url: str
    timezone: str
    status: str
    verified: str
    baseline_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class LegislativeSession(ArchiveTable, table=True):
    """One session of a legislature or term of a council, from the config rows."""

    __tablename__ = "legislative_session"

    jurisdiction: str = Field(primary_key=True)
    identifier: str = Field(primary_key=True)
    name: str
    classification: str
    starts_on: dt.date
    ends_on: dt.date


class CrawlRun(ArchiveTable, table=True):
    """One crawl of one source, with its outcome and counts."""

    __tablename__ = "crawl_run"
    __table_args__ = (
        Index("ix_crawl_run_source_started_at", "source", "started_at"),
        # A number given back after a restore would make an old run's rows look like a new one's.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(foreign_key="source.slug")
    started_at: dt.datetime = Field(sa_type=UtcDateTime)
    finished_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = "running"
    reason: str | None = None
    complete: bool = False
    listed: int = 0
    """How many records the site listed, by which the next run is judged."""
    requests: int = 0
    not_captured: int = 0
    bytes: int = 0
    seconds: float = 0.0
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=json_column())


class Capture(ArchiveTable, table=True):
    """One stored response: what was asked, what came, and where in which WARC file it lies."""

    __tablename__ = "capture"
    __table_args__ = (
        UniqueConstraint("run_id", "warc_file", "warc_offset"),
        Index("ix_capture_url_hash", "url_hash"),
    )

    pk: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="crawl_run.id")
    url: str
    url_hash: str
    """Addresses may be longer than an index entry can be, so they are looked up by hash."""
    method: str
    status: int
    media_type: str | None = None
    sha256: str
    fetched_at: dt.datetime = Field(sa_type=UtcDateTime)
    warc_file: str
    warc_offset: int


sources = table_of(Source)
legislative_sessions = table_of(LegislativeSession)
crawl_runs = table_of(CrawlRun)
captures = table_of(Capture)
