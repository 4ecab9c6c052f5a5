"""Conditional GET: ask "has it changed?" each time, and believe only a 304."""

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.extensions.httpcache import RFC2616Policy
from scrapy.http import Request, Response


class OnlyNotModified(RFC2616Policy):
    """A cached page stands in for an answer only if the server said 304.

    Scrapy's policy also serves the cached page when the server fails, which would hide an outage.
    """

    def is_cached_response_valid(self, cachedresponse: Response, response: Response, request: Request) -> bool:
        return bool(response.status == 304)


class AlwaysAsk:
    """Downloader middleware before the cache: every page is revalidated.

    Without max-age=0 a page changed long ago would be served from the cache for days without asking.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls()

    def process_request(self, request: Request) -> None:
        request.headers.setdefault("Cache-Control", "max-age=0")


class MeaningfulTags:
    """Downloader middleware behind the cache: drops validators that mean nothing before they are stored.

    One platform sends the constant ETag " " on every page: revalidated with it, nothing would ever change.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls()

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Response:
        tag = (response.headers.get("ETag") or b"").decode("latin-1").removeprefix("W/").strip('" ')
        if "ETag" in response.headers and not tag:
            del response.headers["ETag"]
        return response
