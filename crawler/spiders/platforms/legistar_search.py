"""InSite's search for matters: the form, its results, and their export to a spreadsheet (which is HTML)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scrapy.http import Request, Response

from crawler.errors import LayoutChanged
from crawler.items import ScrapedAction, ScrapedBill, ScrapedSkip, ScrapedSponsor
from crawler.select import select
from crawler.spiders.platforms.legistar_base import LegistarBase, selector_of
from crawler.spiders.platforms.legistar_grid import FILE_NUMBER, Row, grids, is_matter_grid, next_page
from crawler.spiders.platforms.legistar_words import action_classes, is_available, query_value
from crawler.when import read_date

STEPS = (r"^(file )?created|^file created", r"introduced|^intro", r"^on agenda|agenda date", r"final action|^passed")


class LegistarSearch(LegistarBase):
    """Roles of the pages that list matters."""

    def legislation(self, response: Response) -> Iterator[Any]:
        """List the matters of a search's result, as a page or as its export."""
        page = selector_of(response)
        found = [grid for grid in grids(page, response.url) if is_matter_grid(grid)]
        if not found:
            raise LayoutChanged("no grid of matters", url=response.url)
        grid, facts = found[0], self.facts(response)
        for row in grid.rows:
            yield from self.matter_row(row, response.url, facts)
        if grid.rows:
            target = next_page(grid, response.url)
            if target is not None:
                yield self.form_request(response, target, facts=facts)
            return
        yield ScrapedSkip(reason="empty", url=response.url, what=grid.notice or "no matters")
        yield from self.search(response, facts)

    def matter_row(self, row: Row, url: str, facts: Mapping[str, Any]) -> Iterator[Any]:
        """Yield the matter of one row, or, in a crawl, the request for its page, which tells all of it."""
        details = row.link(r"LegislationDetail\.aspx")
        # Some clients leave minor matters without a file number; the site's own number still tells them apart.
        number = row.text(*FILE_NUMBER) or (query_value(details, "ID") if details else None)
        if not number:
            yield ScrapedSkip(reason="no_identifier", url=details or url, what=row.text(r"^title$", r"name") or None)
            return
        if not (facts.get("sweep") and details):
            yield matter_of(row, number, details, url)
        if details:
            yield self.matter_request(details, facts)

    def search(self, response: Response, facts: Mapping[str, Any]) -> Iterator[Request]:
        """Yield the searches a crawl makes from the empty form, one after another (their answers share an address)."""
        for word in facts.get("probe", ()):
            field = "ctl00$ContentPlaceHolder1$txtSearch"
            if not select(response, f'input[name="{field}"]'):
                field = "ctl00$ContentPlaceHolder1$txtText"
            extra = {field: word, "ctl00$ContentPlaceHolder1$btnSearch": "Search Legislation"}
            yield self.form_request(response, "", extra=extra, facts={"sweep": facts.get("sweep")})


def matter_of(row: Row, number: str, details: str | None, url: str) -> ScrapedBill:
    """Read one row of a search's result."""
    title, name = row.text(r"^title$", r"\btitle\b"), row.text(r"^(short )?name$")
    native = query_value(details, "ID") if details else None
    sponsors = []
    for pattern, primary in ((r"prime sponsor|^sponsor$", True), (r"^(?!prime).*sponsors$", False)):
        names = row.text(pattern)
        # Some clients count the sponsors in that column instead of naming them.
        if names and not names.isdigit():
            sponsors += [ScrapedSponsor(name=part, primary=primary) for part in re.split(r"\s*[,;]\s+", names) if part]
    actions = []
    for cell in row.cells:
        if any(re.search(pattern, cell.header, re.IGNORECASE) for pattern in STEPS) and is_available(cell.text):
            step = cell.header
            actions.append(
                ScrapedAction(date=read_date(cell.text, url=url), description=step, classification=action_classes(step))
            )
    enactment = row.text(r"enactment|law (number|#|no)")
    return ScrapedBill(
        key=f"matter:{native}" if native else f"file:{number}",
        identifier=number,
        title=title or name or None,
        summary=name if title and name and name != title else None,
        body=row.text(r"committee|in control|controlling|^body") or None,
        classification=row.text(r"^type$|\btype\b").lower() or None,
        status=row.text(r"^status$|\bstatus\b") or None,
        url=details,
        aliases=[enactment] if enactment else None,
        actions=actions or None,
        sponsors=sponsors or None,
    )
