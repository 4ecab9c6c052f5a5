"""The ledger: which changes a subscriber was told, stored with the digest and its delivery in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from json import dumps, loads
from typing import Any

from sqlalchemy import func, insert, update
from sqlalchemy.engine import CursorResult
from sqlmodel import Session, col, select

from notifier.crypto import Vault, opaque_id
from notifier.errors import LostRace
from notifier.letterhead import Letterhead
from notifier.models import Delivery, Digest, DigestChange
from notifier.periods import Due
from notifier.render import Rendered
from notifier.suppression import allowed_address
from notifier.telling import Told
from notifier.tokens import message_id


class Standing(Enum):
    """How a change stands with one subscriber; a change the ledger does not know has none."""

    TOLD = "told"
    WAITING = "waiting"
    """Its digest could not be delivered: it goes into the next."""
    MAY_REPEAT = "may repeat"
    """Its digest may have arrived: it goes into the next, marked so."""


@dataclass(frozen=True)
class Stored:
    """What is stored of one built digest; `rendered` is absent when no mail goes out."""

    subscriber_id: str
    due: Due
    now: datetime
    told: tuple[Told, ...]
    standings: dict[int, Standing]
    rendered: Rendered | None


def standings(session: Session, subscriber_id: str, since: datetime) -> dict[int, Standing]:
    """Return how each change observed since then stands with a subscriber."""
    rows = session.exec(
        select(DigestChange.change_id, DigestChange.digest_id, DigestChange.carried_from).where(
            DigestChange.subscriber_id == subscriber_id, col(DigestChange.observed_at) >= since
        )
    )
    return {change: standing(digest, carried) for change, digest, carried in rows}


def standing(digest_id: str | None, carried_from: str | None) -> Standing:
    """Return what a ledger row means."""
    if digest_id is not None:
        return Standing.TOLD
    return Standing.MAY_REPEAT if carried_from else Standing.WAITING


def carried_since(session: Session, subscriber_id: str) -> datetime | None:
    """Return when the oldest change that waits for the next digest was observed, if any waits."""
    oldest = select(func.min(DigestChange.observed_at)).where(
        DigestChange.subscriber_id == subscriber_id, col(DigestChange.digest_id).is_(None)
    )
    return session.exec(oldest).one()


def store_digest(session: Session, vault: Vault, letterhead: Letterhead, stored: Stored) -> str:
    """Store a digest, its changes and its delivery, and return its id.

    Raises Withheld when its reader has left, and IntegrityError or LostRace when another builder was faster.
    """
    allowed_address(session, vault, stored.subscriber_id)
    due = stored.due
    key = "dg" + vault.keyed_hash("digest", f"{stored.subscriber_id} {due.cadence} {due.period}", 20)
    session.add(
        Digest(
            id=key,
            subscriber_id=stored.subscriber_id,
            cadence=due.cadence,
            period=due.period,
            due_at=due.due_at,
            built_at=stored.now,
            changes=len(stored.told),
            content=seal_content(vault, key, stored.rendered) if stored.rendered else None,
        )
    )
    session.flush()
    store_changes(session, key, stored)
    if stored.rendered is not None:
        session.add(
            Delivery(
                id=opaque_id("dl"),
                digest_id=key,
                subscriber_id=stored.subscriber_id,
                message_id=message_id(vault, key, letterhead.domain),
                queued_at=stored.now,
                next_at=stored.now,
            )
        )
    return key


def store_changes(session: Session, digest_id: str, stored: Stored) -> None:
    """Write each change of a digest into the ledger: new ones as rows, carried ones by taking theirs over."""
    fresh: list[dict[str, Any]] = []
    for told in stored.told:
        if told.change.id in stored.standings:
            taken = session.execute(
                update(DigestChange)
                .where(
                    col(DigestChange.subscriber_id) == stored.subscriber_id,
                    col(DigestChange.change_id) == told.change.id,
                    col(DigestChange.digest_id).is_(None),
                )
                .values(digest_id=digest_id)
            )
            if not isinstance(taken, CursorResult) or taken.rowcount != 1:
                raise LostRace("a carried change was taken by another digest")
        else:
            fresh.append(
                {
                    "subscriber_id": stored.subscriber_id,
                    "change_id": told.change.id,
                    "observed_at": told.change.observed_at,
                    "digest_id": digest_id,
                    "carried_from": None,
                }
            )
    if fresh:
        session.execute(insert(DigestChange), fresh)


def free_changes(session: Session, digest_id: str, *, may_repeat: bool) -> None:
    """Let a digest's changes go into the next one; marked when they may have arrived already."""
    values: dict[str, Any] = {"digest_id": None}
    if may_repeat:
        values["carried_from"] = digest_id
    session.execute(update(DigestChange).where(col(DigestChange.digest_id) == digest_id).values(**values))


def seal_content(vault: Vault, digest_id: str, rendered: Rendered) -> bytes:
    """Return a written digest sealed, bound to its row."""
    parts = {"subject": rendered.subject, "text": rendered.text, "html": rendered.html}
    return vault.seal(dumps(parts), f"digest {digest_id}")


def open_content(vault: Vault, digest: Digest) -> Rendered:
    """Return a stored digest as it was written; raises KeyTrouble when the row was altered."""
    assert digest.content is not None  # kept as long as its delivery may be attempted
    parts = loads(vault.open(digest.content, f"digest {digest.id}"))
    return Rendered(parts["subject"], parts["text"], parts["html"], empty=False)
