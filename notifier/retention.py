"""What is forgotten, and when: the private database keeps nothing longer than it is of use."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from notifier.database import Sessions, engine_of, scrub
from notifier.models import Delivery, Digest, DigestChange, Subscriber
from notifier.subscriptions import erase_subscriber

PENDING_DAYS = 7
LEFT_DAYS = 28
HISTORY_DAYS = 365


@dataclass(frozen=True)
class Pruned:
    """How much was forgotten."""

    pending: int
    left: int
    digests: int


def prune(sessions: Sessions, now: datetime) -> Pruned:
    """Erase sign-ups that were never confirmed and readers who left, and drop old history; returns how many."""
    with sessions.begin() as session:
        pending = session.exec(
            select(Subscriber).where(
                Subscriber.state == "pending", Subscriber.created_at < now - timedelta(days=PENDING_DAYS)
            )
        ).all()
        left = session.exec(
            select(Subscriber).where(
                Subscriber.state == "confirmed",
                col(Subscriber.left_at).is_not(None),
                col(Subscriber.left_at) < now - timedelta(days=LEFT_DAYS),
            )
        ).all()
        for subscriber in (*pending, *left):
            erase_subscriber(session, subscriber, now)
        # Far older than any change a build still looks at, so nothing can be told again.
        old = select(Digest.id).where(Digest.built_at < now - timedelta(days=HISTORY_DAYS))
        keys = list(session.exec(old).all())
        for table in (Delivery, DigestChange):
            session.execute(delete(table).where(col(table.digest_id).in_(old)))
        session.execute(delete(Digest).where(col(Digest.id).in_(keys)))
        engine = engine_of(session)
    scrub(engine)
    return Pruned(len(pending), len(left), len(keys))
