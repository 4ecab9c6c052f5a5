"""The tables of the private database: who is mailed what, when, and what became of each mail."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Column, Index, MetaData, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

SUBSCRIBER_STATES = ("pending", "confirmed", "erased")
CADENCES = ("instant", "daily", "weekly", "monthly")
DELIVERY_STATES = ("queued", "claimed", "data_started", "sent", "deferred", "failed", "uncertain")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Private(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Base of the private tables; they have their own metadata, so the archive's migrations never see them."""

    id: Any

    def __repr__(self) -> str:
        # The generated repr would print every column; a traceback or log line must not tell who reads what.
        return f"<{type(self).__name__} {self.id}>"

    __str__ = __repr__


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """Return a check that a column holds one of our words."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


class Subscriber(Private, table=True):
    """A mailbox: its address sealed, its hash for look-up. An erased one keeps its id and nothing else."""

    __table_args__: ClassVar[tuple[Any, ...]] = (one_of("state", SUBSCRIBER_STATES),)

    id: str = Field(primary_key=True)
    address_hash: str | None = Field(default=None, unique=True)
    address: bytes | None = None
    state: str
    timezone: str
    neutral_subject: bool = False
    created_at: datetime
    confirmed_at: datetime | None = None
    left_at: datetime | None = None


class Subscription(Private, table=True):
    """What a subscriber wants: topics × places × kinds of change × strength, and when. Empty lists mean all."""

    __table_args__: ClassVar[tuple[Any, ...]] = (
        one_of("cadence", CADENCES),
        one_of("strength", ("strong", "possible")),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    id: str = Field(primary_key=True)
    subscriber_id: str = Field(foreign_key="subscriber.id", index=True)
    topics: list[str] = Field(sa_column=Column(JSON, nullable=False))
    divisions: list[str] = Field(sa_column=Column(JSON, nullable=False))
    kinds: list[str] = Field(sa_column=Column(JSON, nullable=False))
    strength: str = "strong"
    cadence: str
    weekday: int | None = None
    at: str
    active: bool = True
    created_at: datetime


class Digest(Private, table=True):
    """What one subscriber was told for one cadence and local date; `content` is sealed and dropped after a while."""

    __table_args__: ClassVar[tuple[Any, ...]] = (
        UniqueConstraint("subscriber_id", "cadence", "period", name="uq_digest_once"),
        one_of("cadence", CADENCES),
    )

    id: str = Field(primary_key=True)
    subscriber_id: str = Field(foreign_key="subscriber.id", index=True)
    cadence: str
    period: date
    due_at: datetime
    built_at: datetime
    changes: int
    content: bytes | None = None


class DigestChange(Private, table=True):
    """The ledger: each change of the archive at most once per subscriber.

    `digest_id` is empty while the change waits to be told again; `carried_from` names the digest that may
    have told it already.
    """

    __tablename__ = "digest_change"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        UniqueConstraint("subscriber_id", "change_id", name="uq_digest_change_once"),
        Index("ix_digest_change_recent", "subscriber_id", "observed_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: str = Field(foreign_key="subscriber.id")
    change_id: int
    observed_at: datetime
    digest_id: str | None = Field(default=None, foreign_key="digest.id", index=True)
    carried_from: str | None = None


class Delivery(Private, table=True):
    """The attempts to hand one digest to one mailbox; `lease` is the run that claimed it."""

    __table_args__: ClassVar[tuple[Any, ...]] = (
        one_of("state", DELIVERY_STATES),
        Index("ix_delivery_due", "state", "next_at"),
    )

    id: str = Field(primary_key=True)
    digest_id: str = Field(foreign_key="digest.id", unique=True)
    subscriber_id: str = Field(foreign_key="subscriber.id", index=True)
    state: str = "queued"
    attempts: int = 0
    message_id: str
    last_reply: str | None = None
    withheld: str | None = None
    lease: str | None = None
    queued_at: datetime
    next_at: datetime
    data_started_at: datetime | None = None
    finished_at: datetime | None = None


class Suppression(Private, table=True):
    """An address that is no longer mailed, by its keyed hash, with the reason."""

    id: str = Field(primary_key=True)
    """The address's keyed hash."""
    reason: str
    detail: str | None = None
    created_at: datetime


class Journal(Private, table=True):
    """Unsubscribes and erasures, to be replayed on a store restored from an older backup before it may send."""

    __table_args__: ClassVar[tuple[Any, ...]] = (one_of("kind", ("unsubscribed", "erased")),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    kind: str
    subscriber_id: str
    address_hash: str


class KeyCheck(Private, table=True):
    """One row that tells whether the key at hand is this store's."""

    __tablename__ = "key_check"

    id: int = Field(default=1, primary_key=True)
    fingerprint: str
