"""Which pages are CivicPlus's own, and what stands on them: agenda list, calendar, event, agenda, files."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from scrapy.http import Response, TextResponse

from crawler.errors import Truncated, WrongPage
from crawler.items import ScrapedDocument
from crawler.select import select, text_of
from crawler.spiders.platforms.civicplus_agenda import is_agenda_page
from crawler.spiders.platforms.civicplus_rows import document_kind

AGENDA_LINKS = 'a[href*="/AgendaCenter/ViewFile/"], a[href*="/AgendaCenter/Document/"]'
OTHER_PLATFORMS = re.compile(
    r"gridCalendar|listingTable|Detail_Meeting\.aspx|SearchAgendasMeetings|MeetingDocumentLink|compileOutputType"
    r"|@odata\.context|MeetingsService\.svc|agenda_publish\.cfm|OnBaseAgendaOnline|municodemeetings"
    r"|legistar\.com|iqm2\.com|novusagenda\.com|escribemeetings\.com|primegov\.com|boarddocs\.com|civicclerk\.com",
    re.IGNORECASE,
)


def check_civicplus_page(response: Response) -> None:
    """Raise WrongPage or Truncated for a page that is none of CivicPlus's, or that ends in its middle."""
    if not isinstance(response, TextResponse):
        return
    text = response.text
    if "BEGIN:VCALENDAR" in text[:200]:
        return
    if "<rss" not in text[:500].lower() and not kinds_of(response):
        if re.search(r"<title>\s*(object|document) moved", text, re.IGNORECASE):
            raise WrongPage("a redirect's note stands in place of the page", reason="moved", url=response.url)
        if OTHER_PLATFORMS.search(text):
            raise WrongPage("this is another platform's page", reason="other_platform", url=response.url)
        raise WrongPage("the page has no AgendaCenter and no calendar", url=response.url)
    lower = text.lower()
    whole = "<html" in lower[:2000]
    if (whole and "</html" not in lower) or lower.count("<table") > lower.count("</table"):
        raise Truncated("the page ends in the middle", url=response.url)


def kinds_of(response: Response) -> set[str]:
    """Return what of CivicPlus stands on a page: agendas, calendar, event, versions, agenda, files."""
    marks = {
        "agendas": '#AgendaCenterContent, tr.catAgendaRow, span[id^="section"] ul.years, div[id^="category-panel-"]',
        "calendar": '#CalendarContent, .calendars .calendar, .calendar a[id^="eventTitle_"]',
        "event": ".specificDetailHeader",
        "versions": 'a[href*="/ViewFile/Archived"]',
        "files": AGENDA_LINKS,
    }
    found = {kind for kind, query in marks.items() if select(response, query)}
    return found | {"agenda"} if is_agenda_page(response) else found


def loose_documents(response: Response) -> Iterator[ScrapedDocument]:
    """Agenda files that a page links to outside any list: no date is printed, so no meeting is told."""
    found: dict[str, ScrapedDocument] = {}
    for link in select(response, AGENDA_LINKS):
        url = urljoin(response.url, link.attrib["href"].strip())
        kind = document_kind(url, text_of(link))
        if kind is not None:
            found.setdefault(url, ScrapedDocument(kind=kind, url=url, name=text_of(link) or None))
    yield from found.values()
