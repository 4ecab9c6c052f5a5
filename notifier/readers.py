"""Whose digest is due: the database's answer, whenever the clock asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from notifier.archive import Filter
from notifier.models import Digest, Subscriber, Subscription, Suppression
from notifier.periods import Due, Plan, due_periods
from notifier.wishes import Wanted


@dataclass(frozen=True)
class Reader:
    """One subscriber whose digest is due; `wanted` is each subscription's filter and when it began to count."""

    subscriber_id: str
    zone: ZoneInfo
    neutral: bool
    due: Due
    wanted: tuple[tuple[Filter, datetime], ...]
    last_built: datetime | None

    @property
    def started(self) -> datetime:
        """When the first of the subscriptions began to count."""
        return min(since for _, since in self.wanted)

    @property
    def window(self) -> datetime:
        """The moment from which this digest reports."""
        return max(self.started, self.last_built) if self.last_built else self.started

    @property
    def filters(self) -> tuple[Filter, ...]:
        """The different filters of the subscriptions."""
        return tuple(dict.fromkeys(filter_ for filter_, _ in self.wanted))


def due_readers(session: Session, now: datetime) -> Iterator[Reader]:
    """Yield the confirmed, mailable subscribers whose digest of some cadence is due and not built yet."""
    recent = select(col(Digest.subscriber_id), col(Digest.cadence), col(Digest.period)).where(
        col(Digest.period) >= (now - timedelta(days=10)).date()
    )
    built = set(session.exec(recent).all())
    for subscriber, subscriptions in confirmed(session):
        zone = ZoneInfo(subscriber.timezone)
        plans = [(row, plan_of(subscriber, row)) for row in subscriptions]
        for due in due_periods(now, zone, (plan for _, plan in plans)):
            if (subscriber.id, due.cadence, due.period) in built:
                continue
            yield Reader(
                subscriber_id=subscriber.id,
                zone=zone,
                neutral=subscriber.neutral_subject,
                due=due,
                wanted=tuple(
                    (filter_of(row), plan.since)
                    for row, plan in plans
                    if row.cadence == due.cadence and plan.falls_on(due.period)
                ),
                last_built=last_built(session, subscriber.id, due.cadence),
            )


def confirmed(session: Session) -> Iterator[tuple[Subscriber, list[Subscription]]]:
    """Yield the subscribers who may be mailed, each with the active subscriptions."""
    rows = session.exec(
        select(Subscriber, Subscription)
        .join(Subscription, col(Subscription.subscriber_id) == Subscriber.id)
        .where(
            Subscriber.state == "confirmed",
            col(Subscription.active).is_(True),
            col(Subscriber.address_hash).not_in(select(Suppression.id)),
        )
        .order_by(Subscriber.id, Subscription.id)
    ).all()
    own: dict[str, tuple[Subscriber, list[Subscription]]] = {}
    for subscriber, subscription in rows:
        own.setdefault(subscriber.id, (subscriber, []))[1].append(subscription)
    yield from own.values()


def last_built(session: Session, subscriber_id: str, cadence: str) -> datetime | None:
    """Return when a subscriber's last digest of a cadence was built, if ever."""
    newest = select(func.max(Digest.built_at)).where(Digest.subscriber_id == subscriber_id, Digest.cadence == cadence)
    return session.exec(newest).one()


def plan_of(subscriber: Subscriber, row: Subscription) -> Plan:
    """Return when a subscription's mails are wanted; it counts from its own start, never from before consent."""
    assert subscriber.confirmed_at is not None  # only the confirmed are asked for
    return Plan(row.cadence, row.weekday, row.at, max(subscriber.confirmed_at, row.created_at))


def filter_of(row: Subscription | Wanted) -> Filter:
    """Return the archive's filter of a subscription."""
    return Filter(tuple(row.divisions), tuple(row.topics), tuple(row.kinds), row.strength == "strong")
