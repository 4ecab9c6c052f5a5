"""Legistar (Granicus): the Web API of a council, or its InSite pages where the API is closed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from scrapy.http import Request, Response

from crawler.spiders.base import Role
from crawler.spiders.platforms.legistar_api import PAGE
from crawler.spiders.platforms.legistar_base import LegistarOptions, selector_of
from crawler.spiders.platforms.legistar_calendar import LegistarCalendar, is_meeting_grid
from crawler.spiders.platforms.legistar_events import LegistarEvents
from crawler.spiders.platforms.legistar_grid import grids
from crawler.spiders.platforms.legistar_matter import LegistarMatter
from crawler.spiders.platforms.legistar_meeting import LegistarMeeting
from crawler.spiders.platforms.legistar_search import LegistarSearch

PART_ROLES = ("histories", "sponsors", "attachments", "versions", "texts", "indexes")


class LegistarSpider(LegistarEvents, LegistarCalendar, LegistarMeeting, LegistarMatter, LegistarSearch):
    """One client of Legistar.

    The Web API (webapi.legistar.com/v1/{client}) gives meetings, items and matters as data; it caps lists at 1000 rows,
    leaves out meetings whose agenda is a draft at some clients, and is closed or token-bound at others. The InSite
    pages ({client}.legistar.com or a domain of the council's own) show the same; their IDs are not the API's, so a
    source keeps to one of the two. Neither bears validators, and a meeting's timestamp does not move with its items:
    what is near is read whole each time. Times are the place's own, without offset. The detail pages' structure is
    known from public code, not from pages seen by this project.
    """

    Options: ClassVar[type[LegistarOptions]] = LegistarOptions
    roles: ClassVar[tuple[Role, ...]] = (
        Role("votes", r"/v1/[^/]+/eventitems/[^/]+/votes", "votes", tolerant=True),
        Role("event_items", r"/v1/[^/]+/events/[^/?]+/eventitems", "event_items", tolerant=True),
        Role("event", r"/v1/[^/]+/events/[^/?]+/?(\?|$)", "events", tolerant=True),
        Role("events", r"/v1/[^/]+/events/?(\?|$)", "events"),
        *(Role(part, rf"/v1/[^/]+/matters/[^/?]+/{part}\b", part, tolerant=True) for part in PART_ROLES),
        Role("matter", r"/v1/[^/]+/matters/[^/?]+/?(\?|$)", "matters", tolerant=True),
        Role("matters", r"/v1/[^/]+/matters/?(\?|$)", "matters"),
        Role("reference_rows", r"/v1/[^/]+/\w+", "reference_rows", tolerant=True),
        Role("meeting", r"/MeetingDetail\.aspx", "meeting_page", tolerant=True),
        Role("matter_page", r"/LegislationDetail\.aspx", "matter_page", tolerant=True),
        Role("vote_page", r"/HistoryDetail\.aspx", "vote_page", tolerant=True),
        Role("legislation", r"/Legislation\.aspx", "legislation"),
        Role("calendar", r"/(Calendar|DepartmentDetail|MainBody)\.aspx", "calendar"),
        Role("reference", r"/(People|PersonDetail|Departments|Help|Alerts)\.aspx", "reference", tolerant=True),
        Role("feed", r"/Feed\.ashx", "feed"),
        Role(
            "home",
            r"^[^?#]*(?<!\.ashx)(?<!\.pdf)(?<!\.docx)(?<!\.doc)(?<!\.xls)(?<!\.xlsx)(?<!\.pptx)(?<!\.rtf)(?<!\.txt)(?<!\.zip)(\?|#|$)",
            "home",
        ),
    )

    def entry_requests(self) -> Iterator[Request]:
        if self.options.api:
            yield from self.api_entries()
        else:
            yield self.request(f"{self.site}/Calendar.aspx", facts={"sweep": True})
            if self.options.probe:
                yield self.request(f"{self.site}/Legislation.aspx", facts={"sweep": True, "probe": self.options.probe})

    def api_entries(self) -> Iterator[Request]:
        """Yield the meetings of the window, the matters changed of late, and those the site's search finds."""
        first, last = self.window
        days = f"EventDate ge datetime'{first}' and EventDate le datetime'{last}'"
        yield self.listing("events", days, "EventId")
        yield self.listing("matters", f"MatterLastModifiedUtc gt datetime'{first}'", "MatterId")
        if self.options.probe:
            since = self.today - timedelta(days=self.options.probe_days)
            words = " or ".join(f"substringof('{word}',MatterTitle)" for word in map(quoted, self.options.probe))
            yield self.listing("matters", f"({words}) and MatterIntroDate ge datetime'{since}'", "MatterId")

    def listing(self, path: str, chosen: str, order: str) -> Request:
        """Return the request for the first page of a list; a fixed order keeps pages from overlapping."""
        query = {"$filter": chosen, "$orderby": order, "$top": str(PAGE)}
        return self.api_request(path, query, {"sweep": True})

    def home(self, response: Response) -> Iterator[Any]:
        """Read a page whose address says nothing (a home page, a page of a council's own) by what stands in it."""
        if response.body.lstrip()[:1] in (b"{", b"["):
            yield from self.api_answer(response)
        elif any(is_meeting_grid(grid) for grid in grids(selector_of(response), response.url)):
            yield from self.calendar(response)
        else:
            yield from self.legislation(response)

    def reference_rows(self, response: Response) -> Iterator[Any]:
        """Leave out lists of bodies, persons and words; what is no JSON of the Web API is an error even there."""
        self.data_of(response)
        yield from self.reference(response)


def quoted(word: str) -> str:
    """Return a word as it stands inside an OData string."""
    return word.replace("'", "''")
