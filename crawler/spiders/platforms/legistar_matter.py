"""InSite's pages of one matter (head, attachments, history, text) and of one vote; fields have fixed IDs."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from parsel import Selector
from scrapy.http import Response

from crawler.errors import LayoutChanged
from crawler.items import (
    ScrapedAction,
    ScrapedAgendaItem,
    ScrapedBill,
    ScrapedDocument,
    ScrapedLineage,
    ScrapedSkip,
    ScrapedSponsor,
    ScrapedVote,
)
from crawler.select import one, squeeze, text_of
from crawler.spiders.platforms.legistar_base import LegistarBase, field_of, selector_of
from crawler.spiders.platforms.legistar_grid import grids, links_of
from crawler.spiders.platforms.legistar_words import RESULTS, action_classes, distinct, query_value
from crawler.when import read_date

VERSION = re.compile(
    r"^leg(?:islati(?:on|ve))? ?(?:text|file|ver)|^(?:full|bill|ordinance|resolution) text", re.IGNORECASE
)


class LegistarMatter(LegistarBase):
    """Roles of the pages of one matter and of one vote."""

    def matter_page(self, response: Response) -> Iterator[Any]:
        """Read one matter's page: its head, attachments, history, and its text where the address asked for it."""
        page, url = selector_of(response), response.url
        number = text_of(one(page, "[id$='_lblFile2']"))
        if not number:
            raise LayoutChanged("the matter has no file number", url=url)
        native = query_value(url, "ID") or query_value(url, "LEGID")
        title, name = field_of(page, "lblTitle2"), field_of(page, "lblName2")
        attachments = page.css("[id$='_lblAttachments2'], [id$='_tblAttachments']")
        documents = [
            ScrapedDocument(kind="version" if VERSION.search(label) else "attachment", url=address, name=label or None)
            for node in attachments
            for label, address in links_of(node, url)
        ]
        enactment, indexes = field_of(page, "lblEnactmentNumber2"), field_of(page, "lblIndexes2")
        related = page.css("[id$='_lblRelatedFiles2'] a")
        yield ScrapedBill(
            key=f"matter:{native}" if native else f"file:{number}",
            identifier=number,
            title=title or name or None,
            summary=name if title and name and name != title else None,
            body=field_of(page, "hypInControlOf2", "hypInControlOf", "lblInControlOf2", "hypInControl") or None,
            classification=field_of(page, "lblType2").lower() or None,
            status=field_of(page, "lblStatus2") or None,
            text=body_text(page) or None,
            url=re.sub(r"&FullText=1", "", url),
            aliases=[enactment] if enactment else None,
            subjects=[part.strip() for part in indexes.split(",") if part.strip()] if indexes else None,
            actions=self.history(page, url),
            sponsors=sponsors_of(page),
            documents=distinct(documents),
            lineage=[ScrapedLineage(relation="related", identifier=text_of(link)) for link in related] or None,
        )

    def history(self, page: Selector, url: str) -> list[ScrapedAction]:
        """Return the dated fields of the head and the rows of the history, each step once, in order of time."""
        steps = []
        for label, fields in (("File created", "lblIntroduced2"), ("Enactment date", "lblEnactmentDate2")):
            printed = field_of(page, fields)
            if printed:
                steps.append(
                    ScrapedAction(
                        date=read_date(printed, url=url), description=label, classification=action_classes(label)
                    )
                )
        for grid in grids(page, url):
            if "gridLegislation" not in grid.name and not (grid.has(r"^action by$") and grid.has(r"^date$")):
                continue
            for row in grid.rows:
                action, result, printed = row.text(r"^action$"), row.text(r"^result$"), row.text(r"^date$")
                if not action:
                    continue
                passed = RESULTS.get(result.lower())
                step = ScrapedAction(
                    date=read_date(printed, url=url) if printed else None,
                    description=action,
                    classification=action_classes(action, passed),
                    chamber=row.text(r"^action by$") or None,
                )
                if step not in steps:
                    steps.append(step)
        return sorted(steps, key=lambda step: step.date or date.max)

    def vote_page(self, response: Response) -> Iterator[Any]:
        """Read the page of one action: a roll call, which belongs to the item that asked for it."""
        page, facts = selector_of(response), self.facts(response)
        counts: dict[str, int] = {}
        for grid in grids(page, response.url):
            for row in grid.rows if grid.has(r"^vote$") else ():
                choice = row.text(r"^vote$")
                if choice:
                    counts[choice] = counts.get(choice, 0) + 1
        item: ScrapedAgendaItem | None = facts.get("item")
        if not counts:
            yield ScrapedSkip(reason="empty", url=response.url, what="no votes")
        elif item is None:
            what = ", ".join(f"{count} {choice}" for choice, count in counts.items())
            yield ScrapedSkip(reason="votes_without_item", url=response.url, what=what)
        else:
            result = field_of(page, "lblResult").lower()
            motion = field_of(page, "lblActionText", "lblAction") or item.title
            vote = ScrapedVote(motion=motion, passed=RESULTS.get(result), counts=counts, url=response.url)
            yield ScrapedAgendaItem(key=item.key, event_key=item.event_key, title=item.title, votes=[vote])


def sponsors_of(page: Selector) -> list[ScrapedSponsor] | None:
    """Return the sponsors, the first as the primary one; None where the page has no such field."""
    nodes = page.css("[id$='_lblSponsors2']")
    if not nodes:
        return None
    names = [text_of(link) for link in nodes[0].css("a")] or re.split(r"\s*,\s+", text_of(nodes[0]))
    return [ScrapedSponsor(name=name, primary=index == 0) for index, name in enumerate(filter(None, names))]


def body_text(page: Selector) -> str:
    """Return the matter's full text by lines; "" where the page was asked without it."""
    nodes = page.css("[id$='_divText'], #divText")
    if not nodes:
        return ""
    blocks = nodes[0].xpath(".//text()[not(ancestor::script or ancestor::style)]").getall()
    return "\n".join(line for line in map(squeeze, "".join(blocks).splitlines()) if line)
