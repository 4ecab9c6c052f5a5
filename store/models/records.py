"""Records (bills and agenda items) and the lists that belong to them."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from store.models.base import ArchiveTable, UtcDateTime, json_column, table_of


class Record(ArchiveTable, table=True):
    """What mentions, changes, search and triage point at: a bill or an agenda item."""

    __tablename__ = "record"
    __table_args__ = (
        UniqueConstraint("source", "kind", "key"),
        CheckConstraint("kind IN ('bill', 'agenda_item')", name="kind"),
        Index("ix_record_event_pk", "event_pk"),
        Index("ix_record_event_key", "source", "event_key"),
        Index("ix_record_bill_key", "source", "bill_key"),
        Index("ix_record_last_changed_at", "last_changed_at", "pk"),
        Index("ix_record_jurisdiction", "jurisdiction"),
    )

    pk: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    source: str = Field(foreign_key="source.slug")
    kind: str
    key: str
    jurisdiction: str
    state: str
    body: str | None = None
    session: str | None = None
    identifier: str | None = None
    title: str
    title_seen: bool = True
    """False while the title is only the identifier, because no page has told one."""
    classification: str | None = None
    status: str | None = None
    summary: str | None = None
    url: str | None = None
    source_urls: list[str] = Field(default_factory=list, sa_type=json_column())
    marker: str | None = None
    subjects: list[str] | None = Field(default=None, sa_type=json_column())
    reporting_date: dt.date | None = None
    outcome: str | None = None
    event_pk: int | None = Field(default=None, foreign_key="event.pk")
    event_key: str | None = None
    bill_key: str | None = None
    number: str | None = None
    position: int | None = None
    section: str | None = None
    text: str | None = None
    aspects: dict[str, Any] = Field(default_factory=dict, sa_type=json_column())
    lists_seen: list[str] = Field(default_factory=list, sa_type=json_column())
    """Which lists (actions, documents …) a page has told so far: only then can something be new in them."""
    fingerprint: str
    match_hash: str | None = None
    """Hash of the texts and terms behind the stored mentions: the same again is not matched again."""
    first_seen_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_seen_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_changed_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_seen_run: int
    missed: int = 0
    missed_run: int | None = None
    removed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class Action(ArchiveTable, table=True):
    """One dated step of a bill in the source's words."""

    __tablename__ = "action"

    pk: int | None = Field(default=None, primary_key=True)
    record_pk: int = Field(foreign_key="record.pk", index=True)
    position: int
    date: dt.date | None = None
    description: str
    classification: list[str] = Field(default_factory=list, sa_type=json_column())
    chamber: str | None = None


class Sponsorship(ArchiveTable, table=True):
    """Who backs a record."""

    __tablename__ = "sponsorship"

    pk: int | None = Field(default=None, primary_key=True)
    record_pk: int = Field(foreign_key="record.pk", index=True)
    position: int
    name: str
    classification: str
    primary: bool = False


class Vote(ArchiveTable, table=True):
    """One roll call."""

    __tablename__ = "vote"

    pk: int | None = Field(default=None, primary_key=True)
    record_pk: int = Field(foreign_key="record.pk", index=True)
    position: int
    motion: str
    date: dt.date | None = None
    passed: bool | None = None
    counts: dict[str, int] = Field(default_factory=dict, sa_type=json_column())
    url: str | None = None
    identifier: str | None = None


class Lineage(ArchiveTable, table=True):
    """A relation to another record, by its identifier; that record need not be stored."""

    __tablename__ = "lineage"
    __table_args__ = (Index("ix_lineage_norm", "norm"),)

    pk: int | None = Field(default=None, primary_key=True)
    record_pk: int = Field(foreign_key="record.pk", index=True)
    position: int
    relation: str
    identifier: str
    norm: str
    session: str | None = None
    jurisdiction: str | None = None


class Alias(ArchiveTable, table=True):
    """A name under which a bill may be called: its identifier, its docket, an earlier number."""

    __tablename__ = "alias"
    __table_args__ = (Index("ix_alias_jurisdiction_norm", "jurisdiction", "norm"),)

    record_pk: int = Field(foreign_key="record.pk", primary_key=True)
    norm: str = Field(primary_key=True)
    identifier: str
    jurisdiction: str
    session: str | None = None
    own: bool = False
    """True for the record's present identifier, which wins over another record's former one."""


class RecordText(ArchiveTable, table=True):
    """What the full-text index reads: accents folded, capped, mentions first."""

    __tablename__ = "record_text"

    record_pk: int = Field(foreign_key="record.pk", primary_key=True, sa_column_kwargs={"autoincrement": False})
    title: str
    body: str


records = table_of(Record)
actions = table_of(Action)
sponsorships = table_of(Sponsorship)
votes = table_of(Vote)
lineages = table_of(Lineage)
aliases = table_of(Alias)
record_texts = table_of(RecordText)
