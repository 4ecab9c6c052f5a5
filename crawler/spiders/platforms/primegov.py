"""PrimeGov (OneMeeting): the public portal's JSON lists, and agendas as pages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urljoin, urlsplit

from parsel import Selector
from scrapy.http import Request, Response, TextResponse

from crawler.errors import LayoutChanged, WrongPage
from crawler.items import ScrapedAgendaItem, ScrapedDocument, ScrapedEvent
from crawler.select import field, select, squeeze, text_of
from crawler.spiders.base import Role
from crawler.spiders.platforms.json_rows import (
    bearing,
    data_of,
    distinct,
    document_kind,
    listed,
    merged,
    not_ours,
    real_time,
    rows_of,
    status_of,
    wall_time,
    words,
)
from crawler.spiders.platforms.window import WindowSpider, file
from crawler.when import read_date

PAGE = 3
"""`compileOutputType` of an agenda or of minutes that are a page; the others are files."""

PUBLISHED = 1
NUMBER = re.compile(
    r"^\(?(?P<number>(?:[A-Z]{1,3}[-.]?)?\d{1,3}(?:[.-]\d{1,3})*|[A-Z]{1,2}|[ivxlIVXL]{1,6})[.)]+\s+(?=\S)"
)
ITEMS = '[id^="AgendaItem_"], .meeting-item[data-itemid], tr[data-itemid]'


class PrimeGovSpider(WindowSpider):
    """The public portal of one tenant, {slug}.primegov.com.

    The portal page itself is a script; its JSON lists are read instead: upcoming meetings, and each year's
    archived ones, both whole and without paging. Rows name no place and no body but the title. A file's kind
    and a cancellation stand in the name of its template ("Notice of Cancellation"). Agendas as pages list
    their items with attachments; the pages' markup differs by age of the tenant.
    """

    platform: ClassVar[str] = "primegov"
    host_suffix: ClassVar[tuple[str, ...]] = (".primegov.com",)
    roles: ClassVar[tuple[Role, ...]] = (
        Role(
            "meetings", r"/PublicPortal/List(Upcoming|Archived)Meetings|/api/(v\d/)?(meeting/)?search", "parse_meetings"
        ),
        Role("agenda", r"/Portal/Meeting(Preview)?\?", "parse_agenda", tolerant=True),
        Role("portal", r"^(?!.*(/CompiledDocument|historyattachment|/viewer/|\.pdf))", "parse_meetings"),
    )

    def entry_requests(self) -> Iterator[Request]:
        base = f"{self.home()}/api/v2/PublicPortal"
        yield self.request(f"{base}/ListUpcomingMeetings", facts={"sweep": True})
        for year in range(self.window[0].year, self.today.year + 1):
            yield self.request(f"{base}/ListArchivedMeetings?year={year}", facts={"sweep": True})

    def parse_meetings(self, response: Response) -> Iterator[Any]:
        """Read a list of meetings, or the portal's search, which repeats a meeting for each file it found."""
        data = data_of(response)
        rows = rows_of(data)
        if not listed(data) or (rows and not bearing(rows, "documentList")):
            raise not_ours("no meetings of PrimeGov's", response.url)
        events = merged([self.event(row, response) for row in rows])
        yield from self.listed(events, response)
        if self.facts(response).get("sweep"):
            yield self.coverage()
        for event in events:
            page = agenda_page(event.documents or ())
            if page is not None and self.in_window(event):
                yield self.agenda_request(page, event.key)

    def event(self, row: Mapping[str, Any], response: Response) -> ScrapedEvent:
        """Read one row, of a list or of the search."""
        found = "meetingTitle" in row
        number = field(dict(row), "meetingId" if found else "id", response.url)
        name = words(field(dict(row), "meetingTitle" if found else "title", response.url))
        printed = row.get("dateTime") or row.get("meetingDate")
        if printed:
            day, time = wall_time(printed, response.url)
        else:
            day = read_date(str(field(dict(row), "date", response.url)), url=response.url)
            time = real_time(row.get("time"))
        start = self.when(day, time)
        documents = self.documents(row, response)
        return ScrapedEvent(
            key=f"meeting:{number}",
            name=name or "Meeting",
            starts_at=start.starts_at,
            start_text=start.start_text,
            timezone=start.timezone,
            status=status_of(day, name, *(one.name for one in documents)),
            url=agenda_page(documents) or f"{self.site(response)}/public/portal",
            documents=documents,
        )

    def documents(self, row: Mapping[str, Any], response: Response) -> list[ScrapedDocument]:
        """Return a meeting's published files; a page is fetched as a file only where it is neither agenda nor copy."""
        site = self.site(response)
        files = {one.get("templateId") for one in row.get("documentList") or () if one.get("compileOutputType") != PAGE}
        found = []
        for one in row.get("documentList") or ():
            name = words(one.get("templateName"))
            kind = document_kind(name)
            if kind is None or one.get("publishStatus", PUBLISHED) != PUBLISHED:
                continue
            output, template = one.get("compileOutputType"), one.get("templateId")
            is_page = output == PAGE
            if one.get("link"):
                url = urljoin(f"{site}/", str(one["link"]))
            elif is_page:
                url = f"{site}/Portal/Meeting?meetingTemplateId={template}"
            else:
                url = f"{site}/Public/CompiledDocument?meetingTemplateId={template}&compileOutputType={output}"
            found.append(file(kind, url, name, fetch=not is_page or (kind != "agenda" and template not in files)))
        return distinct(found)

    def parse_agenda(self, response: Response) -> Iterator[Any]:
        """Read an agenda that is a page: its items, each with the attachments under it."""
        if not isinstance(response, TextResponse) or not re.search(
            r"primegov|meetingTemplateId|AgendaItem_", response.text
        ):
            raise WrongPage("this is no agenda page of PrimeGov's", reason="other_platform", url=response.url)
        query = {name.lower(): value for name, value in parse_qsl(urlsplit(response.url).query)}
        event_key = self.facts(response).get("event_key") or f"template:{query.get('meetingtemplateid', '')}"
        items: dict[str, ScrapedAgendaItem] = {}
        for node in innermost(select(response, ITEMS)):
            item = agenda_item(node, response, event_key, len(items) + 1)
            if item is not None:
                items.setdefault(item.key, item)
        if not items and select(response, '[class*="agenda-item"], [class*="meeting-item"]'):
            raise LayoutChanged("the agenda has items, but none of a form we know", url=response.url)
        yield from self.agenda(list(items.values()), response)


def agenda_page(documents: Sequence[ScrapedDocument]) -> str | None:
    """Return the address of the agenda that is a page, if there is one."""
    return next((one.url for one in documents if one.kind == "agenda" and "/Portal/Meeting" in one.url), None)


def innermost(nodes: list[Selector]) -> list[Selector]:
    """Return the elements without those that hold another of them: containers repeat their items' ids."""
    return [node for node in nodes if not select(node, './/*[starts-with(@id, "AgendaItem_")] | .//*[@data-itemid]')]


def agenda_item(node: Selector, response: TextResponse, event_key: str, position: int) -> ScrapedAgendaItem | None:
    """Read one item; None for a container without words of its own."""
    number = node.attrib.get("data-itemid") or node.attrib.get("id", "").removeprefix("AgendaItem_")
    area = select(response, f'#agenda_item_area_{number}, [id="agenda_item_area_{number}"]')
    around = [node, *area]
    title = squeeze(" ".join(node.xpath('.//text()[not(ancestor::a[contains(@href, "istoryattachment")])]').getall()))
    if not title:
        return None
    label = NUMBER.match(title)
    documents = []
    for place in around:
        for link in select(place, 'a[href*="istoryattachment"], a[href*="istoryAttachment"]'):
            name = text_of(link)
            documents.append(file(document_kind(name) or "attachment", response.urljoin(link.attrib["href"]), name))
    return ScrapedAgendaItem(
        key=f"{event_key}/{number}",
        event_key=event_key,
        title=title[label.end() :] if label else title,
        number=label["number"] if label else None,
        position=position,
        url=response.url,
        documents=distinct(documents),
    )
