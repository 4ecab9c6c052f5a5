"""What all spiders share: a source row, typed options, and page roles chosen by address.

A spider is a declaration: `roles` says which page is read by which method, `entry_requests` where a
crawl begins. Each role method is a generator that takes one response and yields Scraped items and
Requests; it must work on that response alone (`watchbill parse` runs it so), and may use what a list
page passed along in `response.meta["facts"]`. A page is taken whole or not at all: if a role raises,
nothing of the page is kept but the error.
"""

import hashlib
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import scrapy
from pydantic import BaseModel, ConfigDict, ValidationError
from scrapy.http import Request, Response

from config.clock import Clock, SystemClock
from config.errors import WatchbillError
from config.sources import LegislativeSession, Source
from crawler import pages
from crawler.errors import CrawlError, LayoutChanged, WrongPage
from crawler.items import (
    Scraped,
    ScrapedAgendaItem,
    ScrapedBill,
    ScrapedDocument,
    ScrapedEvent,
    ScrapedFile,
)
from crawler.when import When, when


class SpiderOptions(BaseModel):
    """Base of each platform's Options: the `options = {…}` of a source row, checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ScrapedError(Scraped):
    """A page or file that could not be taken; `tolerated` for one detail page among many."""

    reason: str
    message: str
    url: str | None = None
    role: str | None = None
    tolerated: bool = False
    retryable: bool = False
    fatal: bool = False
    """True for a challenge or a refusal: the crawl of this source stops there."""


@dataclass(frozen=True)
class Role:
    """One kind of page: its name, the pattern its address matches, and the method that reads it.

    `method` narrows it to GET or POST. `tolerant` marks detail pages: a single one that fails is
    reported and retried in the next run without failing this one; lists are never tolerant.
    """

    name: str
    pattern: str
    handler: str
    method: str | None = None
    tolerant: bool = False

    def matches(self, url: str, method: str) -> bool:
        """Whether this role reads that address (the pattern is searched, case-insensitively)."""
        if self.method is not None and self.method != method.upper():
            return False
        return re.search(self.pattern, url, re.IGNORECASE) is not None


class SourceSpider(scrapy.Spider):
    """Base of all spiders; `name` is the source's slug."""

    platform: ClassVar[str]
    Options: ClassVar[type[SpiderOptions]] = SpiderOptions
    roles: ClassVar[tuple[Role, ...]] = ()

    def __init__(
        self,
        source: Source,
        sessions: tuple[LegislativeSession, ...] = (),
        clock: Clock | None = None,
        markers: Mapping[str, str] | None = None,
        watched: frozenset[str] = frozenset(),
        bodies: Path | None = None,
        zone: ZoneInfo | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(name=source.slug)
        self.source = source
        self.sessions = sessions
        self.clock = clock or SystemClock()
        self.markers = markers or {}
        self.watched = watched
        self.bodies = bodies
        self.zone = zone or (source.zone if options is None else None)
        self.options = self.Options.model_validate(dict(source.options if options is None else options))

    # What a platform's spider provides

    def entry_requests(self) -> Iterator[Request]:
        """Yield the requests a crawl of this source begins with."""
        raise TypeError(f"{type(self).__name__} does not say where its crawl begins")

    @classmethod
    def options_from_url(cls, url: str) -> dict[str, Any]:
        """Options that an address tells by itself (a client name in the host), for `parse` and `sources add`."""
        return {}

    @classmethod
    def zone_from_url(cls, url: str) -> ZoneInfo | None:
        """The place's zone, where the address tells it (a state spider's always does)."""
        return None

    def check_page(self, response: Response) -> None:
        """Raise WrongPage or Blocked if this is not the platform's own page; hook, after the general checks."""

    # What they inherit

    @property
    def today(self) -> date:
        """The date at the place, now."""
        return self.clock.now().astimezone(self.zone).date() if self.zone else self.clock.now().date()

    @property
    def session(self) -> LegislativeSession | None:
        """The session open today, or the latest one that began; the rows are in the state's file."""
        begun = [session for session in self.sessions if session.start <= self.today]
        return max(begun, key=lambda session: session.start, default=None)

    def when(self, day: date, time_text: str | None) -> When:
        """Start of an event in this source's zone."""
        return when(day, time_text, self.zone)

    def unchanged(self, key: str, marker: str | None) -> bool:
        """Whether the archive already has this record with the same change marker."""
        return marker is not None and self.markers.get(key) == marker

    def request(self, url: str, *, facts: Mapping[str, Any] | None = None, **kwargs: Any) -> Request:
        """A request to be read by the role of its address; `facts` reach it as response.meta["facts"]."""
        meta = {**kwargs.pop("meta", {}), "facts": dict(facts or {})}
        return Request(url, callback=self.parse, errback=self.failed, meta=meta, **kwargs)

    def role_of(self, url: str, method: str = "GET") -> Role | None:
        """The first role whose pattern matches."""
        return next((role for role in self.roles if role.matches(url, method)), None)

    async def start(self) -> AsyncIterator[Any]:
        try:
            for request in self.entry_requests():
                yield request
        except WatchbillError as error:
            # No session row for today, say: told by its own words, not as a spider that broke.
            reason = error.reason if isinstance(error, CrawlError) else "not_configured"
            yield ScrapedError(reason=reason, message=error.message, url=self.source.url, role="start")

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Read one response by its role; errors become one ScrapedError and nothing else of the page."""
        request = response.request
        asked_url = request.url if request is not None else response.url
        method = request.method if request is not None else "GET"
        role = self.role_of(asked_url, method)
        meta = request.meta if request is not None else {}
        try:
            pages.check_status(response)
            if meta.get("document") or (role is None and pages.is_file(response)):
                results: list[Any] = [self.file(response, asked_url)]
            elif role is None:
                raise WrongPage("no page role of this spider reads that address", reason="unknown_page")
            else:
                pages.check_wrong_page(response)
                self.check_page(response)
                results = list(getattr(self, role.handler)(response))
        except CrawlError as error:
            yield self.error(error, asked_url, role)
            return
        except (ValidationError, LookupError, ValueError, TypeError, AttributeError) as error:
            # A page that breaks a parser is a changed layout: say where, keep nothing half-read.
            message = f"{type(error).__name__}: {error}"
            yield self.error(LayoutChanged(message, reason="unreadable_page"), asked_url, role)
            return
        for result in results:
            yield from self.complete(result, response)

    def complete(self, result: Any, response: Response) -> Iterator[Any]:
        """Add the page's address to an item, and ask for the files whose text it wants."""
        if isinstance(result, (ScrapedBill, ScrapedEvent, ScrapedAgendaItem)) and not result.source_urls:
            result.source_urls = [response.url]
        yield result
        if isinstance(result, (ScrapedBill, ScrapedEvent, ScrapedAgendaItem)):
            for document in result.documents or ():
                if document.fetch and urlsplit(document.url).scheme in ("http", "https"):
                    yield self.document_request(document)

    def document_request(self, document: ScrapedDocument) -> Request:
        """A request for a file's body; failing it never fails the page that named it."""
        return Request(
            document.url, callback=self.parse, errback=self.failed, meta={"document": True, "facts": {}}, priority=-10
        )

    def file(self, response: Response, url: str) -> ScrapedFile:
        """Keep the body of a document under its hash, for the extractor."""
        pages.check_file(response)
        sha256 = hashlib.sha256(response.body).hexdigest()
        path = None
        if self.bodies is not None:
            path = self.bodies / sha256
            if not path.exists():
                path.write_bytes(response.body)
        return ScrapedFile(
            url=url,
            media_type=pages.media_type(response),
            sha256=sha256,
            size=len(response.body),
            path=str(path) if path else None,
            fetched_at=datetime.now(UTC).isoformat() if self.bodies is None else self.clock.now().isoformat(),
        )

    def error(self, error: CrawlError, url: str, role: Role | None) -> ScrapedError:
        """The item that tells of a failure; which ones fail the run is decided in crawler.health."""
        # What a replayed capture does not hold says nothing about the site; the run is then just not complete.
        tolerated = role is None or role.tolerant or error.reason == "not_captured"
        return ScrapedError(
            reason=error.reason,
            message=error.message,
            url=error.url or url,
            role=role.name if role else "document",
            tolerated=tolerated and error.reason not in pages.FATAL_REASONS,
            retryable=error.retryable,
            fatal=error.reason in pages.FATAL_REASONS,
        )

    def failed(self, failure: Any) -> Iterator[Any]:
        """Errback: a request that never became a response (network, robots, budget, size)."""
        request: Request = failure.request
        role = None if request.meta.get("document") else self.role_of(request.url, request.method)
        yield self.error(pages.error_of(failure.value, request.url), request.url, role)
