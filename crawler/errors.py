"""What can go wrong in a crawl, each class with the page behaviour that raises it."""

from config.errors import WatchbillError


class CrawlError(WatchbillError):
    """Base of the crawl errors; `reason` is the short name that runs, parse and status show."""

    reason = "crawl_error"

    def __init__(
        self,
        message: str,
        *,
        reason: str | None = None,
        source: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(message, source=source, url=url)
        if reason is not None:
            self.reason = reason


class FetchFailed(CrawlError):
    """The server was down, timed out, answered 5xx or 429; worth another try later."""

    reason = "fetch_failed"
    retryable = True


class Blocked(CrawlError):
    """A challenge, a rejection, a login or a robots rule stands before the page: stop and tell a person."""

    reason = "blocked"


class WrongPage(CrawlError):
    """The page answered 200 but is not the platform's own: maintenance, parked domain, empty shell."""

    reason = "wrong_page"


class LayoutChanged(CrawlError):
    """A selector found another number of elements than it must, or a value could not be read."""

    reason = "layout_changed"


class Truncated(CrawlError):
    """A list ends at the platform's cap, or a file ends in the middle."""

    reason = "truncated"


class UnexpectedlyEmpty(CrawlError):
    """Nothing was found where the source's row says that there must be something."""

    reason = "unexpectedly_empty"


class SkipRow(Exception):
    """Control flow, not an error: this row is expected and not wanted; counted by reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
