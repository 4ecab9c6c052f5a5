"""What the mail side reads of the archive: a small protocol, so that digests are built and tested without one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store.views import ChangeView, CoverageView, RecordView


@dataclass(frozen=True)
class Filter:
    """Which changes a subscription matches; empty means all. Equal filters are evaluated once per build."""

    divisions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    strong_only: bool = True


@dataclass(frozen=True)
class Coverage:
    """What was checked for some places, and how many of their sources are on trial and therefore not mailed."""

    view: CoverageView
    trial: int = 0


class ArchiveReader(Protocol):
    """The archive as digests see it: only sources that are mailed."""

    def changes(self, wanted: Filter, *, since: datetime, until: datetime) -> list[ChangeView]:
        """Return the matching changes observed between two moments, without those of a source's first crawl."""
        ...

    def older_added(self, wanted: Filter, *, since: datetime, until: datetime) -> int:
        """Return how many matching records came with new or repaired sources, which are not told one by one."""
        ...

    def upcoming(self, wanted: Filter, *, now: datetime, until: datetime) -> list[RecordView]:
        """Return the matching records whose meeting or hearing starts between two moments."""
        ...

    def coverage(self, divisions: tuple[str, ...], *, since: datetime, now: datetime) -> Coverage:
        """Return what was checked between two moments in these places, and what was not."""
        ...
