"""Run one page role on one saved response: the function behind `watchbill parse`. No network, no database."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from scrapy.http import Headers, Request, Response
from scrapy.responsetypes import responsetypes

from config.clock import Clock, SystemClock
from config.errors import ConfigError
from config.sources import Source, Sources
from crawler.spiders.base import SourceSpider
from crawler.spiders.registry import spider_class


def saved_response(
    url: str, body: bytes, *, method: str = "GET", content_type: str | None = None, request_body: bytes = b""
) -> Response:
    """Build the response Scrapy would have made from a saved body."""
    headers = Headers({"Content-Type": content_type} if content_type else {})
    cls = responsetypes.from_args(headers=headers, url=url, body=body)
    request = Request(url, method=method, body=request_body)
    return cls(url=url, status=200, headers=headers, body=body, request=request)


def lone_spider(
    platform: str,
    url: str,
    sources: Sources | None = None,
    *,
    options: Mapping[str, str] | None = None,
    clock: Clock | None = None,
) -> SourceSpider:
    """A spider for one page, set up from the row whose site the address belongs to, or from the address alone.

    The pseudo-option `timezone` gives the place's zone; without it and without a row, times carry no offset.
    """
    cls = spider_class(platform)
    given = dict(options or {})
    zone_name = given.pop("timezone", None)
    row = row_of(platform, url, sources, cls) if sources else None
    values: dict[str, Any] = {**(row.options if row else {}), **cls.options_from_url(url), **given}
    try:
        zone = ZoneInfo(zone_name) if zone_name else (row.zone if row else cls.zone_from_url(url))
    except (KeyError, ValueError) as error:
        raise ConfigError(
            f"{zone_name!r} is not an IANA zone", field="timezone", remedy="Use America/New_York"
        ) from error
    source = row or Source(
        slug="parse",
        platform=platform,
        jurisdiction="ocd-division/country:us",
        name=urlsplit(url).hostname or "parse",
        url=f"https://{urlsplit(url).hostname}",
        timezone=zone.key if zone else "UTC",
        options=values,
    )
    sessions = sources.sessions_of(source.jurisdiction) if sources else ()
    try:
        return cls(source, sessions, clock or SystemClock(), zone=zone, options=values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigError(first["msg"], field=f"option {field}", remedy="Give it with --option name=value") from error


def row_of(platform: str, url: str, sources: Sources, cls: type[SourceSpider]) -> Source | None:
    """The first row of that platform whose site, or whose options, the address belongs to."""
    host = urlsplit(url).hostname
    told = cls.options_from_url(url)
    for row in sources.rows:
        if row.platform != platform:
            continue
        same_options = bool(told) and all(row.options.get(name) == value for name, value in told.items())
        if urlsplit(row.url).hostname == host or same_options or platform == row.state:
            return row
    return None


def parse_page(spider: SourceSpider, response: Response) -> Iterator[Any]:
    """Everything the spider yields for one response: Scraped items, errors and Requests."""
    yield from spider.parse(response)
