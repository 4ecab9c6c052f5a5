"""Subscribers and what they want: added, confirmed, listed, unsubscribed, erased."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from notifier.addresses import address_hash, clean_address
from notifier.crypto import Vault, opaque_id
from notifier.database import Sessions, check_key, engine_of, scrub
from notifier.errors import AddressRefused
from notifier.models import Delivery, Digest, DigestChange, Journal, Subscriber, Subscription, Suppression
from notifier.suppression import suppress, unsubscribe
from notifier.wishes import WEEKDAYS, Wanted, checked_zone, wanted


@dataclass(frozen=True)
class SubscriptionView:
    """A subscription as lists and pages show it."""

    id: str
    divisions: tuple[str, ...]
    topics: tuple[str, ...]
    kinds: tuple[str, ...]
    strength: str
    cadence: str
    weekday: str | None
    at: str
    active: bool


@dataclass(frozen=True)
class SubscriberView:
    """A subscriber as lists show it; `address` is set only when it was asked for by name."""

    id: str
    state: str
    timezone: str
    neutral_subject: bool
    created_at: datetime
    confirmed_at: datetime | None
    suppressed: str | None
    subscriptions: tuple[SubscriptionView, ...]
    address: str | None = None

    def __repr__(self) -> str:
        return f"<SubscriberView {self.id} {self.state}>"

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready mapping; the address is in it only when it was asked for."""
        row = asdict(self)
        row["created_at"] = self.created_at.isoformat()
        row["confirmed_at"] = self.confirmed_at.isoformat() if self.confirmed_at else None
        if self.address is None:
            del row["address"]
        return row


def add_subscriber(
    session: Session,
    vault: Vault,
    email: str,
    *,
    states: Iterable[str] = (),
    divisions: Iterable[str] = (),
    topics: Iterable[str] = (),
    kinds: Iterable[str] = (),
    strength: str = "strong",
    cadence: str = "weekly",
    weekday: str = "monday",
    at: str = "08:00",
    timezone: str = "America/New_York",
    neutral_subject: bool = False,
    confirmed: bool = False,
    known_topics: Collection[str] | None = None,
    now: datetime,
) -> SubscriberView:
    """Add a subscription for an address, known or new; raises AddressRefused or SubscriptionRefused.

    Adding the same again changes nothing. No places means the whole country, no topics all topics.
    """
    wishes = wanted(
        states=states,
        divisions=divisions,
        topics=topics,
        kinds=kinds,
        strength=strength,
        cadence=cadence,
        weekday=weekday,
        at=at,
        known_topics=known_topics,
    )
    zone = checked_zone(timezone)
    check_key(session, vault)
    subscriber = find_or_make(session, vault, clean_address(email), zone, now)
    subscriber.neutral_subject = neutral_subject
    add_subscription(session, subscriber.id, wishes, now)
    if confirmed:
        confirm(session, subscriber.id, now)
    session.flush()
    return view_of(session, subscriber, vault=None)


def find_or_make(session: Session, vault: Vault, address: str, zone: str, now: datetime) -> Subscriber:
    """Return the subscriber of an address, made if new; raises AddressRefused when it bounced or complained."""
    hashed = address_hash(vault, address)
    suppression = session.get(Suppression, hashed)
    if suppression is not None:
        raise AddressRefused(f"that address is suppressed: {suppression.reason}")
    subscriber = session.exec(select(Subscriber).where(Subscriber.address_hash == hashed)).one_or_none()
    if subscriber is None:
        key = opaque_id("sub")
        subscriber = Subscriber(
            id=key,
            address_hash=hashed,
            address=vault.seal(address, f"address {key}"),
            state="pending",
            timezone=zone,
            created_at=now,
        )
    elif subscriber.left_at is not None:
        # Who left and comes back starts anew: what moved in between was not asked for.
        subscriber.left_at, subscriber.confirmed_at, subscriber.state = None, None, "pending"
    subscriber.timezone = zone
    session.add(subscriber)
    session.flush()
    return subscriber


def add_subscription(session: Session, subscriber_id: str, wishes: Wanted, now: datetime) -> Subscription:
    """Return the active subscription with these wishes, added unless the subscriber has it already."""
    own = select(Subscription).where(Subscription.subscriber_id == subscriber_id, col(Subscription.active).is_(True))
    for known in session.exec(own):
        if wishes_of(known) == wishes:
            return known
    added = Subscription(
        id=opaque_id("want"),
        subscriber_id=subscriber_id,
        topics=list(wishes.topics),
        divisions=list(wishes.divisions),
        kinds=list(wishes.kinds),
        strength=wishes.strength,
        cadence=wishes.cadence,
        weekday=wishes.weekday,
        at=wishes.at,
        created_at=now,
    )
    session.add(added)
    return added


def wishes_of(row: Subscription) -> Wanted:
    """Return the wishes that a stored subscription holds."""
    return Wanted(
        divisions=tuple(row.divisions),
        topics=tuple(row.topics),
        kinds=tuple(row.kinds),
        strength=row.strength,
        cadence=row.cadence,
        weekday=row.weekday,
        at=row.at,
    )


def confirm(session: Session, subscriber_id: str, now: datetime) -> bool:
    """Mark a pending subscriber as confirmed from this moment on; says whether anything changed."""
    subscriber = session.get(Subscriber, subscriber_id)
    if subscriber is None or subscriber.state != "pending":
        return False
    subscriber.state, subscriber.confirmed_at = "confirmed", now
    session.add(subscriber)
    return True


def find(session: Session, vault: Vault, email: str) -> Subscriber | None:
    """Return the subscriber with that address, if any; raises AddressRefused when it is not an address."""
    hashed = address_hash(vault, clean_address(email))
    return session.exec(select(Subscriber).where(Subscriber.address_hash == hashed)).one_or_none()


def list_subscribers(session: Session, vault: Vault, *, show_addresses: bool = False) -> list[SubscriberView]:
    """Return all subscribers but the erased, oldest first; addresses only when asked for."""
    rows = select(Subscriber).where(Subscriber.state != "erased").order_by(col(Subscriber.created_at), Subscriber.id)
    return [view_of(session, row, vault=vault if show_addresses else None) for row in session.exec(rows).all()]


def view_of(session: Session, subscriber: Subscriber, *, vault: Vault | None) -> SubscriberView:
    """Return one subscriber for showing; with the address only if a vault is given."""
    own = select(Subscription).where(Subscription.subscriber_id == subscriber.id)
    suppression = session.get(Suppression, subscriber.address_hash) if subscriber.address_hash else None
    address = None
    if vault is not None and subscriber.address is not None:
        address = vault.open(subscriber.address, f"address {subscriber.id}")
    return SubscriberView(
        id=subscriber.id,
        state=subscriber.state,
        timezone=subscriber.timezone,
        neutral_subject=subscriber.neutral_subject,
        created_at=subscriber.created_at,
        confirmed_at=subscriber.confirmed_at,
        suppressed=suppression.reason if suppression else None,
        subscriptions=subscription_views(session.exec(own.order_by(col(Subscription.created_at))).all()),
        address=address,
    )


def subscription_views(rows: Sequence[Subscription]) -> tuple[SubscriptionView, ...]:
    """Return subscriptions for showing."""
    return tuple(
        SubscriptionView(
            id=row.id,
            divisions=tuple(row.divisions),
            topics=tuple(row.topics),
            kinds=tuple(row.kinds),
            strength=row.strength,
            cadence=row.cadence,
            weekday=WEEKDAYS[row.weekday] if row.weekday is not None else None,
            at=row.at,
            active=row.active,
        )
        for row in rows
    )


def remove(session: Session, vault: Vault, email: str, now: datetime) -> bool:
    """End all subscriptions of an address; says whether there was one."""
    subscriber = find(session, vault, email)
    return subscriber is not None and unsubscribe(session, subscriber.id, now)


def erase(sessions: Sessions, vault: Vault, email: str, now: datetime, *, keep_suppressed: bool = False) -> bool:
    """Delete all that is known of an address, and say whether there was anything.

    What stays: the opaque id, and the keyed hash in the journal, so that an older backup can't bring the
    address back to life. With `keep_suppressed` the hash is also barred from subscribing again. Raises
    NotifyError when the old pages could not be overwritten yet.
    """
    with sessions.begin() as session:
        hashed = address_hash(vault, clean_address(email))
        subscriber = find(session, vault, email)
        if subscriber is None:
            # The rows may be gone already from a first try whose write-ahead log was busy.
            known = session.exec(
                select(Journal).where(Journal.kind == "erased", Journal.address_hash == hashed)
            ).first()
        else:
            erase_subscriber(session, subscriber, now)
        if keep_suppressed:
            suppress(session, hashed, "erased", now)
        engine = engine_of(session)
    scrub(engine)
    return subscriber is not None or known is not None


def erase_subscriber(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """Delete a subscriber's rows in every table and blank its own, in the session's transaction."""
    key, hashed = subscriber.id, subscriber.address_hash
    assert hashed is not None  # only the erased have none, and they can't be found again
    for table in (Delivery, DigestChange, Digest, Subscription):
        session.execute(delete(table).where(col(table.subscriber_id) == key))
    session.execute(delete(Suppression).where(col(Suppression.id) == hashed))
    subscriber.address, subscriber.address_hash, subscriber.state = None, None, "erased"
    subscriber.timezone, subscriber.neutral_subject, subscriber.confirmed_at = "UTC", False, None
    subscriber.left_at = now
    session.add(subscriber)
    session.add(Journal(at=now, kind="erased", subscriber_id=key, address_hash=hashed))
