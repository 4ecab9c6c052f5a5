"""The archive's answers during one build: each filter is read once and each edition written once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from notifier.archive import ArchiveReader, Coverage, Filter
from notifier.content import DigestContent, Edition, content_of
from notifier.letterhead import Letterhead
from notifier.readers import Reader
from notifier.render import Rendered, render
from notifier.telling import Told
from store.views import ChangeView, RecordView

COMING_UP = timedelta(days=14)
MOST_KEPT = 64
V = TypeVar("V")


@dataclass
class Library:
    """Reads through the archive and keeps what it read; `earliest` is how far back each filter is needed."""

    archive: ArchiveReader
    letterhead: Letterhead
    now: datetime
    earliest: dict[Filter, datetime]
    seen_changes: dict[Filter, list[ChangeView]] = field(default_factory=dict)
    seen_upcoming: dict[Filter, list[RecordView]] = field(default_factory=dict)
    seen_coverage: dict[tuple[tuple[str, ...], datetime], Coverage] = field(default_factory=dict)
    seen_older: dict[tuple[Filter, datetime], int] = field(default_factory=dict)
    contents: dict[object, DigestContent] = field(default_factory=dict)
    mails: dict[object, Rendered] = field(default_factory=dict)

    def matching(self, reader: Reader) -> list[ChangeView]:
        """Return the changes that match any of a reader's subscriptions, each once."""
        found: dict[int, ChangeView] = {}
        for wanted, since in reader.wanted:
            for change in self.changes(wanted):
                if change.observed_at >= since:
                    found.setdefault(change.id, change)
        return list(found.values())

    def changes(self, wanted: Filter) -> list[ChangeView]:
        """Return a filter's changes."""
        if wanted not in self.seen_changes:
            since = self.earliest[wanted]
            self.seen_changes[wanted] = self.archive.changes(wanted, since=since, until=self.now)
        return self.seen_changes[wanted]

    def upcoming(self, reader: Reader) -> list[RecordView]:
        """Return the records of a reader's coming hearings and meetings."""
        for wanted in reader.filters:
            if wanted not in self.seen_upcoming:
                self.seen_upcoming[wanted] = self.archive.upcoming(wanted, now=self.now, until=self.now + COMING_UP)
        return [record for wanted in reader.filters for record in self.seen_upcoming[wanted]]

    def coverage(self, divisions: tuple[str, ...], since: datetime) -> Coverage:
        """Return what was checked in some places."""
        key = (divisions, since)
        if key not in self.seen_coverage:
            self.seen_coverage[key] = self.archive.coverage(divisions, since=since, now=self.now)
        return self.seen_coverage[key]

    def older_added(self, reader: Reader) -> int:
        """Return how many records came with new or repaired sources."""
        for wanted in reader.filters:
            if (wanted, reader.window) not in self.seen_older:
                count = self.archive.older_added(wanted, since=reader.window, until=self.now)
                self.seen_older[wanted, reader.window] = count
        # The same record may match two subscriptions: the largest is what is certain.
        return max(self.seen_older[wanted, reader.window] for wanted in reader.filters)

    def content(self, reader: Reader, told: tuple[Told, ...]) -> DigestContent:
        """Return what a reader's digest says."""
        key = self.key(reader, told)
        if key not in self.contents:
            edition = Edition(
                cadence=reader.due.cadence,
                zone=reader.zone,
                since=reader.window,
                now=self.now,
                due_at=reader.due.due_at,
                wanted=reader.filters,
            )
            keep(
                self.contents,
                key,
                content_of(
                    edition,
                    told,
                    self.upcoming(reader),
                    self.coverage(edition.divisions, reader.window),
                    self.older_added(reader),
                    self.letterhead,
                ),
            )
        return self.contents[key]

    def mail(self, reader: Reader, told: tuple[Told, ...]) -> Rendered:
        """Return a reader's digest as written, without the reader's own links."""
        key = (*self.key(reader, told), reader.neutral)
        if key not in self.mails:
            content = self.content(reader, told)
            keep(self.mails, key, render(content, self.letterhead, neutral=reader.neutral))
        return self.mails[key]

    def key(self, reader: Reader, told: tuple[Told, ...]) -> tuple[object, ...]:
        """Return what makes two readers' digests the same."""
        changes = tuple((item.change.id, item.may_repeat) for item in told)
        return (reader.due.cadence, reader.due.due_at, reader.zone.key, reader.window, reader.filters, changes)


def keep(kept: dict[object, V], key: object, value: V) -> None:
    """Keep a value, and let the oldest go: readers come sorted by their wishes, so only the last ones are met again."""
    kept[key] = value
    if len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]
