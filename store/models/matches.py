"""What matching found: mentions, topics of records, and people's decisions on doubtful ones."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field

from store.models.base import ArchiveTable, UtcDateTime, table_of


class Mention(ArchiveTable, table=True):
    """One term found in one text of a record, with its place, its sentence and why it counted."""

    __tablename__ = "mention"

    pk: int | None = Field(default=None, primary_key=True)
    record_pk: int = Field(foreign_key="record.pk", index=True)
    position: int
    topic: str
    term: str
    field: str
    start: int
    end: int
    snippet: str
    mark_start: int
    mark_end: int
    strength: str
    reason: str
    document_url: str | None = None
    page: int | None = None


class RecordTopic(ArchiveTable, table=True):
    """A record is about a topic; `inherited_from` when a related record's text says so, not its own."""

    __tablename__ = "record_topic"
    __table_args__ = (Index("ix_record_topic_topic", "topic", "strength"),)

    record_pk: int = Field(foreign_key="record.pk", primary_key=True)
    topic: str = Field(primary_key=True)
    strength: str
    reason: str
    inherited_from: int | None = Field(default=None, foreign_key="record.pk")


class Triage(ArchiveTable, table=True):
    """A person's decision on a record; it holds until the record's text changes."""

    __tablename__ = "triage"

    pk: int | None = Field(default=None, primary_key=True)
    record_pk: int = Field(foreign_key="record.pk", index=True)
    topic: str | None = None
    decision: str
    reason: str
    text_hash: str
    decided_at: dt.datetime = Field(sa_type=UtcDateTime)


mentions = table_of(Mention)
record_topics = table_of(RecordTopic)
triages = table_of(Triage)
