"""The meeting roles of Connecticut's spider: committee calendars, the events table, and agendas."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import Field
from scrapy.http import FormRequest, Response

from crawler.errors import CrawlError, WrongPage
from crawler.items import ScrapedCoverage, ScrapedDocument, ScrapedEvent, ScrapedSkip
from crawler.spiders.base import SourceSpider, SpiderOptions
from crawler.spiders.states import ct_hearings as hearings

PAST_EVENTS = timedelta(days=400)
"""Calendars keep years of meetings; older ones are left out."""

RECENT_EVENTS = timedelta(days=2)
"""Agendas are read again until the meeting is over; a late night's agenda is corrected the day after."""


class ConnecticutOptions(SpiderOptions):
    """Where the bulk files are, and how much one run reads; `session` reads one year instead of the newest."""

    bulk: str = "ftp://ftp.cga.ct.gov/pub/data/"
    session: str | None = None
    details_per_run: int = Field(default=300, ge=0)
    recheck_days: int = Field(default=3, ge=0)
    """A bill's page is read once a day for so long after a step: its papers are posted later than the step."""
    event_days: int = Field(default=90, ge=1)


class ConnecticutMeetings(SourceSpider):
    """What of Connecticut's spider reads meetings; `crawler.spiders.states.ct` has the roles and the bills."""

    Options = ConnecticutOptions
    options: ConnecticutOptions

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.awaited: set[str] = set()
        """Committees whose calendar has not come yet; while there is one, no event may be called gone."""
        self.silent: dict[str, str] = {}
        """Committees whose calendar was empty, by code: the events table is read for them."""

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Read as the base does; but an empty calendar means "not here", and two roles read PDFs."""
        request = response.request
        url = request.url if request is not None else response.url
        role = self.role_of(url, request.method if request is not None else "GET")
        document = request is not None and bool(request.meta.get("document"))
        if role is None or document or response.status != 200:
            yield from super().parse(response, **kwargs)
        elif role.name == "calendar" and response.body.strip() in (b"", b"null"):
            yield from self.silent_calendar(response)
        elif role.name in ("agenda", "vote") and response.body.lstrip()[:4] == b"%PDF":
            try:
                results = list(getattr(self, role.handler)(response))
            except CrawlError as error:
                results = [self.error(error, url, role)]
            for result in results:
                yield from self.complete(result, response)
        else:
            yield from super().parse(response, **kwargs)

    # Hearings

    def parse_calendar(self, response: Response) -> Iterator[Any]:
        """Yield the meetings of one committee, and the agendas of those to come."""
        code = parse_qs(urlsplit(response.url).query).get("comm_code", [""])[0].upper()
        found = list(hearings.calendar_hearings(response, code, self.when))
        committees = facts_of(response).get("committees", {})
        yield from self.listed(found, committees, response.url)
        self.awaited.discard(code)
        yield from self.covered(bool(committees))

    def silent_calendar(self, response: Response) -> Iterator[Any]:
        """Take an empty answer: these meetings stand only in the table of all events, which is asked for once."""
        code = parse_qs(urlsplit(response.url).query).get("comm_code", [""])[0].upper()
        yield ScrapedSkip(reason="empty_calendar", url=response.url, what=code)
        self.awaited.discard(code)
        self.silent[code] = facts_of(response).get("committees", {}).get(code, code)
        begin, end = self.window
        yield FormRequest(
            f"{hearings.SITE}in-events1x.asp",
            formdata={"sDate": f"{begin:%m/%d/%Y}", "eDate": f"{end:%m/%d/%Y}"},
            callback=self.parse,
            errback=self.failed,
            meta={"facts": {"silent": True}},
            # After the calendars, so that it knows all committees it is read for.
            priority=2500,
        )

    def parse_events(self, response: Response) -> Iterator[Any]:
        """Yield the events of the table; within a crawl only those of committees whose own calendar was empty."""
        asked = bool(facts_of(response).get("silent"))
        found = list(hearings.table_hearings(response, self.silent, self.when))
        own = [entry for entry in found if isinstance(entry, ScrapedSkip) or not asked or entry.code]
        if len(own) < len(found):
            yield ScrapedSkip(reason="listed_elsewhere", url=response.url, what=f"{len(found) - len(own)} events")
        yield from self.listed(own, self.silent, response.url)
        self.silent = {}
        yield from self.covered(asked)

    def listed(
        self, found: list[hearings.Hearing | ScrapedSkip], committees: Mapping[str, str], url: str
    ) -> Iterator[Any]:
        """Yield events, skips, and requests for the agendas of meetings that are not over."""
        yield from (entry for entry in found if isinstance(entry, ScrapedSkip))
        rows = [entry for entry in found if isinstance(entry, hearings.Hearing)]
        oldest = min(self.today, max((row.day for row in rows), default=self.today)) - PAST_EVENTS
        past = [row for row in rows if row.day < oldest]
        if past:
            yield ScrapedSkip(reason="past_event", url=url, what=f"{len(past)} events")
        for event in hearings.events_of([row for row in rows if row.day >= oldest], committees, url):
            if isinstance(event, ScrapedEvent):
                yield from self.with_agenda(event)
            else:
                yield event

    def with_agenda(self, event: ScrapedEvent) -> Iterator[Any]:
        """Yield the event; its agenda is read by its own role where it has one, as a plain file otherwise."""
        documents = event.documents or []
        day = date.fromisoformat((event.starts_at or "")[:10])
        ahead = day >= self.today - RECENT_EVENTS and event.status != "cancelled"
        role = self.role_of(documents[0].url) if documents else None
        event.documents = [document.model_copy(update={"fetch": ahead and role is None}) for document in documents]
        yield event
        if role is not None and ahead:
            told = event.model_dump(mode="json", exclude={"documents", "bills", "testimony"}, exclude_none=True)
            # A joint hearing stands in two calendars with one agenda, which each of its events needs.
            yield self.request(documents[0].url, facts={"event": told}, priority=2000, dont_filter=True)

    @property
    def window(self) -> tuple[date, date]:
        """The days whose meetings a run lists whole."""
        return self.today - timedelta(days=7), self.today + timedelta(days=self.options.event_days)

    def covered(self, crawling: bool) -> Iterator[ScrapedCoverage]:
        """Say that all meetings were listed, once every calendar has come and none was silent without a substitute."""
        if crawling and not self.awaited and not self.silent:
            begin, end = self.window
            yield ScrapedCoverage(events_from=begin, events_to=end)

    def parse_agenda(self, response: Response) -> Iterator[Any]:
        """Read an agenda, page or PDF: the bills it names, and how to testify."""
        if response.body.lstrip()[:4] == b"%PDF":
            yield from self.agenda(response, pdf_text(response), [])
        else:
            yield from self.agenda(response, *hearings.page_text(response))

    def agenda(self, response: Response, text: str, links: list[str]) -> Iterator[Any]:
        """Yield the file itself for the archive, and the event with what its agenda adds."""
        yield self.file(response, response.url)
        told = facts_of(response).get("event")
        if not text.strip():
            yield ScrapedSkip(reason="agenda_not_readable", url=response.url)
            return
        agenda = hearings.read_agenda(hearings.lines_of(text), links)
        if told is None:
            if agenda.day is None:
                raise WrongPage("the agenda names no date", reason="no_date", url=response.url)
            when = self.when(agenda.day, agenda.time_text)
            told = {
                "key": f"agenda:{urlsplit(response.url).path.lower()}",
                "name": agenda.name,
                "body": agenda.body,
                "starts_at": when.starts_at,
                "start_text": when.start_text,
                "timezone": when.timezone,
                "location": agenda.location,
                "status": "confirmed",
                "url": response.url,
            }
        yield ScrapedEvent(
            **told,
            documents=[ScrapedDocument(kind="agenda", url=response.url, name="Agenda", fetch=False)],
            bills=[number.identifier for number in agenda.bills],
            testimony=agenda.testimony,
        )


def pdf_text(response: Response) -> str:
    """Return a PDF's text, read in the limited process that reads all files; "" if it has none."""
    from store.documents import Extractor

    with Extractor() as extractor:
        # Scans are left to the step that reads all files: recognising one would hold up the crawl for minutes.
        text = extractor.extract(response.body, "application/pdf", ocr=False)
    return "\n".join(text.pages) if text.readable else ""


def facts_of(response: Response) -> Mapping[str, Any]:
    """Return what the page that led here passed along; empty for a page that is read alone."""
    request = response.request
    found: Mapping[str, Any] = request.meta.get("facts", {}) if request is not None else {}
    return found
