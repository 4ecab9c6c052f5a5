"""What readers of the archive get: plain values for digests, pages, feeds and the command line."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class MentionView:
    """One term found in one text. `snippet` is the sentence; `mark` are offsets of the words within it."""

    topic: str
    term: str
    field: str
    snippet: str
    mark: tuple[int, int]
    strength: str
    reason: str
    document_url: str | None = None
    page: int | None = None


@dataclass(frozen=True)
class EventView:
    """A meeting or hearing; times as design says: ISO with offset, or a date alone."""

    id: str
    name: str
    body: str | None
    starts_at: str | None
    start_text: str | None
    timezone: str | None
    location: str | None
    status: str | None
    url: str | None
    testimony: str | None = None


@dataclass(frozen=True)
class RecordView:
    """A bill or agenda item with all that a digest entry or a search row shows."""

    id: str
    kind: str
    jurisdiction: str
    state: str
    place: str
    source: str
    source_name: str
    body: str | None
    session: str | None
    identifier: str | None
    title: str
    status: str | None
    url: str | None
    source_urls: tuple[str, ...]
    topics: dict[str, str]
    mentions: tuple[MentionView, ...]
    aspects: dict[str, Any]
    event: EventView | None
    first_seen_at: datetime
    last_seen_at: datetime
    last_changed_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True)
class ChangeView:
    """One observed, typed difference of one record."""

    id: int
    kind: str
    observed_at: datetime
    before: Any
    after: Any
    record: RecordView
    event: EventView | None = None


@dataclass(frozen=True)
class SourceView:
    """The state of one source: its last run, and when it last ended well."""

    slug: str
    name: str
    state: str
    status: str
    outcome: str | None
    reason: str | None
    last_run_at: datetime | None
    last_ok_at: datetime | None
    newest_record_at: datetime | None = None
    verified: str = "never"
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CoverageView:
    """What was checked between two moments and what was not: the last block of every digest."""

    checked: tuple[SourceView, ...]
    failing: tuple[SourceView, ...]
    never_checked: tuple[SourceView, ...]

    @property
    def total(self) -> int:
        return len(self.checked) + len(self.failing) + len(self.never_checked)
