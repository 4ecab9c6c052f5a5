"""Who may be mailed: one check for every outgoing address, and the ways to be taken off the list."""

from datetime import datetime

from sqlalchemy import exists
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from notifier.addresses import clean_address
from notifier.crypto import Vault
from notifier.errors import AddressRefused, Withheld
from notifier.models import Delivery, Journal, Subscriber, Subscription, Suppression


def allowed_address(session: Session, vault: Vault, subscriber_id: str) -> str:
    """Return the address of a subscriber who may be mailed; raises Withheld with the reason otherwise.

    Every outgoing mail passes here, in the transaction that marks its body as started: on PostgreSQL the row
    stays locked until then, so an unsubscribe either comes before the mail or waits for the mark.
    """
    subscriber = session.exec(
        select(Subscriber)
        .where(Subscriber.id == subscriber_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if subscriber is None or subscriber.state == "erased" or subscriber.address is None:
        raise Withheld("erased")
    if subscriber.state != "confirmed":
        raise Withheld("not confirmed")
    # A statement of its own: one that waited for the lock would still see what was true before it waited.
    active = exists().where(col(Subscription.subscriber_id) == subscriber_id, col(Subscription.active).is_(True))
    suppressed = exists().where(col(Suppression.id) == subscriber.address_hash)
    is_active, is_suppressed = session.execute(sql_select(active, suppressed)).one()
    if is_suppressed or subscriber.address_hash is None:
        raise Withheld("suppressed")
    if not is_active:
        raise Withheld("unsubscribed")
    try:
        return clean_address(vault.open(subscriber.address, f"address {subscriber.id}"))
    except AddressRefused as error:
        raise Withheld("its address can't be mailed") from error


def active_subscriptions(subscriber_id: str) -> SelectOfScalar[Subscription]:
    """Return the query for a subscriber's active subscriptions."""
    return select(Subscription).where(Subscription.subscriber_id == subscriber_id, col(Subscription.active).is_(True))


def suppress(session: Session, hashed: str, reason: str, now: datetime, detail: str | None = None) -> None:
    """Stop mail to the address of that keyed hash; the first reason is kept."""
    if session.get(Suppression, hashed) is None:
        session.add(Suppression(id=hashed, reason=reason, detail=detail, created_at=now))


def unsubscribe(session: Session, subscriber_id: str, now: datetime) -> bool:
    """Take a subscriber off the list, mails that are built but not sent included; says whether anything changed."""
    # Locked first, as the last check before a mail locks it: whichever of the two comes second sees the other.
    subscriber = session.get(Subscriber, subscriber_id, with_for_update=True)
    if subscriber is None or subscriber.address_hash is None:
        return False
    active = session.exec(active_subscriptions(subscriber_id)).all()
    for subscription in active:
        subscription.active = False
        session.add(subscription)
    withhold_unsent(session, subscriber_id, "unsubscribed", now)
    if active:
        subscriber.left_at = now
        session.add(subscriber)
        session.add(
            Journal(at=now, kind="unsubscribed", subscriber_id=subscriber_id, address_hash=subscriber.address_hash)
        )
    return bool(active)


def withhold_unsent(session: Session, subscriber_id: str, reason: str, now: datetime) -> None:
    """End the deliveries of a subscriber that have not begun; those claimed are stopped by their own last check."""
    waiting = select(Delivery).where(
        Delivery.subscriber_id == subscriber_id, col(Delivery.state).in_(("queued", "deferred"))
    )
    for delivery in session.exec(waiting):
        delivery.state, delivery.withheld, delivery.finished_at = "failed", reason, now
        delivery.last_reply = f"not sent: {reason}"
        session.add(delivery)
