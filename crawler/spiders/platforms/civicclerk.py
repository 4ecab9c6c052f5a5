"""CivicClerk: the new portal's OData service, and the lists of the old ASP.NET portal."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from scrapy.http import Request, Response

from crawler.errors import LayoutChanged
from crawler.items import ScrapedDocument, ScrapedEvent, ScrapedSkip
from crawler.select import field
from crawler.spiders.base import Role
from crawler.spiders.platforms.civicclerk_items import agenda_items
from crawler.spiders.platforms.civicclerk_old import is_old_portal, old_rows
from crawler.spiders.platforms.json_rows import (
    bearing,
    data_of,
    distinct,
    document_kind,
    is_same,
    listed,
    merged,
    not_ours,
    place_of,
    rows_of,
    status_of,
    wall_time,
    words,
)
from crawler.spiders.platforms.window import WindowOptions, WindowSpider, file

HOST = re.compile(r"^(?P<client>[a-z0-9-]+)\.(?:(?:api|portal)\.)?civicclerk\.com$", re.IGNORECASE)
STREAM = re.compile(r"^/?stream/(?P<client>[a-z0-9-]+)/", re.IGNORECASE)
CATEGORY_NAMES = ("categoryDesc", "categoryName", "categoryDescription", "name")
EXPORTED = {
    "meeting_id": "id",
    "meeting_name": "eventName",
    "meeting_date": "startDateTime",
    "asset_type": "categoryName",
    "assets": "publishedFiles",
}
"""Field names under which civic-scraper keeps this service's events, and the service's own."""


class CivicClerkOptions(WindowOptions):
    """Options of a CivicClerk row; the client's name stands in its address."""

    client: str | None = None
    categories: tuple[int, ...] = ()
    """Numbers of the categories (bodies) to list; empty lists all."""


class CivicClerkSpider(WindowSpider):
    """One tenant's public portal, {client}.portal.civicclerk.com, through the service behind it.

    Events are listed by date, `@odata.nextLink` leads to the next rows. Their times end in "Z" and are the
    place's wall time all the same. There is no cancelled flag: the name says it. A meeting's agenda is asked
    for by its `agendaId`; where that answers 404 the files remain. A new fileId is a new file. The old portal,
    {client}.civicclerk.com/web/, lists its meetings as a grid without links to files.
    """

    platform: ClassVar[str] = "civicclerk"
    Options = CivicClerkOptions
    options: CivicClerkOptions
    host_suffix: ClassVar[tuple[str, ...]] = (".civicclerk.com",)
    roles: ClassVar[tuple[Role, ...]] = (
        Role("categories", r"/v\d/EventCategories\b", "parse_categories"),
        Role("agenda", r"/v\d/Meetings[/(]\d+", "parse_agenda", tolerant=True),
        Role("events", r"/v\d/Events\b", "parse_events"),
        Role("old_portal", r"/web/(home|default)\.aspx", "parse_old_portal"),
        Role("portal", r"^(?!.*(/Get(Meeting|Attachment)File|/stream/|/files/|\.pdf))", "parse_events"),
    )

    @classmethod
    def options_from_url(cls, url: str) -> dict[str, Any]:
        """Return the client's name from {client}.api., .portal. or plain civicclerk.com."""
        match = HOST.match(urlsplit(url).hostname or "")
        return {"client": match["client"].lower()} if match and match["client"].lower() != "www" else {}

    @property
    def client(self) -> str | None:
        """The tenant's name, from the option or the row's address."""
        return self.options.client or self.options_from_url(self.source.url).get("client")

    def entry_requests(self) -> Iterator[Request]:
        if self.client is None:
            raise LayoutChanged("the row's address names no client of CivicClerk's", reason="client_missing")
        first, last = self.window
        wanted = f"startDateTime ge {first}T00:00:00Z and startDateTime le {last}T23:59:59Z"
        if self.options.categories:
            wanted += f" and categoryId in ({','.join(str(number) for number in self.options.categories)})"
        order = "startDateTime asc, eventName asc"
        query = f"$filter={quote(wanted, safe='(),:')}&$orderby={quote(order, safe=',')}"
        yield self.api_request(f"Events?{query}", facts={"sweep": True})

    def api_request(self, path: str, **kwargs: Any) -> Request:
        """Return a request to the tenant's service, which wants to know the portal that asks."""
        headers = {"Accept": "application/json", "Referer": f"{portal(self.client)}/"}
        return self.request(f"{api(self.client)}/{path}", headers=headers, **kwargs)

    # Page roles

    def parse_events(self, response: Response) -> Iterator[Any]:
        """Read a page of events, or one event alone."""
        data = data_of(response)
        rows = [native(row) for row in rows_of(data)]
        if not (listed(data) or bearing(rows, "eventName")) or (rows and not bearing(rows, "id", "eventName")):
            raise not_ours("no events of CivicClerk's", response.url)
        kept = []
        for row in rows:
            reason = left_out(row)
            if reason:
                yield ScrapedSkip(reason=reason, url=response.url, what=words(row["eventName"]) or None)
            else:
                kept.append((row, self.event(row, response)))
        events = merged([event for _, event in kept])
        if events or not rows:
            yield from self.listed(events, response)
        following = data.get("@odata.nextLink") if isinstance(data, dict) else None
        if following:
            headers = {"Accept": "application/json", "Referer": f"{portal(self.client)}/"}
            yield self.request(response.urljoin(following), facts=self.facts(response), headers=headers)
        elif self.facts(response).get("sweep"):
            yield self.coverage()
        for row, event in kept:
            if self.client and self.in_window(event) and row.get("agendaId"):
                # A meeting that was entered twice has its agenda at one of the two entries.
                key = next(one.key for one in events if one.key == event.key or is_same(one, event))
                url = f"{api(self.client)}/Meetings/{row['agendaId']}"
                yield self.agenda_request(url, key, headers={"Referer": f"{portal(self.client)}/"})

    def event(self, row: Mapping[str, Any], response: Response) -> ScrapedEvent:
        """Read one event's row."""
        name = words(row["eventName"])
        day, time = wall_time(row.get("startDateTime") or field(dict(row), "eventDate", response.url), response.url)
        start = self.when(day, time)
        remarks = [words(row.get(label)) for label in ("eventDescription", "eventNotice")]
        location = location_of(row.get("eventLocation"))
        documents = self.documents(row)
        told = [words(row.get("agendaName")), *remarks, location, *(one.name for one in documents)]
        client = self.client or client_of(row)
        return ScrapedEvent(
            key=f"event:{row['id']}",
            name=name or words(row.get("agendaName")) or "Meeting",
            body=words(row.get("categoryName") or row.get("eventCategoryName")) or None,
            starts_at=start.starts_at,
            start_text=start.start_text,
            timezone=start.timezone,
            location=location,
            status=status_of(day, name, *told),
            url=f"{portal(client)}/event/{row['id']}/overview" if client else None,
            documents=documents,
            description=next((remark for remark in remarks if remark), None),
        )

    def documents(self, row: Mapping[str, Any]) -> list[ScrapedDocument]:
        """Return an event's published files, under the address that answers with the file itself."""
        client = self.client or client_of(row)
        found = []
        for one in row.get("publishedFiles") or ():
            name = words(one.get("name"))
            kind = document_kind(words(one.get("type")), name)
            if kind is None or client is None:
                continue
            if kind == "attachment":
                # "Other" and "Attachment" are types that say nothing; the name may.
                kind = document_kind(name) or kind
            if one.get("fileId"):
                url = f"{api(client)}/Meetings/GetMeetingFileStream(fileId={one['fileId']},plainText=false)"
            elif one.get("url"):
                url = f"{portal(client)}/{str(one['url']).lstrip('/')}"
            else:
                continue
            found.append(file(kind, url, name or words(one.get("type"))))
        return distinct(found)

    def parse_agenda(self, response: Response) -> Iterator[Any]:
        """Read one meeting's agenda: sections, items and the items under them."""
        data = data_of(response)
        if not isinstance(data, dict) or not isinstance(data.get("items"), list):
            raise not_ours("no agenda of CivicClerk's", response.url)
        if data.get("agendaIsPublish") is False:
            yield ScrapedSkip(reason="not_published", url=response.url, what="agenda")
            return
        event_key = self.facts(response).get("event_key") or f"agenda:{data.get('id')}"
        yield from self.agenda(agenda_items(data["items"], event_key, response.url), response)

    def parse_categories(self, response: Response) -> Iterator[Any]:
        """Read the list of bodies: known and left out, it tells of no meeting."""
        data = data_of(response)
        rows = rows_of(data)
        label = next((name for name in CATEGORY_NAMES if bearing(rows, "id", name)), None)
        if not listed(data) or (rows and (label is None or bearing(rows, "eventName"))):
            raise not_ours("no categories of CivicClerk's", response.url)
        names = [words(row[label]) for row in rows if label]
        yield ScrapedSkip(
            reason="categories" if rows else "empty", url=response.url, what="; ".join(filter(None, names))
        )

    def parse_old_portal(self, response: Response) -> Iterator[Any]:
        """Read the old portal's grids of current, upcoming and recent meetings."""
        if not is_old_portal(response):
            yield from self.parse_events(response)
            return
        events = []
        for row in old_rows(response):
            start = self.when(row.day, row.time)
            events.append(
                ScrapedEvent(
                    key=f"event:{row.number}",
                    name=row.name,
                    starts_at=start.starts_at,
                    start_text=start.start_text,
                    timezone=start.timezone,
                    status=status_of(row.day, row.name, *row.remarks),
                    url=response.urljoin(f"/Web/Player.aspx?id={row.number}&key=-1&mod=-1&mk=-1&nov=0"),
                )
            )
        yield from self.listed(merged(events), response)


def api(client: str | None) -> str:
    """Return the address of a tenant's service."""
    return f"https://{client}.api.civicclerk.com/v1"


def portal(client: str | None) -> str:
    """Return the address of a tenant's portal."""
    return f"https://{client}.portal.civicclerk.com"


def native(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row under the service's own field names."""
    if "meeting_id" not in row or "assets" not in row:
        return row
    return {EXPORTED.get(name, name): value for name, value in row.items()}


def client_of(row: Mapping[str, Any]) -> str | None:
    """Return the tenant's name from the path of one of its files; a site that embeds the list does not tell it."""
    for one in row.get("publishedFiles") or ():
        match = STREAM.match(str(one.get("url") or ""))
        if match:
            return match["client"].lower()
    return None


def left_out(row: Mapping[str, Any]) -> str | None:
    """Return why a row is no public meeting, or None if it is one."""
    if row.get("isDeleted"):
        return "deleted"
    published = row.get("isPublished")
    if published is False or (isinstance(published, str) and published.strip().casefold() not in ("", "published")):
        return "not_published"
    return None


def location_of(row: object) -> str | None:
    """Return an event's place: name, both address lines, then city, state and code as they are written together."""
    if not isinstance(row, Mapping):
        return None
    state = " ".join(filter(None, (words(row.get("state")), words(row.get("zipCode")))))
    return place_of(row.get("name"), row.get("address1"), row.get("address2"), row.get("city"), state)
