"""The bill status page of cga.ct.gov: title, purpose, sponsors, papers, votes and history of one bill."""

import datetime as dt
import posixpath
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit

from parsel import Selector
from scrapy.http import Response

from crawler.errors import LayoutChanged, WrongPage
from crawler.items import ScrapedDocument, ScrapedSponsor, ScrapedVote
from crawler.select import one, optional, select, squeeze, text_of
from crawler.spiders.states.ct_numbers import FIRST_HOUSE_BILL, BillNumber, numbers_in
from crawler.spiders.states.ct_votes import vote_number
from crawler.when import read_date

NO_SUCH_BILL = "not found in Database"
SESSION_YEAR = re.compile(r"Session Year\s*(\d{4})", re.IGNORECASE)
BARE_NUMBER = re.compile(r"\b(?:Bill|Act)\s+No\.\s*(\d{1,5})", re.IGNORECASE)
PRINTED_DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")

PAPER = re.compile(
    r"/(?:[a-z]*\d{4}|[a-z]{2,4}data)/(?P<folder>tob|fc|act|pa|sa|fn|ba|amd|jfr|vote|ts|tsdata)/", re.IGNORECASE
)
KINDS = {
    "tob": "version",
    "fc": "version",
    "act": "version",
    "pa": "version",
    "sa": "version",
    "fn": "fiscal_note",
    "ba": "analysis",
    "amd": "amendment",
    "jfr": "report",
    "vote": "vote",
    "ts": "vote",
    "tsdata": "vote",
}
"""Folders of the site by the kind of paper they hold: text of bill, file copy, act, fiscal note, analysis, …"""

PREFERENCE = (".pdf", ".htm", ".html", ".docx", ".doc")
"""Of a paper's twins the first is read: the PDF has the pages that mentions are cited by."""


@dataclass(frozen=True)
class Heading:
    """Which bill a page is about."""

    number: BillNumber
    session: str


def check_exists(response: Response) -> None:
    """Raise WrongPage `not_found` if the site answers, at HTTP 200, that there is no such bill."""
    if NO_SUCH_BILL.lower() in response.text.lower():
        raise WrongPage("the site says that there is no such bill", reason="not_found", url=response.url)


def heading_of(response: Response) -> Heading:
    """Return the heading's bill and session; WrongPage if it is another bill than the address asks for."""
    heading = one(response, "//h3[contains(translate(., 'SEIONYAR', 'seionyar'), 'session year')]")
    text = text_of(heading)
    session = SESSION_YEAR.search(text)
    if session is None:
        raise LayoutChanged(f"the heading {text!r} names no session year", url=response.url)
    asked = asked_number(response.url)
    printed = next(iter(numbers_in(text)), None) or bare_number(text)
    if printed is not None and asked is not None and printed != asked:
        message = f"the page is about {printed.identifier}, not {asked.identifier}"
        raise WrongPage(message, reason="other_bill", url=response.url)
    number = printed or asked
    if number is None:
        raise LayoutChanged(f"the heading {text!r} names no bill", url=response.url)
    return Heading(number, session[1])


def asked_number(url: str) -> BillNumber | None:
    """Return the bill that an address asks for; None where it gives a bare number."""
    query = {name.lower(): values for name, values in parse_qs(urlsplit(url).query).items()}
    return BillNumber.read(query.get("bill_num", [""])[0])


def bare_number(text: str) -> BillNumber | None:
    """Return the bill of a heading without a chamber ("Raised Bill No. 7200"); its number tells the chamber."""
    match = BARE_NUMBER.search(text)
    if match is None:
        return None
    number = int(match[1])
    return BillNumber("HB" if number >= FIRST_HOUSE_BILL else "SB", number)


def title_of(response: Response) -> str | None:
    """Return the title; None while the site has not printed it, which it does some days after a number is given."""
    titles = select(response, "//h3[contains(translate(., 'SEIONYAR', 'seionyar'), 'session year')]/following::h4")
    if not titles:
        raise LayoutChanged("no title follows the heading", url=response.url)
    title = text_of(titles[0])
    if title.lower().startswith("bill history"):
        raise LayoutChanged("no title stands between the heading and the history", url=response.url)
    return title or None


def summary_of(response: Response) -> str | None:
    """Return the statement of purpose; None on emergency certified bills and acts, which have none."""
    paragraphs = [text_of(node) for node in select(response, "p.text-justify")]
    return next(filter(None, paragraphs), None)


def sponsors_of(response: Response) -> list[ScrapedSponsor]:
    """Return introducers and co-sponsors as printed: members by link, committees and agencies as plain lines."""
    sponsors: dict[str, ScrapedSponsor] = {}
    for head in select(response, "//h5[contains(translate(., 'SPONRITDUC', 'sponritduc'), 'introduced by')]"):
        for name in lines_after(head):
            sponsors.setdefault(name, sponsor(name, primary=True))
    for head in select(response, "//h5[contains(translate(., 'SPONR', 'sponr'), 'sponsor')]"):
        for name in lines_after(head):
            sponsors.setdefault(name, sponsor(name, primary=is_primary(head)))
    # Members are known by their link wherever the page's columns put them.
    for link in select(response, "//a[contains(translate(@href, 'CGAMEBRILS', 'cgamebrils'), 'cgamemberbills.asp')]"):
        name = text_of(link)
        heads = select(link, "preceding::h5[1]")
        if name and heads:
            sponsors.setdefault(name, sponsor(name, primary=is_primary(heads[0])))
    return list(sponsors.values())


def sponsor(name: str, *, primary: bool) -> ScrapedSponsor:
    return ScrapedSponsor(name=name, classification="sponsor" if primary else "cosponsor", primary=primary)


def is_primary(head: Selector) -> bool:
    """Return whether those below a heading brought the bill in, or joined it."""
    return not re.search(r"co-?\s?sponsor", text_of(head), re.IGNORECASE)


def lines_after(head: Selector) -> list[str]:
    """Return the lines between a heading and the next heading or table, as <br> and block elements part them."""
    lines, current = [], ""
    for node in head.xpath("following-sibling::node()"):
        tag = node.root.tag if not isinstance(node.root, str) else None
        if tag in ("h3", "h4", "h5", "table"):
            break
        if tag is None:
            current += str(node.root)
            continue
        if tag in ("br", "p", "div", "li", "ul"):
            lines.append(current)
            current = ""
        if tag in ("ul", "div", "p"):
            lines += [text_of(part) for part in select(node, ".//li | .//a")] or [text_of(node)]
        elif tag != "br":
            current += " " + text_of(node)
    lines.append(current)
    return [line for line in (squeeze(line).strip(",; ") for line in lines) if line]


def papers_of(response: Response, session: str) -> tuple[list[ScrapedDocument], list[ScrapedVote]]:
    """Return every paper that the page links to, of twins the best one marked to be read, and the votes."""
    found: dict[str, ScrapedDocument] = {}
    read: dict[str, str] = {}
    votes: dict[str, ScrapedVote] = {}
    for link in select(response, "//a[@href]"):
        url = urljoin(response.url, link.attrib["href"].strip())
        match = PAPER.search(urlsplit(url).path)
        if match is None or session not in url or url in found:
            continue
        kind = KINDS[match["folder"].lower()]
        stem, extension = posixpath.splitext(posixpath.basename(urlsplit(url).path).lower())
        if extension in (".docx", ".doc") and stem in read:
            continue  # The word processor's file of a paper that is already listed.
        name = re.sub(r"\s*\[\w+\]\s*$", "", text_of(link)) or None
        if kind == "vote":
            votes.setdefault(url, ScrapedVote(motion=name or "Vote", url=url, identifier=vote_number(url)))
            continue
        found[url] = ScrapedDocument(kind=kind, url=url, name=name)
        best = read.get(stem)
        if best is None or rank(extension) < rank(posixpath.splitext(urlsplit(best).path)[1].lower()):
            read[stem] = url
    chosen = set(read.values())
    documents = [
        document if url in chosen else document.model_copy(update={"fetch": False}) for url, document in found.items()
    ]
    return documents, list(votes.values())


def rank(extension: str) -> int:
    return PREFERENCE.index(extension) if extension in PREFERENCE else len(PREFERENCE)


def history_of(response: Response) -> list[tuple[dt.date | None, str]]:
    """Return the dated steps, oldest first; empty where the bill has not had one. The page lists the newest first."""
    if not select(response, "//table[@summary]"):
        raise LayoutChanged("the page has none of its tables", url=response.url)
    # A bill that has just got its number has no history yet.
    table = optional(response, "//table[translate(@summary, 'BH', 'bh') = 'bill history']")
    steps: list[tuple[dt.date | None, str]] = []
    for row in select(table, ".//tr[td]") if table is not None else ():
        cells = [text_of(cell) for cell in select(row, "./td")]
        printed = next((index for index, cell in enumerate(cells) if PRINTED_DATE.fullmatch(cell)), None)
        description = squeeze(" ".join(cells[printed + 1 :] if printed is not None else cells))
        if description:
            day = read_date(cells[printed], "%m/%d/%Y", url=response.url) if printed is not None else None
            steps.append((day, description))
    steps.reverse()
    return sorted(steps, key=lambda step: step[0] or dt.date.min)
