"""Meetings and hearings, and which bills stand on their agendas."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from store.models.base import ArchiveTable, UtcDateTime, json_column, table_of


class Event(ArchiveTable, table=True):
    """A meeting or hearing, found again by its source and key."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index("ix_event_starts_utc", "starts_utc"),
        Index("ix_event_jurisdiction", "jurisdiction"),
    )

    pk: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    source: str = Field(foreign_key="source.slug")
    key: str
    jurisdiction: str
    state: str
    name: str
    body: str | None = None
    starts_at: str | None = None
    """As the design says times: ISO with the place's offset, or a date alone."""
    starts_utc: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it starts; the first moment of that day at the place where only the day is known."""
    over_utc: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it is no longer ahead: its start, or the end of the day where only the day is known."""
    starts_on: dt.date | None = None
    start_text: str | None = None
    timezone: str | None = None
    location: str | None = None
    status: str | None = None
    url: str | None = None
    source_urls: list[str] = Field(default_factory=list, sa_type=json_column())
    description: str | None = None
    testimony: str | None = None
    fingerprint: str
    """Hash of the observation stored last: the same one again is not compared field by field."""
    first_seen_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_seen_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_changed_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_seen_run: int
    missed: int = 0
    missed_run: int | None = None
    removed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecordEvent(ArchiveTable, table=True):
    """A bill's identifier on an event's agenda; `record_pk` is filled when the bill is known."""

    __tablename__ = "record_event"
    __table_args__ = (
        UniqueConstraint("event_pk", "norm"),
        Index("ix_record_event_record_pk", "record_pk"),
        Index("ix_record_event_jurisdiction_norm", "jurisdiction", "norm"),
    )

    pk: int | None = Field(default=None, primary_key=True)
    event_pk: int = Field(foreign_key="event.pk")
    identifier: str
    norm: str
    jurisdiction: str
    record_pk: int | None = Field(default=None, foreign_key="record.pk")
    missed: int = 0
    missed_run: int | None = None
    removed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


events = table_of(Event)
record_events = table_of(RecordEvent)
