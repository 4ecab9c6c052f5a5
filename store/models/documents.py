"""Files of records and events, and their extracted text, stored once per content."""

import datetime as dt

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from store.models.base import ArchiveTable, UtcDateTime, json_column, table_of


class DocumentText(ArchiveTable, table=True):
    """The text of one file by pages: a compressed JSON list; shared by all documents with that content."""

    __tablename__ = "document_text"

    sha256: str = Field(primary_key=True)
    media_type: str
    pages: bytes
    page_count: int
    characters: int
    readable: bool = True
    how: str = "text"
    warnings: list[str] = Field(default_factory=list, sa_type=json_column())
    text_hash: str
    """Hash of the text itself: a better reading of the same file is matched again."""


class Document(ArchiveTable, table=True):
    """A file that a record or an event names; `removed_at` once its page no longer lists it."""

    __tablename__ = "document"
    __table_args__ = (CheckConstraint("(record_pk IS NULL) <> (event_pk IS NULL)", name="one_owner"),)

    pk: int | None = Field(default=None, primary_key=True)
    record_pk: int | None = Field(default=None, foreign_key="record.pk", index=True)
    event_pk: int | None = Field(default=None, foreign_key="event.pk", index=True)
    position: int
    kind: str
    url: str
    name: str | None = None
    date: dt.date | None = None
    media_type: str | None = None
    sha256: str | None = Field(default=None, foreign_key="document_text.sha256", index=True)
    fetched_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    missed: int = 0
    missed_run: int | None = None
    removed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


document_texts = table_of(DocumentText)
documents = table_of(Document)
