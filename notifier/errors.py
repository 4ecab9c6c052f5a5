"""The mail side's branch of the error tree; no message of it ever carries an address."""

from config.errors import WatchbillError


class NotifyError(WatchbillError):
    """Base of the errors of subscribers, digests and deliveries."""


class AddressRefused(NotifyError):
    """Raised when an address can't be mailed: malformed, or suppressed after a bounce or complaint."""


class SubscriptionRefused(NotifyError):
    """Raised when a subscription's places, topics, kinds, cadence or time zone are not ones we know."""


class KeyTrouble(NotifyError):
    """Raised when the subscriber store's key is missing, unreadable, too open, or another store's."""


class BadToken(NotifyError):
    """Raised when a signed link or return address is forged, expired or made for another purpose."""


class TemplateFailed(NotifyError):
    """Raised when a mail's template itself is wrong, which is a bug: scraped text can't cause it."""


class ServerRefused(NotifyError):
    """Raised when the mail server can't be used at all (no TLS, bad certificate, login refused): the run stops."""


class Withheld(NotifyError):
    """Raised by the last check before a mail goes out: its reader may no longer be mailed, or another run has it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not sent: {reason}")
        self.reason = reason


class LostRace(NotifyError):
    """Raised when another builder has just told the same change or period; the ledger is read again."""
