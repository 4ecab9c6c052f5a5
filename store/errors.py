"""What can go wrong with the archive, said in words that a caller can show."""

from config.errors import WatchbillError


class StoreError(WatchbillError):
    """Base of the archive's errors."""


class Conflict(StoreError):
    """Another run closed or overtook this one; what it wanted to store was not stored."""


class BadQuery(StoreError):
    """A search that can't be answered, with what is wrong with it."""
