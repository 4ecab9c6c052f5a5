"""InSite's page of one meeting: its head, its files, and its items in a grid that is read by its headers."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from parsel import Selector
from scrapy.http import Response

from crawler.errors import LayoutChanged
from crawler.items import ScrapedAgendaItem, ScrapedCoverage, ScrapedDocument, ScrapedEvent, ScrapedSkip
from crawler.select import squeeze, text_of
from crawler.spiders.platforms.legistar_base import LegistarBase, field_node, field_of, selector_of
from crawler.spiders.platforms.legistar_grid import FILE_NUMBER, Grid, Row, grids, lines_of, links_of, next_page
from crawler.spiders.platforms.legistar_status import meeting_status, place_of
from crawler.spiders.platforms.legistar_words import (
    distinct,
    document_kind,
    is_available,
    outcome_of,
    query_value,
    text_wanted,
)
from crawler.when import read_date

MATTER_LINK = r"LegislationDetail\.aspx"
DAY = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}|[A-Z][a-z]+ \d{1,2}, \d{4}")
ALL_ITEMS = re.compile(r"\ball (agenda )?items\b|show all", re.IGNORECASE)


class LegistarMeeting(LegistarBase):
    """Role of the page of one meeting."""

    def meeting_page(self, response: Response) -> Iterator[Any]:
        """Read one meeting's page: its head, its files, its items; then ask for what it leaves out."""
        page, facts = selector_of(response), self.facts(response)
        listed: ScrapedEvent | None = facts.get("event")
        event = self.meeting_head(page, response.url, listed)
        grid = next((grid for grid in grids(page, response.url) if "gridMain" in grid.name or is_agenda(grid)), None)
        if grid is None:
            raise LayoutChanged("no grid of agenda items", url=response.url)
        first = int(facts.get("items", 0))
        if not first:
            yield event
        items = self.items_of(grid, event, first, response.url)
        yield from items
        if not items and not first:
            yield ScrapedSkip(reason="no_items", url=response.url, what=grid.notice or None)
        for item, row in zip(items, titled(grid.rows), strict=True):
            details = row.link(MATTER_LINK)
            if details and item.bill_key and item.bill_key not in self.markers:
                yield self.matter_request(details, facts)
        yield from self.more_items(response, grid, event, first + len(items))

    def more_items(self, response: Response, grid: Grid, event: ScrapedEvent, count: int) -> Iterator[Any]:
        """Yield the request for the next rows, or for the view with all items; after the last, the coverage."""
        facts = {**self.facts(response), "event": event, "items": count}
        target = next_page(grid, response.url)
        every = all_items_choice(selector_of(response))
        if target is not None:
            yield self.form_request(response, target, facts=facts)
        elif every is not None and not facts.get("all"):
            menu, choice = every
            # Rows without a file (presentations, discussions) are hidden in the default view.
            yield self.form_request(response, menu, argument=choice, facts={**facts, "all": True, "items": 0})
        elif count:
            yield ScrapedCoverage(agendas=[event.key])

    def meeting_head(self, page: Selector, url: str, listed: ScrapedEvent | None) -> ScrapedEvent:
        """Read who meets when and where; what the calendar said of it stays, told twice it would come and go."""
        documents = [] if listed is None else list(listed.documents or [])
        name = field_of(page, "hypName", "lblName", "hypBody", "hypBodyName", "lblBody", "lblName2")
        start_text = " ".join(
            filter(None, (field_of(page, "lblDate", "lblDate2"), field_of(page, "lblTime", "lblTime2")))
        )
        match = DAY.search(start_text)
        if match is None:
            raise LayoutChanged(f"no date of the meeting in {start_text!r}", url=url)
        day = read_date(match.group(), url=url)
        documents += self.head_documents(page, url, day)
        if listed is not None:
            return listed.model_copy(update={"documents": distinct(documents)})
        start = self.starts(day, squeeze(start_text.replace(match.group(), " ")))
        place = field_node(page, "lblLocation", "lblLocation2")
        comment = field_of(page, "lblComment", "lblMessage", "lblNotes")
        state = field_of(page, "lblAgendaStatus")
        number = query_value(url, "LEGID") or query_value(url, "ID")
        return ScrapedEvent(
            key=f"event:{number}" if number else f"event:{name or 'meeting'}|{day}",
            name=name or "Meeting",
            body=name or None,
            starts_at=start.starts_at,
            start_text=start.start_text,
            timezone=start.timezone,
            location=place_of(lines_of(place)) if place is not None else None,
            status=meeting_status(
                day,
                name=name,
                remarks=[text_of(place), comment, start_text, *(document.name or "" for document in documents)],
                agenda_status=state,
            ),
            url=url,
            documents=distinct(documents),
            description=comment or None,
        )

    def head_documents(self, page: Selector, url: str, day: date) -> list[ScrapedDocument]:
        """Return the files linked outside the grids."""
        documents = []
        for link in page.xpath("//a[@href][not(ancestor::table[contains(@class,'rgMasterTable')])]"):
            for label, address in links_of(Selector(text=link.get()), url):
                if not re.search(r"View\.ashx\?", address, re.IGNORECASE) or query_value(address, "M") == "IC":
                    continue
                kind = document_kind(label) if label and is_available(label) else None
                if kind is not None:
                    wanted = text_wanted(kind, day, self.today, self.options.days_back)
                    documents.append(ScrapedDocument(kind=kind, url=address, name=label, fetch=wanted))
        return documents

    def items_of(self, grid: Grid, event: ScrapedEvent, first: int, url: str) -> list[ScrapedAgendaItem]:
        """Read the rows of an agenda; a row's key is its matter or its wording, positions shift."""
        items: list[ScrapedAgendaItem] = []
        taken: dict[str, int] = {}
        for row in titled(grid.rows):
            details = row.link(MATTER_LINK)
            native = query_value(details, "ID") if details else None
            title = item_title(row)
            part = f"matter:{native}" if native else re.sub(r"\W+", "-", title.lower()).strip("-")[:80]
            taken[part] = taken.get(part, 0) + 1
            suffix = f"#{taken[part]}" if taken[part] > 1 else ""
            items.append(
                ScrapedAgendaItem(
                    key=f"eventitem:{event.key.removeprefix('event:')}:{part}{suffix}",
                    event_key=event.key,
                    title=title,
                    identifier=row.text(*FILE_NUMBER) or None,
                    number=row.text(r"^agenda (#|no|item|num)", r"^item (#|no)") or None,
                    position=first + len(items) + 1,
                    body=event.body,
                    status=row.text(r"^status$") or None,
                    outcome=outcome_of(row.text(r"^action$", r"\baction\b(?! details)"), row.text(r"^result$")),
                    text=row.text(r"agenda note") or None,
                    url=details or event.url or url,
                    bill_key=f"matter:{native}" if native else None,
                )
            )
        return items


def is_agenda(grid: Grid) -> bool:
    """Return whether a grid looks like a meeting's items."""
    return grid.has(r"^title$") and (grid.has(r"^agenda (#|no)") or grid.has(r"^action$"))


def titled(rows: tuple[Row, ...]) -> list[Row]:
    """Return the rows that say anything: an item without wording can't be told to anyone."""
    return [row for row in rows if item_title(row)]


def item_title(row: Row) -> str:
    """Return an item's wording."""
    return (
        row.text(r"^title$", r"\btitle\b") or row.text(r"^name$") or row.text(r"agenda note") or row.text(*FILE_NUMBER)
    )


def all_items_choice(page: Selector) -> tuple[str, str] | None:
    """Return menu and position of the choice "All items", as its script would post them; None if not offered."""
    for menu in page.css("[id$='_menuMain']"):
        for outer, entry in enumerate(menu.xpath("./ul/li")):
            for inner, choice in enumerate(entry.xpath("./div/ul/li | ./ul/li")):
                if ALL_ITEMS.search(text_of(choice)):
                    return menu.attrib["id"].replace("_", "$"), f"{outer}:{inner}"
    return None
