"""Captures: one stored response and its facts; read from a capture folder or a WARC, written to WARC.

A capture folder is `capture.toml` beside the response files (docs/captures.md has the form).
"""

import hashlib
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from w3lib.url import canonicalize_url, url_query_cleaner
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from config.errors import ConfigError

SECRETS = ("token", "key", "apikey", "api_key")


@dataclass(frozen=True)
class Capture:
    """One response as it was received; `body` is decoded of transfer encodings, headers keep their names."""

    url: str
    method: str
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    fetched_at: datetime | None = None
    request_body: bytes | None = None

    @property
    def content_type(self) -> str | None:
        return next((value for name, value in self.headers if name.lower() == "content-type"), None)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass
class CaptureSet:
    """Captures that answer requests: the same method and address twice are answered in order, the last repeated."""

    captures: list[Capture]
    fetched_at: datetime | None
    """When it was made: the clock of a replay; None if the capture does not tell."""
    answers: dict[tuple[str, str], list[Capture]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for capture in self.captures:
            self.answers[capture_key(capture.method, capture.url)].append(capture)

    def answer(self, method: str, url: str, body: bytes = b"") -> Capture | None:
        """The response to one request, or None if it was not captured."""
        waiting = self.answers.get(capture_key(method, url))
        if not waiting:
            return None
        # A recorded request body narrows the choice: a form's pages share one address and differ by body.
        exact = [capture for capture in waiting if capture.request_body == body] if body else []
        chosen = exact[0] if exact else waiting[0]
        if len(waiting) > 1:
            waiting.remove(chosen)
        return chosen


def capture_key(method: str, url: str) -> tuple[str, str]:
    """Method and canonical address (query order free, fragment dropped), as Scrapy's duplicate filter sees it."""
    return method.upper(), canonicalize_url(without_secrets(url))


def without_secrets(url: str) -> str:
    """An address without the parameters in which APIs take a caller's key: captures may be published."""
    return url_query_cleaner(url, SECRETS, remove=True, unique=False, keep_fragments=True) if "?" in url else url


def load_captures(path: Path) -> CaptureSet:
    """Load a capture folder or a WARC file; ConfigError says what is wrong with it and where."""
    if path.is_dir():
        return load_folder(path)
    if path.is_file():
        return load_warc(path)
    raise ConfigError("there is no such capture", file=str(path), remedy="Give a folder with capture.toml, or a WARC")


def load_folder(folder: Path) -> CaptureSet:
    """Read `capture.toml` and the files it names."""
    index = folder / "capture.toml"
    try:
        document = tomllib.loads(index.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError("there is no capture.toml", file=str(folder), remedy="Write one: docs/captures.md") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"is not TOML: {error}", file=str(index), remedy="Mend the line it names") from error
    moment = read_moment(document.get("fetched_at"))
    captures = []
    for number, row in enumerate(document.get("response", []), start=1):
        captures.append(read_row(folder, row, number, moment, index))
    if moment is None:
        known = [capture.fetched_at for capture in captures if capture.fetched_at]
        moment = max(known, default=None)
    return CaptureSet(captures, moment)


def read_row(folder: Path, row: dict[str, Any], number: int, moment: datetime | None, index: Path) -> Capture:
    """One `[[response]]` of a capture.toml."""
    label = f"response {number}"
    for name in ("url", "file"):
        if not isinstance(row.get(name), str):
            raise ConfigError("is missing", file=str(index), row=label, field=name, remedy="Each response needs it")
    file = folder / row["file"]
    if not file.resolve().is_relative_to(folder.resolve()):
        raise ConfigError("lies outside the folder", file=str(index), row=label, field="file", remedy="Move it inside")
    try:
        body = file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"can't be read: {error}", file=str(index), row=label, field="file", remedy="Add it"
        ) from error
    headers = dict(row.get("headers", {}))
    if row.get("content_type"):
        headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        headers["Content-Type"] = row["content_type"]
    # Bodies are stored decoded; an encoding header left in place would make Scrapy decode them again.
    dropped = ("content-encoding", "transfer-encoding", "content-length")
    kept = tuple((name, str(value)) for name, value in headers.items() if name.lower() not in dropped)
    request_body = row.get("request_body")
    return Capture(
        url=row["url"],
        method=str(row.get("method", "GET")).upper(),
        status=int(row.get("status", 200)),
        body=body,
        headers=kept,
        fetched_at=read_moment(row.get("fetched_at") or row.get("recorded")) or moment,
        request_body=request_body.encode() if isinstance(request_body, str) else None,
    )


def read_moment(value: object) -> datetime | None:
    """A moment of a capture.toml in UTC; a day, month or year named in the text is its first noon; else None.

    Recordings say "2026", "2026-03" or "<=2026-03-04 (commit)" where no more is known.
    """
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    text = str(value)
    try:
        return read_moment(datetime.fromisoformat(text.replace("Z", "+00:00"))) if len(text) > 10 else day_of(text)
    except ValueError:
        return day_of(text)


def day_of(text: str) -> datetime | None:
    """Noon of the first day that a text names, its month or year standing for their first day."""
    match = re.search(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text)
    if not match:
        return None
    try:
        return datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1), 12, tzinfo=UTC)
    except ValueError:
        return None


def load_warc(path: Path) -> CaptureSet:
    """Read the response and resource records of a WARC, gzipped or not."""
    captures = []
    try:
        with path.open("rb") as stream:
            captures = [capture_of(record) for record in ArchiveIterator(stream) if wanted(record)]
    except (OSError, ValueError, EOFError, ArchiveLoadFailed) as error:
        raise ConfigError(f"can't be read as WARC: {error}", file=str(path), remedy="Give a whole WARC file") from error
    if not captures:
        raise ConfigError("holds no response", file=str(path), remedy="Give a WARC that a crawl wrote")
    moments = [capture.fetched_at for capture in captures if capture.fetched_at]
    return CaptureSet(captures, min(moments))


def wanted(record: Any) -> bool:
    """Whether a WARC record answers requests."""
    return record.rec_type in ("response", "resource")


def capture_of(record: Any) -> Capture:
    """The capture in one WARC record."""
    headers = record.rec_headers
    body = record.content_stream().read()
    http = record.http_headers
    return Capture(
        url=headers.get_header("WARC-Target-URI"),
        method=headers.get_header("WARC-Watchbill-Method") or "GET",
        status=int(http.get_statuscode()) if http else 200,
        body=body,
        headers=tuple(http.headers) if http else (("Content-Type", headers.get_header("Content-Type") or ""),),
        fetched_at=datetime.fromisoformat(headers.get_header("WARC-Date").replace("Z", "+00:00")),
        request_body=bytes.fromhex(headers.get_header("WARC-Watchbill-Request-Body") or "") or None,
    )


class WarcFile:
    """A WARC that captures are appended to; closing it makes it whole on the disk."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.stream = path.open("ab")
        self.writer = WARCWriter(self.stream, gzip=True)

    def write(self, capture: Capture) -> int:
        """Append one capture; returns the offset at which its record begins."""
        offset = self.stream.tell()
        moment = (capture.fetched_at or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        extra = {"WARC-Date": moment, "WARC-Watchbill-Method": capture.method}
        if capture.request_body:
            extra["WARC-Watchbill-Request-Body"] = capture.request_body.hex()
        headers = StatusAndHeaders(f"{capture.status} ", list(capture.headers), protocol="HTTP/1.1")
        record = self.writer.create_warc_record(
            capture.url, "response", payload=BytesIO(capture.body), http_headers=headers, warc_headers_dict=extra
        )
        self.writer.write_record(record)
        return offset

    def close(self) -> None:
        """Flush and close the file."""
        self.stream.close()


def read_capture(path: Path, offset: int) -> Capture:
    """The one capture whose record begins at that offset of a WARC file."""
    with path.open("rb") as stream:
        stream.seek(offset)
        for record in ArchiveIterator(stream):
            return capture_of(record)
    raise ConfigError("has no record at that place", file=str(path), remedy="Run `watchbill check`")
