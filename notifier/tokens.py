"""Signed links and return addresses: each bound to one purpose, none revealing whom it belongs to."""

import hmac
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer

from notifier.crypto import Vault
from notifier.errors import BadToken

CONFIRM_DAYS = 7
MANAGE_DAYS = 60


class ClockSigner(TimestampSigner):
    """A timestamp signer whose time is given, not read from the machine."""

    def __init__(self, secret_key: Any, *, moment: datetime, **options: Any) -> None:
        super().__init__(secret_key, **options)
        self.moment = moment

    def get_timestamp(self) -> int:
        return int(self.moment.timestamp())


def unsubscribe_token(vault: Vault, subscriber_id: str) -> str:
    """Return the token of the one-click link; it never expires and can only unsubscribe."""
    return str(URLSafeSerializer(vault.subkey("tokens"), salt="unsubscribe").dumps(subscriber_id))


def read_unsubscribe_token(vault: Vault, token: str) -> str:
    """Return the subscriber's id of an unsubscribe token; raises BadToken."""
    try:
        return text_of(URLSafeSerializer(vault.subkey("tokens"), salt="unsubscribe").loads(token))
    except BadData as error:
        raise BadToken("this link is not valid") from error


def timed_token(vault: Vault, purpose: str, subscriber_id: str, now: datetime) -> str:
    """Return a token that is dated: purpose "confirm" or "manage"."""
    return str(timed(vault, purpose, now).dumps(subscriber_id))


def read_timed_token(vault: Vault, purpose: str, token: str, now: datetime) -> str:
    """Return the subscriber's id of a dated token; raises BadToken when forged, of another purpose, or too old."""
    age = timedelta(days={"confirm": CONFIRM_DAYS, "manage": MANAGE_DAYS}[purpose])
    try:
        return text_of(timed(vault, purpose, now).loads(token, max_age=int(age.total_seconds())))
    except BadData as error:
        raise BadToken("this link is not valid any more") from error


def timed(vault: Vault, purpose: str, now: datetime) -> URLSafeTimedSerializer:
    """Return the serializer of one purpose at one moment."""
    return URLSafeTimedSerializer(
        vault.subkey("tokens"), salt=purpose, signer=ClockSigner, signer_kwargs={"moment": now}
    )


def text_of(payload: object) -> str:
    """Return the payload if it is the text we put in; raises BadToken otherwise."""
    if not isinstance(payload, str):
        raise BadToken("this link is not valid")
    return payload


def return_address(vault: Vault, digest_id: str, domain: str) -> str:
    """Return the envelope sender of a digest, so that a bounce names its mail and can't be forged."""
    return f"bounce+{digest_id}.{vault.keyed_hash('return address', digest_id, 16)}@{domain}"


def read_return_address(vault: Vault, address: str) -> str:
    """Return the digest's id of a bounce's recipient address; raises BadToken when we did not make it."""
    local = address.rpartition("@")[0].lower()
    digest_id, _, signature = local.removeprefix("bounce+").partition(".")
    if not hmac.compare_digest(signature.encode(), vault.keyed_hash("return address", digest_id, 16).encode()):
        raise BadToken("this return address is not one of ours")
    return digest_id


def message_id(vault: Vault, digest_id: str, domain: str) -> str:
    """Return the Message-ID of a digest: the same for every attempt, and telling nothing."""
    return f"<{vault.keyed_hash('message id', digest_id, 40)}@{domain}>"
