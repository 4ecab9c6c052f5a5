"""The root of the error tree: every error of ours says what went wrong, where, and what to do."""


class WatchbillError(Exception):
    """Base of all errors raised by this program; `source` and `url` say where it happened, when known."""

    retryable = False

    def __init__(self, message: str, *, source: str | None = None, url: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.url = url

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.source, self.url) if part)
        return f"{self.message} ({where})" if where else self.message


class ConfigError(WatchbillError):
    """A setting, a topic or a source row is wrong; raised while loading, before anything runs."""

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        row: str | None = None,
        field: str | None = None,
        remedy: str | None = None,
    ) -> None:
        parts = [part for part in (file, row and f"row {row}", field and f"field {field}") if part]
        text = f"{': '.join(parts)}: {message}" if parts else message
        super().__init__(f"{text}. {remedy}" if remedy else text)
        self.file = file
        self.row = row
        self.field = field
        self.remedy = remedy
