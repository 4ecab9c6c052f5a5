"""The Web API's meetings, their items and votes."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import unquote, urlsplit

from scrapy.http import Request, Response

from crawler.errors import LayoutChanged, WrongPage
from crawler.items import ScrapedAgendaItem, ScrapedCoverage, ScrapedDocument, ScrapedEvent, ScrapedSkip
from crawler.select import field
from crawler.spiders.platforms.legistar_api import PAGE, LegistarApi
from crawler.spiders.platforms.legistar_base import without_token
from crawler.spiders.platforms.legistar_rows import (
    attachments_of,
    day_of,
    inner_rows,
    number_in,
    rows_of,
    sponsors_of,
    votes_of,
)
from crawler.spiders.platforms.legistar_status import meeting_status, place_of
from crawler.spiders.platforms.legistar_words import (
    EMPHASIS,
    clean,
    distinct,
    document_kind,
    outcome_of,
    split_remark,
    text_wanted,
)

FILES = (("EventAgendaFile", "agenda"), ("EventMinutesFile", "minutes"))
REMARKS = ("EventLocation", "EventComment", "EventTime")


class LegistarEvents(LegistarApi):
    """Roles of the answers that tell of meetings."""

    def api_answer(self, response: Response) -> Iterator[Any]:
        """Read JSON at an address that does not tell what it is, by the rows that stand in it."""
        data = self.data_of(response)
        for name, role in (("EventId", self.events), ("EventItemId", self.event_items), ("MatterId", self.matters)):
            if rows_of(data, name):
                yield from role(response)
                return
        if data:
            raise WrongPage("no rows of Legistar's stand in this JSON", reason="other_platform", url=response.url)
        yield ScrapedSkip(reason="empty", url=response.url)

    def events(self, response: Response) -> Iterator[Any]:
        """List meetings; their items are asked for while the meeting is near: timestamps don't tell of new ones."""
        data, facts = self.data_of(response), self.facts(response)
        rows = self.rows_in(data, response.url, "EventId")
        all_items = rows_of(data, "EventItemId")
        told: set[Any] = set()
        unread = 0
        for row in rows:
            try:
                day = day_of(field(row, "EventDate", response.url) or "", response.url)
            except LayoutChanged as error:
                # One typing error in a thousand rows must not cost the others; all of them unread is another thing.
                unread += 1
                yield ScrapedSkip(reason=error.reason, url=response.url, what=f"{row['EventId']}: {row['EventDate']}")
                continue
            event = self.event(row, day, response.url)
            yield event
            items = inner_rows(row, "EventItemId")
            items = items or [item for item in all_items if item.get("EventItemEventId") == row["EventId"]]
            if items:
                told |= {item["EventItemId"] for item in items}
                yield from self.items(items, event, response.url)
            elif self.in_window(day) and self.client:
                yield self.items_request(event)
        if rows and unread == len(rows):
            raise LayoutChanged("no date of the list can be read", url=response.url)
        strays = [item for item in all_items if item["EventItemId"] not in told and item.get("EventItemEventId")]
        yield from self.items(strays, None, response.url)
        if not rows:
            yield ScrapedSkip(reason="empty", url=response.url, what="no meetings")
        following = self.next_page(response, rows, "EventId")
        if following is not None:
            yield following
        elif facts.get("sweep"):
            first, last = self.window
            yield ScrapedCoverage(events_from=first, events_to=last)

    def event(self, row: dict[str, Any], day: date, url: str) -> ScrapedEvent:
        """Read one meeting's row."""
        body = clean(field(row, "EventBodyName", url))
        place, remark = split_remark(row.get("EventLocation"))
        documents = self.event_documents(row, day)
        start = self.starts(day, clean(row.get("EventTime")))
        # Marks around a remark end a statement as a line's end does.
        remarks = (EMPHASIS.sub("\n", row.get(name) or "") for name in REMARKS)
        told = [*remarks, *(document.name or "" for document in documents)]
        return ScrapedEvent(
            key=f"event:{row['EventId']}",
            name=body or "Meeting",
            body=body or None,
            starts_at=start.starts_at,
            start_text=start.start_text,
            timezone=start.timezone,
            location=place_of(place),
            status=meeting_status(day, name=body, remarks=told, agenda_status=row.get("EventAgendaStatusName")),
            url=row.get("EventInSiteURL"),
            source_urls=self.own_address(f"events/{row['EventId']}"),
            documents=documents,
            description=" · ".join(filter(None, (remark, clean(row.get("EventComment"))))) or None,
        )

    def event_documents(self, row: Mapping[str, Any], day: date) -> list[ScrapedDocument]:
        """Return agenda and minutes; a notice of cancellation may stand where the agenda should."""
        documents = []
        for name, kind in FILES:
            address = clean(row.get(name))
            if not address:
                continue
            file_name = unquote(urlsplit(address).path.rsplit("/", 1)[-1]).replace("_", " ")
            told = "notice" if document_kind(file_name) == "notice" else kind
            label = re.sub(r"\.\w{2,5}$", "", file_name) if told == "notice" else kind.capitalize()
            wanted = text_wanted(told, day, self.today, self.options.days_back)
            documents.append(ScrapedDocument(kind=told, url=address, name=label, fetch=wanted))
        return distinct(documents)

    def items_request(self, event: ScrapedEvent) -> Request:
        """Return the request for one meeting's items with notes and attachments."""
        number = event.key.removeprefix("event:")
        parameters = {"AgendaNote": "1", "MinutesNote": "1", "Attachments": "1"}
        return self.api_request(f"events/{number}/eventitems", parameters, {"event": event}, priority=-1)

    def event_items(self, response: Response) -> Iterator[Any]:
        """List one meeting's items."""
        rows = self.rows(response, "EventItemId")
        event: ScrapedEvent | None = self.facts(response).get("event")
        if not rows:
            yield ScrapedSkip(reason="empty", url=response.url, what="no items")
            return
        yield from self.items(rows, event, response.url)
        if len(rows) >= PAGE:
            # This list can't be asked to go on, so what it leaves out must not be called gone.
            yield ScrapedSkip(reason="maybe_capped", url=response.url, what=f"{len(rows)} items")
        elif event is not None:
            yield ScrapedCoverage(agendas=[event.key])

    def items(self, rows: list[dict[str, Any]], event: ScrapedEvent | None, url: str) -> Iterator[Any]:
        """Yield the items of an agenda in its order, then what more there is to know of their matters and votes."""
        for row in rows:
            if row.get("EventItemAgendaSequence") is None:
                yield ScrapedSkip(reason="not_on_agenda", url=url, what=clean(row.get("EventItemTitle")) or None)
        on_agenda = [row for row in rows if row.get("EventItemAgendaSequence") is not None]
        for row in sorted(on_agenda, key=lambda row: int(row["EventItemAgendaSequence"])):
            item = self.item(row, event, url)
            if item is None:
                yield ScrapedSkip(reason="no_title", url=url, what=str(row["EventItemId"]))
                continue
            yield item
            matters = inner_rows(row, "MatterId")
            for matter in matters:
                yield from self.matter(matter, url, {})
            if self.client is None:
                continue
            if item.bill_key and not matters and not self.known(item.bill_key):
                yield self.api_request(f"matters/{row['EventItemMatterId']}", facts={"sweep": True}, priority=-2)
            if row.get("EventItemPassedFlag") is not None and not row.get("EventItemConsent") and item.votes is None:
                # Consent items list every member without a vote; only items voted on by themselves tell who.
                motion = clean(row.get("EventItemActionName")) or item.title
                facts = {"item": item, "motion": motion, "passed": row["EventItemPassedFlag"]}
                yield self.api_request(f"eventitems/{row['EventItemId']}/votes", facts=facts, priority=-1)

    def known(self, key: str) -> bool:
        """Return whether the archive has the matter (the list of changed ones tells its news) or it is asked for."""
        return key in self.markers or key in self.begun

    def item(self, row: Mapping[str, Any], event: ScrapedEvent | None, url: str) -> ScrapedAgendaItem | None:
        """Read one item's row; None if it has no wording at all."""
        note = clean(row.get("EventItemAgendaNote"))
        title = clean(row.get("EventItemTitle")) or clean(row.get("EventItemMatterName")) or note
        if not title:
            return None
        matter = row.get("EventItemMatterId")
        action = clean(row.get("EventItemActionName"))
        result = row.get("EventItemPassedFlagName")
        attachments = inner_rows(row, "MatterAttachmentId") or inner_rows(row, "MatterAttachmentHyperlink")
        listed = "EventItemMatterAttachments" in row
        sponsors = inner_rows(row, "MatterSponsorId")
        return ScrapedAgendaItem(
            key=f"eventitem:{row['EventItemId']}",
            event_key=event.key if event else f"event:{row.get('EventItemEventId') or number_in(url, 'events')}",
            title=title,
            identifier=clean(row.get("EventItemMatterFile")) or None,
            number=clean(row.get("EventItemAgendaNumber")) or None,
            position=int(row["EventItemAgendaSequence"]),
            section="Consent" if row.get("EventItemConsent") else None,
            body=event.body if event else None,
            status=clean(row.get("EventItemMatterStatus")) or None,
            outcome=outcome_of(action, clean(result)),
            text=note if note != title else None,
            url=self.matter_url(matter) if matter else event.url if event else None,
            source_urls=self.own_address(f"eventitems/{row['EventItemId']}"),
            bill_key=f"matter:{matter}" if matter else None,
            documents=attachments_of(attachments) if listed or attachments else None,
            sponsors=sponsors_of(sponsors) if sponsors else None,
            votes=votes_of(inner_rows(row, "VoteId"), action or title, url, result) or None,
        )

    def votes(self, response: Response) -> Iterator[Any]:
        """Count the votes on one item; read alone they can only be told to exist, their rows name no item."""
        rows = self.rows(response, "VoteId")
        facts = self.facts(response)
        item: ScrapedAgendaItem | None = facts.get("item")
        found = votes_of(rows, facts.get("motion", ""), without_token(response.url), facts.get("passed"))
        if not found:
            yield ScrapedSkip(reason="empty", url=response.url, what="no vote has a value" if rows else "no votes")
        elif item is None:
            counts = ", ".join(f"{count} {choice}" for choice, count in found[0].counts.items())
            yield ScrapedSkip(reason="votes_without_item", url=response.url, what=counts)
        else:
            yield ScrapedAgendaItem(key=item.key, event_key=item.event_key, title=item.title, votes=found)
