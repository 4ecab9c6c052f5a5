"""BoardDocs: the site's own calls (JSON lists, HTML fragments), and the XML feed of older sites."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlencode, urljoin, urlsplit

from pydantic import field_validator
from scrapy.http import Request, Response, TextResponse

from crawler.errors import LayoutChanged, WrongPage
from crawler.items import ScrapedAgendaItem, ScrapedEvent, ScrapedSkip
from crawler.select import one, select, text_of
from crawler.spiders.base import Role
from crawler.spiders.platforms.boarddocs_agenda import (
    LINES,
    agenda_items,
    has_files,
    public_files,
    text_lines,
    time_in,
)
from crawler.spiders.platforms.boarddocs_xml import xml_items, xml_meetings
from crawler.spiders.platforms.json_rows import (
    bearing,
    data_of,
    merged,
    not_ours,
    rows_of,
    status_of,
    wall_time,
    words,
)
from crawler.spiders.platforms.window import WindowOptions, WindowSpider
from crawler.when import read_date

SITE = re.compile(r"^(?P<site>https?://[^/]+/(?:[a-z]{2,4}/)?[^/?#]+/board\.nsf)", re.IGNORECASE)
GOTO = re.compile(
    r"(?P<site>https?://[^\s\"'<>]+?/board\.nsf)/goto\?open(?:&amp;|&)id=(?P<number>[A-Z0-9]{8,16})", re.IGNORECASE
)
COMMITTEES = 'select[name="committeeid"] option[value], [committeeid], .committee-item[data-id]'
PAGE_MEETINGS = ".meeting-item[data-id]"
OURS = re.compile(r"boarddocs|board\.nsf|committee-trigger", re.IGNORECASE)


class BoardDocsOptions(WindowOptions):
    """Options of a BoardDocs row; its address names the site."""

    committees: tuple[str, ...] = ()
    """Ids of the committees to watch; empty asks the site's public page for them all."""

    @field_validator("committees", mode="before")
    @classmethod
    def one_id_is_a_list(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class BoardDocsSpider(WindowSpider):
    """One site, go.boarddocs.com/{state}/{organisation}/Board.nsf.

    The public page names the committees; each one's meetings are listed whole, back to the first, with a date
    and no time: that stands in the meeting's description, or in its name. "Postponed to …" and "CANCELLED"
    head the name. The agenda is a fragment of categories and items; the files of an item are a call of their
    own, made only for items that show the sign of one. Older sites offer XML-ActiveMeetings, meetings with their
    agendas in one file, at times with characters that XML forbids; a row whose address is that file is read by it.
    """

    platform: ClassVar[str] = "boarddocs"
    Options = BoardDocsOptions
    options: BoardDocsOptions
    host_suffix: ClassVar[tuple[str, ...]] = ("boarddocs.com",)
    roles: ClassVar[tuple[Role, ...]] = (
        Role("xml", r"/XML-ActiveMeetings", "parse_xml"),
        Role("list", r"/BD-Get(MeetingsList|MeetingsListForSEO)\b", "parse_list"),
        Role("meeting", r"/BD-GetMeeting\b", "parse_meeting", tolerant=True),
        Role("agenda", r"/BD-GetAgenda\b", "parse_agenda", tolerant=True),
        Role("files", r"/BD-GetPublicFiles\b", "parse_files", tolerant=True),
        Role("page", r"^(?!.*(/\$file/|/files/|\.pdf))", "parse_page"),
    )

    def entry_requests(self) -> Iterator[Request]:
        if "xml-activemeetings" in self.source.url.lower():
            yield self.request(self.source.url, facts={"sweep": True})
        elif self.options.committees:
            for committee in self.options.committees:
                yield self.list_request(site_of(self.source.url), committee, None)
        else:
            yield self.request(f"{site_of(self.source.url)}/Public", facts={"sweep": True})

    def call(
        self, site: str, name: str, form: Mapping[str, str], facts: Mapping[str, Any], priority: int = 0
    ) -> Request:
        """Return one of the site's own calls: a form posted, answered with JSON or a fragment of HTML."""
        return self.request(
            f"{site}/{name}?open",
            method="POST",
            body=urlencode(form),
            headers={
                "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
                "X-Requested-With": "XMLHttpRequest",
                "Referer": f"{site}/Public",
            },
            facts={**facts, "site": site},
            priority=priority,
        )

    def list_request(self, site: str, committee: str, body: str | None) -> Request:
        """Return the call that lists one committee's meetings."""
        facts = {"sweep": True, "committee": committee, "body": body}
        return self.call(site, "BD-GetMeetingsList", {"current_committee_id": committee}, facts)

    # Page roles

    def parse_page(self, response: Response) -> Iterator[Any]:
        """Read the public page for its committees; other addresses by what stands at them."""
        if not isinstance(response, TextResponse):
            raise WrongPage("this is no page of BoardDocs'", reason="other_platform", url=response.url)
        head = response.text.lstrip()[:200]
        if head[:1] in ("[", "{"):
            yield from self.parse_list(response)
        elif "<meetings" in head or head.startswith("<?xml"):
            yield from self.parse_xml(response)
        elif select(response, "#view-meeting"):
            yield from self.parse_meeting(response)
        elif select(response, LINES):
            yield from self.parse_agenda(response)
        elif select(response, PAGE_MEETINGS) and OURS.search(response.text):
            yield from self.page_meetings(response)
        else:
            yield from self.committees(response)

    def committees(self, response: TextResponse) -> Iterator[Any]:
        """Ask for the meetings of every committee that a page names."""
        if not OURS.search(response.text):
            raise WrongPage("this is no page of BoardDocs'", reason="other_platform", url=response.url)
        found: dict[str, str] = {}
        for node in select(response, COMMITTEES):
            number = node.attrib.get("value") or node.attrib.get("committeeid") or node.attrib.get("data-id") or ""
            label = next(iter(select(node, ".committee-name")), node)
            if re.fullmatch(r"[A-Z0-9]{8,16}", number):
                found.setdefault(number, text_of(label) or node.attrib.get("aria-label", ""))
        if not found:
            raise LayoutChanged("the public page names no committee", url=response.url)
        yield ScrapedSkip(reason="committees", url=response.url, what="; ".join(filter(None, found.values())))
        site = site_of(response.url)
        if SITE.match(response.url):
            for number, body in found.items():
                yield self.list_request(site, number, body or None)

    def page_meetings(self, response: TextResponse) -> Iterator[Any]:
        """Read a page that lists meetings, each with its date, title and link."""
        events = []
        for node in select(response, PAGE_MEETINGS):
            link = next(iter(select(node, 'a[href*="goto"]')), None)
            url = response.urljoin(link.attrib["href"]) if link is not None else response.url
            day = text_of(one(node, ".meeting-date"))
            events.append(self.event(node.attrib["data-id"], text_of(one(node, ".meeting-title")), day, url=url))
        yield from self.listed(merged(events), response)

    def parse_list(self, response: Response) -> Iterator[Any]:
        """Read one committee's meetings, and ask for those in the window."""
        data = data_of(response)
        rows = [row for row in rows_of(data) if row]
        facts, form = self.facts(response), form_of(response)
        if not isinstance(data, list) or (
            rows and not (bearing(rows, "unique", "numberdate") or bearing(rows, "Unique"))
        ):
            raise not_ours("no meetings of BoardDocs'", response.url)
        site = facts.get("site") or site_of(response.url)
        events = merged([self.listed_event(row, site, facts.get("body"), response.url) for row in rows])
        yield from self.listed(events, response)
        if facts.get("sweep"):
            yield self.coverage()
        committee = facts.get("committee") or form.get("current_committee_id")
        for event in events:
            if committee and self.in_window(event):
                number = event.key.removeprefix("meeting:")
                asked = {"current_committee_id": committee, "id": number}
                passed = {"event_key": event.key, "committee": committee, "body": event.body}
                yield self.call(site, "BD-GetMeeting", asked, passed, priority=-1)
                yield self.call(site, "BD-GetAgenda", asked, passed, priority=-1)

    def listed_event(self, row: Mapping[str, Any], site: str, body: str | None, url: str) -> ScrapedEvent:
        """Read one row of a list, of the site's own call or of the one for search engines."""
        number = words(row.get("unique") or row.get("Unique"))
        name = words(row.get("name") or row.get("Name"))
        day = words(row.get("numberdate")) or wall_time(row.get("Date"), url)[0].isoformat()
        return self.event(number, name, day, body=body, url=f"{site}/goto?open&id={number}")

    def event(
        self, number: str, name: str, day_text: str, *, url: str, body: str | None = None, description: str = ""
    ) -> ScrapedEvent:
        """Return a meeting; its time is the one printed in its description, else in its name."""
        day = read_date(day_text, "%Y%m%d", "%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y", url=url)
        start = self.when(day, time_in(description) or time_in(name))
        return ScrapedEvent(
            key=f"meeting:{number}",
            name=name or "Meeting",
            body=body,
            starts_at=start.starts_at,
            start_text=start.start_text,
            timezone=start.timezone,
            status=status_of(day, name, description),
            url=url,
            description=description or None,
        )

    def parse_meeting(self, response: Response) -> Iterator[Any]:
        """Read one meeting's own fragment: its name, date and description."""
        if not select(response, "#view-meeting, .meeting-name"):
            raise WrongPage("the fragment tells of no meeting", reason="other_platform", url=response.url)
        facts = self.facts(response)
        assert isinstance(response, TextResponse)
        told = GOTO.search(unquote(response.text))
        base = next(iter(select(response, "[base]")), None)
        number = form_of(response).get("id") or (base.attrib["base"] if base is not None else told and told["number"])
        if not number:
            raise LayoutChanged("the fragment does not name its meeting", url=response.url)
        lines = text_lines(response, ".meeting-description")
        site = facts.get("site") or (told["site"] if told else site_of(response.url))
        yield self.event(
            number,
            text_of(one(response, ".meeting-name")),
            re.sub(r"^[A-Za-z]+day,\s*", "", text_of(one(response, ".meeting-date"))),
            body=facts.get("body"),
            url=f"{site}/goto?open&id={number}",
            description="\n".join(lines),
        )

    def parse_agenda(self, response: Response) -> Iterator[Any]:
        """Read an agenda's categories and items, and ask for the files of items that show a sign of them."""
        if not select(response, f"{LINES}, #agenda-numbering"):
            raise WrongPage("the fragment is no agenda", reason="other_platform", url=response.url)
        facts, form = self.facts(response), form_of(response)
        event_key = facts.get("event_key") or f"meeting:{form.get('id', 'unnamed')}"
        site = facts.get("site") or site_of(response.url)
        found = agenda_items(response, event_key, site)
        yield from self.agenda([item for item, _ in found], response)
        committee = facts.get("committee") or form.get("current_committee_id")
        for item, node in found:
            if committee and has_files(node):
                asked = {"current_committee_id": committee, "id": node.attrib["unique"]}
                yield self.call(site, "BD-GetPublicFiles", asked, {"item": item}, priority=-2)

    def parse_files(self, response: Response) -> Iterator[Any]:
        """Read the files of one item; read alone they can only be told to exist."""
        head = response.body.lstrip()[:500].lower()
        if not head.startswith(b"<") or b"<html" in head:
            raise WrongPage(
                "a page stands where an item's files were expected", reason="other_platform", url=response.url
            )
        documents = public_files(response)
        item: ScrapedAgendaItem | None = self.facts(response).get("item")
        if not documents:
            yield ScrapedSkip(reason="empty", url=response.url, what="no files")
        elif item is None:
            yield ScrapedSkip(reason="files_without_item", url=response.url, what=f"{len(documents)} files")
        else:
            yield ScrapedAgendaItem(key=item.key, event_key=item.event_key, title=item.title, documents=documents)

    def parse_xml(self, response: Response) -> Iterator[Any]:
        """Read the XML feed: meetings with their agendas."""
        meetings = xml_meetings(response.body, response.url)
        events: list[ScrapedEvent] = []
        items: list[ScrapedAgendaItem] = []
        for meeting in meetings:
            url = urljoin(response.url, meeting.link) if meeting.link else response.url
            event = self.event(
                meeting.number, meeting.name, meeting.day, body=meeting.body, url=url, description=meeting.description
            )
            events.append(event)
            items.extend(xml_items(meeting.items, event))
        yield from self.listed(merged(events), response)
        if self.facts(response).get("sweep"):
            yield self.coverage()
        yield from items


def site_of(url: str) -> str:
    """Return the address of the site (…/Board.nsf) that an address belongs to; its origin if it names none."""
    match = SITE.match(url)
    if match:
        return match["site"]
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def form_of(response: Response) -> dict[str, str]:
    """Return the form that was posted."""
    if response.request is None:
        return {}
    return {name: values[0] for name, values in parse_qs(response.request.body.decode("latin-1")).items()}
