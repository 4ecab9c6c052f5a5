"""The invariants of the private database, checked on demand: each thing wrong is one line that names no reader."""

from collections.abc import Iterator

from sqlalchemy import func
from sqlmodel import Session, col, select

from notifier.crypto import Vault
from notifier.errors import NotifyError
from notifier.models import Delivery, Digest, DigestChange, Subscriber


def check_private(session: Session, vault: Vault) -> list[str]:
    """Return what is wrong, in words; an empty list when the database holds together."""
    return [*subscribers_wrong(session, vault), *deliveries_wrong(session), *ledger_wrong(session)]


def subscribers_wrong(session: Session, vault: Vault) -> Iterator[str]:
    """Confirmed readers without an address that opens, and erased ones that still have anything."""
    for subscriber in session.exec(select(Subscriber).order_by(Subscriber.id)):
        if subscriber.state == "erased":
            if subscriber.address is not None or subscriber.address_hash is not None:
                yield f"subscriber {subscriber.id} is erased but something of it is left"
            continue
        if subscriber.state == "confirmed" and subscriber.confirmed_at is None:
            yield f"subscriber {subscriber.id} is confirmed without a date"
        if subscriber.address is None:
            yield f"subscriber {subscriber.id} has no address"
            continue
        try:
            vault.open(subscriber.address, f"address {subscriber.id}")
        except NotifyError:
            yield f"the address of subscriber {subscriber.id} does not open with this key"


def deliveries_wrong(session: Session) -> Iterator[str]:
    """Finished deliveries without a date, and mails that can't be sent because their content is gone."""
    rows = select(Delivery, Digest).join(Digest, col(Digest.id) == Delivery.digest_id).order_by(Delivery.id)
    for delivery, digest in session.exec(rows):
        if delivery.state in ("queued", "deferred", "claimed") and digest.content is None:
            yield f"delivery {delivery.id} waits, but its digest has no content"
        if delivery.state == "sent" and delivery.finished_at is None:
            yield f"delivery {delivery.id} is sent without a date"
        if delivery.subscriber_id != digest.subscriber_id:
            yield f"delivery {delivery.id} and its digest belong to different readers"


def ledger_wrong(session: Session) -> Iterator[str]:
    """Digests whose number of changes is not the ledger's, unless some were carried on to a later one."""
    counted = (
        select(DigestChange.digest_id, func.count())
        .where(col(DigestChange.digest_id).is_not(None))
        .group_by(col(DigestChange.digest_id))
    )
    numbers = dict(session.exec(counted).all())
    carried = set(session.exec(select(DigestChange.carried_from).distinct()).all())
    for digest in session.exec(select(Digest).order_by(Digest.id)):
        told = numbers.get(digest.id, 0)
        if told != digest.changes and digest.id not in carried:
            yield f"digest {digest.id} says {digest.changes} changes, the ledger has {told}"
