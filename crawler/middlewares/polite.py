"""Robots rules, Retry-After and Crawl-delay: what a site asks of us is what it gets.

Scrapy 2.14 to 2.19 let parallel requests pass before robots.txt has been read (its waiters share one
Deferred whose result is lost), fetch pages though robots.txt answers 5xx, and ignore Retry-After.
"""

import asyncio
import time
from collections import defaultdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from twisted.python.failure import Failure

from crawler.errors import Blocked
from crawler.middlewares.guard import refuse

LONGEST_CRAWL_DELAY = 60.0
"""Seconds; a Crawl-delay beyond it would never end a run, so the run's time budget decides instead."""

LONGEST_WAIT = 900.0
"""Seconds of Retry-After that a run waits out itself; a longer one ends the run, to be tried at the next."""


class RobotsRules(RobotsTxtMiddleware):
    """Obeys robots.txt for every request: one reader per host at a time, and 5xx or no answer means stop."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.unavailable: dict[str, str] = {}

    async def process_request(self, request: Request, spider: Any = None) -> None:
        if request.url.startswith("ftp:"):
            return  # robots.txt is a rule of web servers
        netloc = urlparse_cached(request).netloc
        if request.meta.get("dont_obey_robotstxt"):
            return
        parser = await self.robot_parser(request)
        if netloc in self.unavailable:
            why = self.unavailable[netloc]
            raise refuse(Blocked(f"robots.txt {why}: nothing is fetched", reason="robots_unavailable", url=request.url))
        if parser is not None and not parser.allowed(request.url, self._default_useragent):
            self._stats.inc_value("robotstxt/forbidden")
            raise refuse(Blocked("robots.txt disallows it", reason="robots_disallowed", url=request.url))

    async def robot_parser(self, request: Request) -> RobotParser | None:
        # The lock is what closes Scrapy's hole: the second waiter reads the finished result.
        async with self.locks[urlparse_cached(request).netloc]:
            return await super().robot_parser(request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self.unavailable[netloc] = f"answered {response.status}"
        elif response.status >= 400 or response.body.lstrip()[:1] == b"<":
            # No robots.txt, or a page in its place: there are no rules.
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)
        parser = self._parsers[netloc]
        delay = parser.crawl_delay(self._default_useragent) if isinstance(parser, RobotParser) else None
        if delay:
            slow_down(self.crawler, request, min(float(delay), LONGEST_CRAWL_DELAY))

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self.unavailable[netloc] = f"could not be read ({type(exc).__name__})"
        super()._robots_error(exc, netloc)


class PatientRetry(RetryMiddleware):
    """Retries what may pass by itself, after the time the server asked for or a growing pause."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.pause = settings.getfloat("WATCHBILL_RETRY_PAUSE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = super().from_crawler(crawler)
        # The signal comes before the host's queue moves on; later would let one more request out.
        crawler.signals.connect(middleware.response_downloaded, signals.response_downloaded)
        return middleware

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Hold the host's queue as soon as a refusal has arrived."""
        if response.status in self.retry_http_codes:
            wait = self.wait_of(request, response)
            if wait <= LONGEST_WAIT:
                hold(self.crawler, request, wait)

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        if response.status in self.retry_http_codes and self.wait_of(request, response) > LONGEST_WAIT:
            return response
        return super().process_response(request, response)

    def wait_of(self, request: Request, response: Response) -> float:
        """Seconds until the next try: what the server asked for, else a pause that doubles."""
        asked = retry_after(response, datetime.now(UTC))
        attempt: int = request.meta.get("retry_times", 0)
        return asked if asked is not None else self.pause * 2**attempt


def retry_after(response: Response, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, from its number or its date; None if absent or absurd."""
    raw = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if not raw:
        return None
    if raw.isdigit():
        return float(raw)
    try:
        return max(0.0, (parsedate_to_datetime(raw) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def slot_of(crawler: Crawler, request: Request) -> Any:
    """The downloader's slot of a request's host: its queue, its delay and when it was last used."""
    downloader = crawler.engine.downloader
    return downloader._get_slot(request)[1]


def slow_down(crawler: Crawler, request: Request, delay: float) -> None:
    """Leave at least `delay` seconds between requests to that host from now on."""
    slot = slot_of(crawler, request)
    slot.delay = max(slot.delay, delay)
    slot.jitter = 0.0


def hold(crawler: Crawler, request: Request, seconds: float) -> None:
    """Send nothing to that host for so many seconds, requests already queued included."""
    slot = slot_of(crawler, request)
    # The slot computes its next turn from the last one; a last turn in the future holds the whole queue.
    # Its delay must not be zero, or the queue would not look at the clock at all.
    slot.delay = max(slot.delay, 0.01)
    slot.lastseen = max(slot.lastseen, time.monotonic() + seconds)


def drop_waiting(crawler: Crawler) -> None:
    """Call off every request that waits for its turn; closing the spider alone would still send them."""
    for slot in crawler.engine.downloader.slots.values():
        while slot.queue:
            _, waiting = slot.queue.popleft()
            stopped = IgnoreRequest("the crawl of this source has stopped")
            waiting.errback(Failure(stopped))  # type: ignore[no-untyped-call]
