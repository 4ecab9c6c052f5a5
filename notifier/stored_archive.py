"""The archive reader that digests use: the store's queries, narrowed to the sources that are mailed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from config.sources import Source
from notifier.archive import Coverage, Filter
from notifier.places import within
from store.changes import changes_observed, upcoming
from store.coverage import coverage
from store.views import ChangeView, RecordView


class StoredArchive:
    """Reads the archive in one session; `rows` are the configured sources, of which the active ones are mailed."""

    def __init__(self, session: Session, rows: Sequence[Source]) -> None:
        self.session = session
        self.rows = rows
        self.mailed = [row.slug for row in rows if row.status == "active"]

    def changes(self, wanted: Filter, *, since: datetime, until: datetime) -> list[ChangeView]:
        return self.observed(wanted, since, until, include_bulk=False)

    def older_added(self, wanted: Filter, *, since: datetime, until: datetime) -> int:
        told = {change.record.id for change in self.observed(wanted, since, until, include_bulk=False)}
        every = {change.record.id for change in self.observed(wanted, since, until, include_bulk=True)}
        return len(every - told)

    def observed(self, wanted: Filter, since: datetime, until: datetime, *, include_bulk: bool) -> list[ChangeView]:
        """Return the store's changes for a filter."""
        return changes_observed(
            self.session,
            since=since,
            until=until,
            kinds=list(wanted.kinds) or None,
            include_bulk=include_bulk,
            **self.narrowed(wanted),
        )

    def upcoming(self, wanted: Filter, *, now: datetime, until: datetime) -> list[RecordView]:
        return upcoming(self.session, now=now, until=until, **self.narrowed(wanted))

    def coverage(self, divisions: tuple[str, ...], *, since: datetime, now: datetime) -> Coverage:
        near = [row for row in self.rows if within(row.jurisdiction, divisions)]
        told = [row for row in near if row.status != "trial"]
        return Coverage(coverage(self.session, told, since, now), trial=len(near) - len(told))

    def narrowed(self, wanted: Filter) -> dict[str, Any]:
        """Return the arguments that both of the store's queries take."""
        return {
            "topics": list(wanted.topics) or None,
            "divisions": list(wanted.divisions) or None,
            "strong_only": wanted.strong_only,
            "sources": self.mailed,
        }
