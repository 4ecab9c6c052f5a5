"""Which mails are due: pure arithmetic on local dates, so that the clock only has to wake us."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Plan:
    """When one subscription's mail is wanted; `since` is the moment from which it counts."""

    cadence: str
    weekday: int | None
    at: str
    since: datetime

    def falls_on(self, day: date) -> bool:
        """Whether a mail is wanted on that local date."""
        return self.cadence == "daily" or day.weekday() == self.weekday


@dataclass(frozen=True)
class Due:
    """One mail that should exist: its cadence, its local date and the moment it fell due."""

    cadence: str
    period: date
    due_at: datetime


def due_periods(now: datetime, zone: ZoneInfo, plans: Iterable[Plan]) -> list[Due]:
    """Return the latest due period of each cadence, if any.

    Only the latest: after ten days of sleep there is one catch-up, which covers everything. Whether it was
    built already is the database's to say.
    """
    latest: dict[str, Due] = {}
    for plan in plans:
        due = latest_due(now, zone, plan)
        known = latest.get(plan.cadence) if due else None
        # Several subscriptions may fall on one date: there is one mail, due at the earliest of their hours.
        if due and (known is None or (due.period, -due.due_at.timestamp()) > (known.period, -known.due_at.timestamp())):
            latest[plan.cadence] = due
    return [latest[cadence] for cadence in sorted(latest)]


def latest_due(now: datetime, zone: ZoneInfo, plan: Plan) -> Due | None:
    """Return the last period of one plan that is due by now and began to count before it, if any."""
    today = now.astimezone(zone).date()
    for back in range(8):
        day = today - timedelta(days=back)
        moment = local_moment(day, plan.at, zone)
        if plan.falls_on(day) and moment <= now:
            return Due(plan.cadence, day, moment) if moment > plan.since else None
    return None


def local_moment(day: date, at: str, zone: ZoneInfo) -> datetime:
    """Return the UTC moment of a local hour: the first of two in the autumn, the shifted one where spring skips it."""
    return datetime.combine(day, time.fromisoformat(at), tzinfo=zone).astimezone(UTC)


def window_start(due: Due, last_period: date | None, at: str, zone: ZoneInfo, since: datetime) -> datetime:
    """Return the moment from which a digest reports: the last one's hour, or when the reader confirmed."""
    if last_period is None:
        return since
    return min(max(local_moment(last_period, at, zone), since), due.due_at)
