"""Why a file has no text; the message ends in the warning that readers see."""

from config.errors import WatchbillError


class Unreadable(WatchbillError):
    """This file's text can't be read: encrypted, broken, of another format, or larger than the limits."""
