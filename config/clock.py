"""The only place where "now" comes from, so that tests and replays can set it."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; everything that needs it takes one as a parameter."""

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still at one moment: a replayed capture's, or one given with --now."""

    def __init__(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError(f"a clock needs a moment with a time zone, got {moment.isoformat()}")
        self.moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        return self.moment
