"""The General Court's web pages as scraped bills: bill page, history, petitioners, committee votes, result lists."""

import re
from collections.abc import Iterator, Sequence

from parsel import Selector
from scrapy.http import Response

from crawler.errors import LayoutChanged, WrongPage
from crawler.items import (
    ScrapedAction,
    ScrapedBill,
    ScrapedDocument,
    ScrapedLineage,
    ScrapedSponsor,
    ScrapedVote,
)
from crawler.select import one, optional, own_text, select, squeeze, text_of
from crawler.spiders.states.ma_documents import Numbers
from crawler.spiders.states.ma_history import action_of
from crawler.spiders.states.ma_names import bill_number, chamber_of, court_of, is_docket, number_of, ordinal, page_url
from crawler.when import read_date

COURT = re.compile(r"\b(\d{3})(?:st|nd|rd|th)\b", re.IGNORECASE)
BILL_LINK = re.compile(r"/Bills/(\d{3})/([HS](?:D|Res)?\d+)/?$", re.IGNORECASE)
MARKS = re.compile(r"[*%†]+|This sponsor is an original petitioner\.?", re.IGNORECASE)
COUNT = re.compile(r"^(?P<option>[A-Za-z ]+?)\s*:\s*(?P<count>\d+)$")
KIND = re.compile(r"/(?:House|Senate|Joint)/(?P<kind>[A-Za-z]+)/(?:Text|Preview)", re.IGNORECASE)
PAGE_NUMBER = re.compile(r"pageNumber=(\d+)|\(\s*'?(\d+)'?\s*\)", re.IGNORECASE)
TABS = ("BillHistory", "Cosponsor", "CommitteeVote")
"""The tabs that are asked for; a page comes with one of them open."""


def page_numbers(response: Response) -> Numbers:
    """Return the numbers of a bill's page: its heading's, and the court beside it or in the address."""
    heading = one(response, ".followable h1")
    number = bill_number(own_text(heading)) or bill_number(text_of(heading)) or number_of(response.url)
    court = COURT.search(text_of(optional(heading, ".subTitle")))
    return numbers(number, int(court[1]) if court else court_of(response.url), response.url)


def fragment_numbers(response: Response) -> Numbers:
    """Return the numbers in the address of a part of a bill's page: the part itself names none."""
    return numbers(number_of(response.url.split("?")[0]), court_of(response.url), response.url)


def numbers(number: str | None, court: int | None, url: str) -> Numbers:
    """Return a bill's numbers from one number, docket or bill; LayoutChanged if it or the court is missing."""
    if number is None or court is None:
        raise LayoutChanged("the page names no bill number or no General Court", url=url)
    return Numbers(court, None, number) if is_docket(number) else Numbers(court, number, None)


def bare_bill(own: Numbers) -> ScrapedBill:
    """Return a bill of which only the identity is known; a page adds what it tells.

    Without aliases: a page shows one of the two numbers, and must not make the archive forget the other.
    """
    return ScrapedBill(
        key=own.key,
        identifier=own.identifier,
        session=ordinal(own.court),
        body=chamber_of(own.identifier),
        url=own.url,
    )


def page_bill(response: Response) -> ScrapedBill:
    """Return what a bill's page tells; its other tabs are pages of their own."""
    own = page_numbers(response)
    root = one(response, "#contentContainer")
    # Some titles are missing for days; the list of the API has them, so None and not the heading's number.
    title = next((text for node in select(root, "./div/div/h2") if (text := text_of(node))), None)
    fields = {text_of(term).rstrip(": "): term for term in select(root, "dl.billInfo dt")}
    bill = bare_bill(own)
    bill.title = title
    bill.summary = "\n\n".join(filter(None, (text_of(optional(root, "#pinslip")), sponsor_summary(root)))) or None
    bill.classification = "proposed bill" if is_docket(own.identifier) else kind_of(root)
    if "Status" in fields:
        bill.status = text_of(one(fields["Status"], "./following-sibling::dd[1]")) or None
    if "City/Town" in fields:
        bill.subjects = [re.sub(r"\s*\(.*", "", text_of(one(fields["City/Town"], "./following-sibling::dd[1]")))]
    bill.sponsors = page_sponsors(fields) or None
    bill.documents = page_documents(root, response)
    bill.votes = committee_votes(root, response.url) or None
    bill.lineage = similar_bills(response) or None
    if open_tab(response) == "Cosponsor":
        bill.sponsors = [*(bill.sponsors or ()), *petitioners(root, bill.sponsors or ())]
    return bill


def kind_of(root: Selector) -> str | None:
    """Return the kind of legislation that the links to the text name: bill, resolve, order, …"""
    for link in select(root, ".modalBtnGroup a[href]"):
        match = KIND.search(link.attrib["href"])
        if match:
            return match["kind"].lower()
    return None


def sponsor_summary(root: Selector | Response) -> str:
    """Return the primary sponsor's own summary, when its tab is the open one."""
    for label in select(root, "label"):
        if text_of(label).rstrip(":") == "Summary":
            cell = optional(label, "./ancestor::div[1]/following-sibling::div[1]")
            return squeeze("".join(cell.xpath(".//text()").getall())) if cell is not None else ""
    return ""


def page_sponsors(fields: dict[str, Selector]) -> list[ScrapedSponsor]:
    """Return the sponsor or presenter; a committee or agency stands there without a link."""
    for name in ("Sponsor", "Presenter"):
        if name in fields:
            cell = one(fields[name], "./following-sibling::dd[1]")
            linked = [text_of(link) for link in select(cell, "a")]
            names = [person for text in linked or [text_of(cell)] if (person := squeeze(MARKS.sub("", text)))]
            return [ScrapedSponsor(name=person, classification="primary", primary=True) for person in names]
    return []


def page_documents(root: Selector, response: Response) -> list[ScrapedDocument]:
    """Return the bill's PDF; the button is there and disabled while there is no text."""
    for link in select(root, ".modalBtnGroup a[href]"):
        if "Download PDF" in text_of(link) and "disabled" not in (*link.attrib, *link.attrib.get("class", "").split()):
            url = response.urljoin(link.attrib["href"])
            return [ScrapedDocument(kind="version", url=url, name="Bill text", media_type="application/pdf")]
    return []


def similar_bills(response: Response) -> list[ScrapedLineage]:
    """Return the bills of this and former courts that the page calls similar."""
    found = []
    for link in select(response, "ul.relatedBills a.listTitle[href]"):
        match = BILL_LINK.search(link.attrib["href"])
        if match:
            found.append(ScrapedLineage(relation="similar", identifier=match[2], session=ordinal(int(match[1]))))
    return found


def committee_votes(root: Selector | Response, url: str) -> list[ScrapedVote]:
    """Return the committee votes on a page or tab, as counts."""
    votes = []
    for panel in select(root, ".committeeVote"):
        day = text_of(optional(panel, ".panel-heading small"))
        question = text_of(optional(panel, ".question")).removeprefix("Question:").strip()
        counts = {}
        for heading in select(panel, "h5"):
            match = COUNT.match(text_of(heading))
            if match:
                counts[match["option"].lower()] = int(match["count"])
        committee = text_of(one(panel, ".panel-heading h4"))
        votes.append(
            ScrapedVote(
                motion=question or "Committee vote",
                date=read_date(day, url=url) if day else None,
                counts=counts,
                identifier=committee,
            )
        )
    return votes


def open_tab(response: Response) -> str | None:
    """Return the name of the tab whose content came with a bill's page."""
    found = select(response, ".nav-tabs .active[data-href]")
    return found[0].attrib["data-href"].rsplit("/", 1)[-1] if found else None


def closed_tabs(response: Response) -> list[str]:
    """Return the addresses of the tabs that a bill's page loads when they are opened."""
    hrefs = (tab.attrib["data-href"] for tab in select(response, ".nav-tabs [data-href]:not(.active)"))
    return [response.urljoin(href) for href in hrefs if href.rsplit("/", 1)[-1] in TABS]


def history_rows(root: Selector | Response, url: str) -> list[ScrapedAction]:
    """Return the lines of one page of a bill's history; WrongPage if it is not one."""
    if not select(root, "table"):
        raise WrongPage("the page has no table of actions", reason="no_history", url=url)
    actions = []
    for row in select(root, "tbody tr"):
        cells = select(row, "td")
        if len(cells) >= 3 and text_of(cells[0]):
            actions.append(action_of(text_of(cells[0]), text_of(cells[1]), text_of(cells[2]), url))
    return actions


def last_page(response: Response) -> int:
    """Return the number of the last page of a paged tab: it stands only in the paginator's scripts and links."""
    found = [1]
    for link in select(response, "ul.pagination a, ul.pagination-sm a"):
        words = f"{link.attrib.get('onclick', '')} {link.attrib.get('href', '')}"
        found += [int(match[1] or match[2]) for match in PAGE_NUMBER.finditer(words)]
    return max(found)


def petitioners(root: Selector | Response, known: Sequence[ScrapedSponsor] = ()) -> list[ScrapedSponsor]:
    """Return the names of the petitioners' tab that are not known yet; marks beside them tell who signed first."""
    found = {sponsor.name.casefold(): sponsor for sponsor in known}
    for row in select(root, "tbody tr"):
        cells = select(row, "td")
        name = squeeze(MARKS.sub("", text_of(cells[0]))) if cells else ""
        if name:
            found.setdefault(name.casefold(), ScrapedSponsor(name=name, classification="cosponsor"))
    return list(found.values())[len(known) :]


def result_bills(response: Response) -> Iterator[ScrapedBill]:
    """Yield the bills of a table of results: the site's search, a committee's bills."""
    for table in select(response, "//table[.//a[contains(@href, '/Bills/')]]"):
        columns = [text_of(cell).lower() for cell in select(table, "thead th, tr:first-child th")]
        at = next((place for place, name in enumerate(columns) if "title" in name), None)
        for row in select(table, "tbody tr"):
            links = (BILL_LINK.search(link.attrib["href"]) for link in select(row, "a[href]"))
            match = next((found for found in links if found), None)
            if match is None:
                continue
            bill = bare_bill(numbers(bill_number(match[2]), int(match[1]), response.url))
            cells = select(row, "td")
            if at is not None and len(cells) == len(columns):
                bill.title = text_of(cells[at]) or None
            yield bill


def court_refinement(response: Response, court: int) -> str | None:
    """Return the token by which the search page narrows its results to one court, or None."""
    for label in select(response, "[data-refinername='lawsgeneralcourt'] label"):
        match = COURT.search(text_of(label))
        token = optional(label, "input[data-refinertoken]")
        if match and int(match[1]) == court and token is not None:
            return token.attrib["data-refinertoken"].strip('"')
    return None


def hearing_ids(response: Response) -> list[str]:
    """Return the ids of the hearings that a page links, in its order, each once."""
    links = select(response, "a[href*='/Events/Hearings/Detail/']")
    found = (re.search(r"/Events/Hearings/Detail/(\d+)", link.attrib["href"], re.IGNORECASE) for link in links)
    return list(dict.fromkeys(match[1] for match in found if match))


def text_page(response: Response) -> ScrapedBill:
    """Return the bill whose text the "View Text" window shows."""
    bill = bare_bill(fragment_numbers(response))
    body = optional(response, ".modal-body")
    body = body if body is not None else one(response, "body")
    paragraphs = [text_of(node) for node in select(body, "p, h1, h2, h3, h4, li")] or [text_of(body)]
    bill.text = "\n".join(filter(None, paragraphs)) or None
    bill.url = page_url(int(bill.key.split(":")[0]), bill.identifier)
    return bill
