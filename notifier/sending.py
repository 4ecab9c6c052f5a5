"""One run over the queue: attempts mails, and records what became of each before the next."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlmodel import Session, col

from config.clock import Clock
from notifier.crypto import Vault, opaque_id
from notifier.database import Sessions
from notifier.errors import KeyTrouble, ServerRefused, Withheld
from notifier.ledger import free_changes, open_content
from notifier.letterhead import Letterhead
from notifier.messages import message_of
from notifier.models import Delivery, Digest, Subscriber
from notifier.senders import Outcome, Sender
from notifier.suppression import allowed_address, suppress
from notifier.tokens import return_address, unsubscribe_token

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP = timedelta(days=5)
DEFERRALS_IN_A_ROW = 10
OTHER_RUN = "another run has it"


@dataclass
class SendReport:
    """What a run did; `stopped` says why it ended before its queue, `standby` that another run holds the lock."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0
    uncertain: int = 0
    withheld: int = 0
    requeued: int = 0
    stopped: str | None = None
    standby: bool = False

    def count(self, outcome: Outcome) -> None:
        """Count one settled attempt."""
        self.sent += outcome.state == "sent"
        self.deferred += outcome.state == "deferred"
        self.failed += outcome.state == "failed"
        self.uncertain += outcome.state == "uncertain"

    @property
    def ok(self) -> bool:
        """Whether nothing needs a person's look."""
        return not self.failed and not self.uncertain and self.stopped is None


@dataclass(frozen=True)
class Mail:
    """One mail ready to go."""

    message: bytes
    envelope_from: str
    to: str
    name: str

    def __repr__(self) -> str:
        return f"<Mail {self.name}>"


class Run:
    """One run over the queue: it claims, attempts and settles."""

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        letterhead: Letterhead,
        sender: Sender,
        clock: Clock,
        rng: random.Random,
        report: SendReport,
    ) -> None:
        self.sessions, self.vault, self.letterhead = sessions, vault, letterhead
        self.sender, self.clock, self.rng, self.report = sender, clock, rng, report
        self.name = opaque_id("run")
        self.deferrals = 0

    def attempt_all(self, batch: Sequence[str]) -> None:
        """Attempt each delivery of a batch; what a stop leaves over waits again, untouched."""
        for index, key in enumerate(batch):
            left = batch[index + 1 :]
            try:
                self.attempt(key)
            except ServerRefused as refused:
                self.report.stopped, left = refused.message, batch[index:]
            if self.report.stopped is not None:
                self.release(left)
                return

    def attempt(self, key: str) -> None:
        """Attempt one delivery; raises ServerRefused when no mail can go at all."""
        try:
            mail = self.ready_mail(key)
            outcome = self.sender.send(
                mail.message,
                mail.envelope_from,
                mail.to,
                name=mail.name,
                on_data_started=lambda: self.mark_started(key),
            )
        except Withheld as withheld:
            self.withhold(key, withheld.reason)
            return
        except KeyTrouble as trouble:
            # The key itself was checked before the run: it is this row that was altered, and the others can go.
            outcome = Outcome("failed", trouble.message)
        self.settle(key, outcome)
        self.deferrals = self.deferrals + 1 if outcome.state == "deferred" else 0
        if outcome.stop:
            self.report.stopped = outcome.reply
        elif self.deferrals >= DEFERRALS_IN_A_ROW:
            self.report.stopped = f"the server deferred {self.deferrals} mails in a row: {outcome.reply}"

    def ready_mail(self, key: str) -> Mail:
        """Return the mail of a claimed delivery; raises Withheld when its reader may not be mailed."""
        with self.sessions.begin() as session:
            delivery, digest = self.claimed(session, key)
            to = allowed_address(session, self.vault, delivery.subscriber_id)
        message = message_of(
            open_content(self.vault, digest),
            self.letterhead,
            vault=self.vault,
            digest_id=digest.id,
            to=to,
            unsubscribe=self.letterhead.link(f"unsubscribe/{unsubscribe_token(self.vault, delivery.subscriber_id)}"),
            now=self.clock.now(),
        )
        envelope_from = return_address(self.vault, digest.id, self.letterhead.domain)
        return Mail(message, envelope_from, to, f"{digest.period.isoformat()}-{digest.cadence}-{digest.id}")

    def claimed(self, session: Session, key: str) -> tuple[Delivery, Digest]:
        """Return a delivery that this run holds, with its digest; raises Withheld when it is gone or another's."""
        delivery = session.get(Delivery, key)
        digest = session.get(Digest, delivery.digest_id) if delivery else None
        if delivery is None or digest is None:
            raise Withheld("erased")
        if delivery.state != "claimed" or delivery.lease != self.name or digest.content is None:
            raise Withheld(OTHER_RUN)
        return delivery, digest

    def mark_started(self, key: str) -> None:
        """Make durable that the mail may arrive from now on; raises Withheld when it must not go after all."""
        with self.sessions.begin() as session:
            delivery, _ = self.claimed(session, key)
            allowed_address(session, self.vault, delivery.subscriber_id)
            started = session.execute(
                update(Delivery)
                .where(col(Delivery.id) == key, col(Delivery.state) == "claimed", col(Delivery.lease) == self.name)
                .values(state="data_started", data_started_at=self.clock.now())
            )
            if not isinstance(started, CursorResult) or started.rowcount != 1:
                raise Withheld(OTHER_RUN)

    def withhold(self, key: str, reason: str) -> None:
        """Record that a mail was not sent because its reader may not be mailed."""
        if reason == OTHER_RUN:
            return
        self.report.withheld += 1
        with self.sessions.begin() as session:
            delivery = session.get(Delivery, key)
            if delivery is not None:
                delivery.state, delivery.withheld = "failed", reason
                finish(session, delivery, f"not sent: {reason}", self.clock.now())

    def settle(self, key: str, outcome: Outcome) -> None:
        """Record what became of an attempt."""
        now = self.clock.now()
        with self.sessions.begin() as session:
            delivery = session.get(Delivery, key, with_for_update=True)
            if delivery is None or delivery.lease != self.name:
                # Erased in between, or taken over by a run that believed us dead and called it uncertain.
                return
            if outcome.state == "deferred" and now - delivery.queued_at > GIVE_UP:
                outcome = Outcome("failed", f"gave up after {GIVE_UP.days} days: {outcome.reply}", stop=outcome.stop)
            if outcome.state == "uncertain":
                settle_uncertain(session, delivery, outcome, now)
            elif outcome.state == "deferred":
                delivery.attempts += 1
                delivery.state, delivery.lease, delivery.last_reply = "deferred", None, outcome.reply
                delivery.next_at = now + wait(delivery.attempts, self.rng)
                session.add(delivery)
            else:
                delivery.attempts += 1
                delivery.state = outcome.state
                finish(session, delivery, outcome.reply, now)
                if outcome.state == "failed":
                    # The server did not take it, so nobody has read it: the next digest tells it.
                    free_changes(session, delivery.digest_id, may_repeat=False)
                    self.suppress_dead(session, delivery, outcome, now)
        self.report.count(outcome)

    def suppress_dead(self, session: Session, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """Stop mail to a mailbox that does not exist."""
        subscriber = session.get(Subscriber, delivery.subscriber_id)
        if outcome.suppress and subscriber is not None and subscriber.address_hash is not None:
            suppress(session, subscriber.address_hash, "hard bounce", now, detail=outcome.reply)

    def release(self, keys: Sequence[str]) -> None:
        """Give back what was claimed and not attempted."""
        with self.sessions.begin() as session:
            session.execute(
                update(Delivery)
                .where(col(Delivery.id).in_(keys), col(Delivery.state) == "claimed", col(Delivery.lease) == self.name)
                .values(state="queued", lease=None)
            )


def settle_uncertain(session: Session, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    """Record that nobody knows whether a mail arrived; its changes go into the next digest, marked so."""
    delivery.attempts += 1
    delivery.state = "uncertain"
    finish(session, delivery, outcome.reply, now)
    free_changes(session, delivery.digest_id, may_repeat=True)


def finish(session: Session, delivery: Delivery, reply: str, now: datetime) -> None:
    """End a delivery; what was written is not needed any more and goes."""
    delivery.lease, delivery.last_reply, delivery.finished_at = None, reply, now
    session.add(delivery)
    digest = session.get(Digest, delivery.digest_id)
    if digest is not None:
        digest.content = None
        session.add(digest)


def wait(attempts: int, rng: random.Random) -> timedelta:
    """Return how long to wait after so many attempts, each time longer, never for all readers the same."""
    longest = min(FIRST_WAIT * 2.0 ** min(attempts - 1, 10), LONGEST_WAIT)
    return longest * rng.uniform(0.8, 1.2)
