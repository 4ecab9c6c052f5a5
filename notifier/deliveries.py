"""Hands digests over: never lost, never knowingly sent twice, every ambiguous mail listed."""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from config.clock import Clock
from notifier.crypto import Vault
from notifier.database import Sessions, check_key, engine_of, sending_lock
from notifier.letterhead import Letterhead
from notifier.models import Delivery, Digest
from notifier.senders import Outcome, Sender
from notifier.sending import Run, SendReport, settle_uncertain

BATCH = 50


@dataclass(frozen=True)
class DeliveryView:
    """One delivery as lists show it; nothing in it tells who the subscriber is."""

    id: str
    subscriber: str
    cadence: str
    period: str
    state: str
    attempts: int
    message_id: str
    last_reply: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready mapping."""
        return asdict(self)


def send_due(
    sessions: Sessions,
    vault: Vault,
    letterhead: Letterhead,
    sender: Sender,
    *,
    clock: Clock,
    rng: random.Random,
) -> SendReport:
    """Send what is queued and due, first settling what an interrupted run left behind; one run at a time."""
    report = SendReport()
    with sessions.begin() as session:
        check_key(session, vault)
        engine = engine_of(session)
    with sending_lock(engine) as free:
        if not free:
            report.standby = True
            return report
        recover(sessions, clock.now(), report)
        run = Run(sessions, vault, letterhead, sender, clock, rng, report)
        with sender:
            while report.stopped is None and (batch := claim(sessions, run.name, clock.now())):
                run.attempt_all(batch)
    return report


def recover(sessions: Sessions, now: datetime, report: SendReport) -> None:
    """Settle what a run that died left: claimed mails wait again, started ones are uncertain and their changes carried.

    Only called with the sending lock held: no other run is alive, so everything unfinished is left over.
    """
    with sessions.begin() as session:
        for delivery in session.exec(select(Delivery).where(Delivery.state == "claimed")):
            delivery.state, delivery.lease = "queued", None
            session.add(delivery)
            report.requeued += 1
        for delivery in session.exec(select(Delivery).where(Delivery.state == "data_started")).all():
            outcome = Outcome("uncertain", "the run ended before the server's answer was known")
            settle_uncertain(session, delivery, outcome, now)
            report.uncertain += 1


def claim(sessions: Sessions, run: str, now: datetime) -> list[str]:
    """Take some due deliveries for this run and return their ids."""
    with sessions.begin() as session:
        due = session.exec(
            select(Delivery)
            .where(col(Delivery.state).in_(("queued", "deferred")), Delivery.next_at <= now)
            .order_by(col(Delivery.next_at), Delivery.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for delivery in due:
            delivery.state, delivery.lease = "claimed", run
            session.add(delivery)
        return [delivery.id for delivery in due]


def list_deliveries(session: Session, states: Sequence[str] = ()) -> list[DeliveryView]:
    """Return deliveries, newest first, all or those in some states."""
    rows = select(Delivery, Digest).join(Digest, col(Digest.id) == Delivery.digest_id)
    if states:
        rows = rows.where(col(Delivery.state).in_(states))
    return [
        DeliveryView(
            id=delivery.id,
            subscriber=delivery.subscriber_id,
            cadence=digest.cadence,
            period=digest.period.isoformat(),
            state=delivery.state,
            attempts=delivery.attempts,
            message_id=delivery.message_id,
            last_reply=delivery.last_reply,
        )
        for delivery, digest in session.exec(rows.order_by(col(Delivery.queued_at).desc(), Delivery.id))
    ]
