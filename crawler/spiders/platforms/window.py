"""Spiders that list meetings by date: the window of days a crawl is about, and what is fetched within it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import Field
from scrapy.http import Request, Response

from crawler.items import ScrapedAgendaItem, ScrapedCoverage, ScrapedDocument, ScrapedEvent, ScrapedSkip
from crawler.spiders.base import SourceSpider, SpiderOptions

MINUTES_DAYS = 60
"""Minutes are approved at the next meeting or the one after; older ones were read when they appeared."""


class WindowOptions(SpiderOptions):
    """Options that all these platforms have; a row needs none of them."""

    days_back: int = Field(default=7, ge=0, le=1500)
    days_ahead: int = Field(default=60, ge=0, le=400)


class WindowSpider(SourceSpider):
    """What spiders of meeting lists share; `host_suffix` is the product's own domain."""

    Options: ClassVar[type[SpiderOptions]] = WindowOptions
    options: WindowOptions
    host_suffix: ClassVar[tuple[str, ...]] = ()

    @property
    def window(self) -> tuple[date, date]:
        """First and last day this crawl is about."""
        return (
            self.today - timedelta(days=self.options.days_back),
            self.today + timedelta(days=self.options.days_ahead),
        )

    def in_window(self, event: ScrapedEvent) -> bool:
        """Return whether a meeting's day lies in the window."""
        first, last = self.window
        return first.isoformat() <= (event.starts_at or "")[:10] <= last.isoformat()

    def site(self, response: Response) -> str:
        """Return the product's own origin: the answer's, unless it was saved under another site's address."""
        for url in (response.url, self.source.url):
            parts = urlsplit(url)
            if (parts.hostname or "").endswith(self.host_suffix):
                return f"{parts.scheme}://{parts.netloc}"
        parts = urlsplit(response.url)
        return f"{parts.scheme}://{parts.netloc}"

    def home(self) -> str:
        """Return the origin of the row's own address."""
        parts = urlsplit(self.source.url)
        return f"{parts.scheme}://{parts.netloc}"

    def facts(self, response: Response) -> Mapping[str, Any]:
        """Return what the page before passed along; empty when the page is read alone."""
        found = response.request.meta.get("facts", {}) if response.request is not None else {}
        assert isinstance(found, Mapping)
        return found

    def spare(self, events: Sequence[ScrapedEvent]) -> None:
        """Leave the files of meetings outside the window unread: lists go back for years."""
        last = self.window[1].isoformat()
        for event in events:
            day = (event.starts_at or "")[:10]
            for document in event.documents or ():
                back = max(self.options.days_back, MINUTES_DAYS if document.kind == "minutes" else 0)
                earliest = (self.today - timedelta(days=back)).isoformat()
                document.fetch = document.fetch and earliest <= day <= last

    def listed(self, events: Sequence[ScrapedEvent], response: Response) -> Iterator[Any]:
        """Yield the meetings of a list, or the skip that tells of an empty one."""
        self.spare(events)
        yield from events
        if not events:
            yield ScrapedSkip(reason="empty", url=response.url, what="no meetings")

    def coverage(self) -> ScrapedCoverage:
        """Return that the window's meetings were listed whole."""
        first, last = self.window
        return ScrapedCoverage(events_from=first, events_to=last)

    def agenda(self, items: Sequence[ScrapedAgendaItem], response: Response) -> Iterator[Any]:
        """Yield an agenda's lines, or the skip of an empty one; in a crawl also that it was read whole."""
        yield from items
        if not items:
            yield ScrapedSkip(reason="empty", url=response.url, what="no agenda items")
        event_key = self.facts(response).get("event_key")
        if event_key and items:
            yield ScrapedCoverage(agendas=[event_key])

    def agenda_request(self, url: str, event_key: str, **kwargs: Any) -> Request:
        """Return the request for a meeting's agenda: it is read whole until the meeting starts."""
        facts = {"event_key": event_key, **kwargs.pop("facts", {})}
        return self.request(url, facts=facts, priority=-1, **kwargs)


def file(kind: str, url: str, name: str | None, *, fetch: bool = True) -> ScrapedDocument:
    """Return a link to a file, its blank name left out."""
    return ScrapedDocument(kind=kind, url=url, name=name or None, fetch=fetch)
