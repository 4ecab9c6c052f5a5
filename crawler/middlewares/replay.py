"""Answers requests from captures instead of the network, and writes what the network answered to WARC."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Headers, Request, Response
from scrapy.responsetypes import responsetypes

from crawler.captures import Capture, CaptureSet, WarcFile, load_captures, without_secrets
from crawler.errors import FetchFailed

_loaded: dict[str, CaptureSet] = {}


class NotCaptured(FetchFailed):
    """The replayed capture has no answer to this request; raised by the replay handler."""

    reason = "not_captured"


class ReplayHandler:
    """Scrapy download handler for http, https and ftp that never opens a connection."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        path = crawler.settings["WATCHBILL_REPLAY"]
        # One set for all schemes: an answer given for http must not be given again for https.
        if path not in _loaded:
            _loaded[path] = load_captures(Path(path))
        self.captures = _loaded[path]
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """The captured response; NotCaptured (counted) if there is none, except that robots.txt is then absent."""
        capture = self.captures.answer(request.method, request.url, request.body)
        if capture is None:
            if request.url.endswith("/robots.txt"):
                return Response(request.url, status=404)
            if self.stats is not None:
                self.stats.inc_value("watchbill/not_captured")
            raise NotCaptured("the capture has no answer to this request", url=request.url)
        headers = Headers(dict(capture.headers))
        cls = responsetypes.from_args(headers=headers, url=request.url, body=capture.body)
        return cls(url=request.url, status=capture.status, headers=headers, body=capture.body)

    async def close(self) -> None:
        """Nothing is open."""


class CaptureWriter:
    """Extension: each response of the run goes to its WARC, and a line about it to an index beside it."""

    def __init__(self, path: Path) -> None:
        self.warc = WarcFile(path)
        self.index = path.with_suffix(path.suffix + ".index").open("w", encoding="utf-8")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        writer = cls(Path(crawler.settings["WATCHBILL_WARC"]))
        writer.moment = crawler.settings["WATCHBILL_NOW"]
        crawler.signals.connect(writer.response_received, signals.response_received)
        crawler.signals.connect(writer.closed, signals.engine_stopped)
        return writer

    moment: str | None = None

    def response_received(self, response: Response, request: Request) -> None:
        """Write one response, unless it is an unchanged page that an earlier capture holds already."""
        if "cached" in response.flags:
            return
        fetched_at = datetime.fromisoformat(self.moment) if self.moment else datetime.now(UTC)
        capture = Capture(
            url=without_secrets(request.url),
            method=request.method,
            status=response.status,
            body=response.body,
            headers=tuple(header_pairs(response.headers)),
            fetched_at=fetched_at,
            request_body=request.body or None,
        )
        facts = {
            "url": capture.url,
            "method": capture.method,
            "status": capture.status,
            "media_type": capture.content_type,
            "sha256": hashlib.sha256(capture.body).hexdigest(),
            "bytes": len(capture.body),
            "fetched_at": fetched_at.isoformat(),
            "offset": self.warc.write(capture),
        }
        self.index.write(json.dumps(facts) + "\n")

    def closed(self) -> None:
        self.warc.close()
        self.index.close()


def header_pairs(headers: Any) -> list[tuple[str, str]]:
    """Response headers as text pairs; those of transfer encodings are left out, since bodies are stored decoded."""
    dropped = {b"content-encoding", b"transfer-encoding", b"content-length", b"set-cookie"}
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        if name.lower() not in dropped
        for value in values
    ]
