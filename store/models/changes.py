"""Observed differences; rows are only ever added."""

import datetime as dt
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from store.models.base import ArchiveTable, UtcDateTime, json_column, table_of


class Change(ArchiveTable, table=True):
    """One typed difference of one record, with what was before and after."""

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_observed_at", "observed_at", "id"),
        # Mail keeps a ledger of these numbers: one that is given out twice would count as already told.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    record_pk: int = Field(foreign_key="record.pk", index=True)
    event_pk: int | None = Field(default=None, foreign_key="event.pk")
    run_id: int | None = Field(default=None, foreign_key="crawl_run.id", index=True)
    kind: str
    before: Any = Field(default=None, sa_type=json_column(), nullable=True)
    after: Any = Field(default=None, sa_type=json_column(), nullable=True)
    observed_at: dt.datetime = Field(sa_type=UtcDateTime)
    bulk: bool = False
    """One of very many in a run (a repaired or back-filled source): digests count it and do not list it."""


class ChangeTopic(ArchiveTable, table=True):
    """The topics a record had just before or after a change, so that "no longer matches" finds its readers."""

    __tablename__ = "change_topic"

    change_id: int = Field(foreign_key="change.id", primary_key=True)
    topic: str = Field(primary_key=True)
    strength: str


changes = table_of(Change)
change_topics = table_of(ChangeTopic)
