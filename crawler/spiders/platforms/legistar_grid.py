"""Legistar's grids (Telerik RadGrid), read by the text of their headers: names and order differ by client."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from parsel import Selector

from crawler.errors import LayoutChanged, Truncated
from crawler.select import select, squeeze, text_of
from crawler.spiders.platforms.legistar_words import is_available

GRID_ID = re.compile(r"grid\w+_ctl00$", re.IGNORECASE)
NOT_A_ROW = re.compile(r"\brg(NoRecords|Pager|GroupHeader|FilterRow|Footer|CommandRow|EditForm)\b")
POSTBACK = re.compile(r"__doPostBack\('([^']+)'")
SCRIPT_WINDOW = re.compile(r"(?:radopen|window\.open|OpenTelerikWindow)\('([^']+)'", re.IGNORECASE)
PAGES = re.compile(r"Page (\d+) of (\d+) ?, items (\d+) to (\d+) of (\d+)", re.IGNORECASE)
RECORDS = re.compile(r"^([\d,]+) records?\b", re.IGNORECASE)
COUNTED = re.compile(r"^(?:Calendar|Meetings) \(([\d,]+)\)$", re.IGNORECASE)

FILE_NUMBER = (
    r"^(file|record|matter|legislation|item|bill|reference|document|case)\W*(#|no\b|num|id)",
    r"^file\b",
    r"^(legislative )?(file|id)$",
)


@dataclass(frozen=True)
class Cell:
    """One cell: its text, the remark in italics under it, its links and the windows its scripts open."""

    header: str
    text: str
    remark: str = ""
    links: tuple[tuple[str, str], ...] = ()
    windows: tuple[str, ...] = ()
    lines: str = ""
    """The text with its line breaks, which part the lines of a place."""
    titles: tuple[str, ...] = ()
    """What the cell's links say when they are pointed at."""


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]

    def find(self, *patterns: str) -> Cell | None:
        """Return the first cell whose header matches one of the patterns, in the patterns' order."""
        for pattern in patterns:
            for cell in self.cells:
                if re.search(pattern, cell.header, re.IGNORECASE):
                    return cell
        return None

    def text(self, *patterns: str) -> str:
        """Return that cell's text; "" where there is no such column or it says "Not available"."""
        cell = self.find(*patterns)
        return cell.text if cell and is_available(cell.text) else ""

    def link(self, pattern: str) -> str | None:
        """Return the first link of the row, or window its scripts open, whose address matches."""
        for cell in self.cells:
            for address in (*(url for _label, url in cell.links), *cell.windows):
                if re.search(pattern, address, re.IGNORECASE):
                    return address
        return None


@dataclass(frozen=True)
class Grid:
    """One grid of a page."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    notice: str = ""
    """What stands in the place of rows: "No records to display."."""
    node: Any = field(default=None, repr=False, compare=False)

    def has(self, pattern: str) -> bool:
        """Return whether a column's header matches."""
        return any(re.search(pattern, header, re.IGNORECASE) for header in self.headers)


def grids(page: Any, url: str) -> list[Grid]:
    """Return the grids of a page (or of an exported table) in reading order; LayoutChanged for a crooked one."""
    found = []
    for table in select(page, "table"):
        name = table.attrib.get("id", "")
        if "rgMasterTable" in table.attrib.get("class", "") or GRID_ID.search(name):
            headers = tuple(header_of(cell) for cell in header_cells(table))
            rows = tuple(row_of(row, headers, url) for row in body_rows(table))
            notice = text_of(next(iter(select(table, ".rgNoRecords")), None))
            found.append(Grid(name, headers, rows, notice, table))
    return found


def header_cells(table: Selector) -> list[Selector]:
    """Return the header cells of the grid itself; pagers bring tables with headers of their own."""
    cells = table.xpath("./thead/tr/th | ./tr/th | ./tbody/tr/th")
    return [cell for cell in cells if not re.search(r"rg(Group|Expand)Col", cell.attrib.get("class", ""))]


def header_of(cell: Selector) -> str:
    """Return a header's text, its sort button's label, or the alternative text of its picture."""
    labels = [text_of(cell), *cell.xpath(".//input/@value | .//img/@alt").getall()]
    return next((squeeze(label) for label in labels if squeeze(label)), "")


def body_rows(table: Selector) -> Iterator[Selector]:
    """Yield the rows that hold records."""
    for row in table.xpath("./tbody/tr[td] | ./tr[td]"):
        if not NOT_A_ROW.search(row.attrib.get("class", "")):
            yield row


def row_of(row: Selector, headers: tuple[str, ...], url: str) -> Row:
    """Read one row; a row that does not fit the headers would put values under wrong names."""
    cells = [cell for cell in row.xpath("./td") if not re.search(r"rg(Group|Expand)Col", cell.attrib.get("class", ""))]
    if len(cells) != len(headers):
        raise LayoutChanged(f"a grid row has {len(cells)} cells under {len(headers)} headers", url=url)
    return Row(tuple(cell_of(cell, header, url) for cell, header in zip(cells, headers, strict=True)))


def cell_of(cell: Selector, header: str, url: str) -> Cell:
    """Read one cell; the comment on a meeting stands in italics under its place."""
    remark = squeeze(" ".join(cell.xpath(".//em//text()").getall()))
    text = squeeze(" ".join(cell.xpath(".//text()[not(ancestor::em or ancestor::script or ancestor::style)]").getall()))
    titles = tuple(map(squeeze, cell.xpath(".//a/@title").getall()))
    return Cell(header, text, remark, links_of(cell, url), windows_of(cell, url), lines_of(cell), titles)


def lines_of(node: Selector) -> str:
    """Return an element's text by lines, blank ones and remarks in italics left out."""
    pieces = node.xpath(".//text()[not(ancestor::em or ancestor::script or ancestor::style)] | .//br")
    text = "".join(piece.get() if isinstance(piece.root, str) else "\n" for piece in pieces)
    return "\n".join(filter(None, map(squeeze, text.splitlines())))


def links_of(node: Selector, url: str) -> tuple[tuple[str, str], ...]:
    """Return label and address of the links below an element that lead to another page or file."""
    found = []
    for link in node.css("a[href]"):
        href = link.attrib["href"].strip()
        if href and not re.match(r"(#|javascript:|mailto:|tel:)", href, re.IGNORECASE):
            found.append((text_of(link), urljoin(url, href)))
    return tuple(found)


def windows_of(node: Selector, url: str) -> tuple[str, ...]:
    """Return the addresses that scripts on links open in a window of their own."""
    found = [match for script in node.css("a::attr(onclick)").getall() for match in SCRIPT_WINDOW.findall(script)]
    return tuple(urljoin(url, address) for address in found)


def next_page(grid: Grid, url: str) -> str | None:
    """Return the postback target of the page after this one, None on the last; Truncated if no way leads on."""
    following = grid.node.xpath("(.//a[contains(@class,'rgCurrentPage')])[1]/following-sibling::a[1]/@href").get()
    if following and (match := POSTBACK.search(following)):
        return match.group(1)
    counts = PAGES.search(" ".join(text_of(node) for node in grid.node.css(".rgInfoPart")))
    if counts is None or int(counts[1]) >= int(counts[2]):
        return None
    button: str | None = grid.node.css("input.rgPageNext::attr(name)").get()
    if button is None:
        raise Truncated(f"page {counts[1]} of {counts[2]} shows no way to the next", url=url)
    return button


def unlisted(page: Any, grid: Grid) -> int:
    """Return how many records the page counts beyond the rows of a grid that has no pager."""
    if grid.node.css(".rgInfoPart, .rgNumPart"):
        return 0
    for label in page.css("span::text").getall():
        match = RECORDS.match(squeeze(label)) or COUNTED.match(squeeze(label))
        if match:
            return max(int(match[1].replace(",", "")) - len(grid.rows), 0)
    return 0


def form_fields(page: Any, url: str) -> dict[str, str]:
    """Return what a browser would send of the page's form without any button: its hidden state and its choices."""
    forms = [form for form in select(page, "form") if form.css("input[name='__VIEWSTATE']")]
    if not forms:
        raise LayoutChanged("the page has no form to ask for its other views with", url=url)
    fields: dict[str, str] = {}
    for node in forms[0].css("input[name], textarea[name]"):
        kind = node.attrib.get("type", "text").lower()
        if kind in ("submit", "image", "button", "reset", "file"):
            continue
        if kind in ("checkbox", "radio") and "checked" not in node.attrib:
            continue
        fields[node.attrib["name"]] = node.attrib.get("value", "on" if kind in ("checkbox", "radio") else "")
    for node in forms[0].css("select[name]"):
        chosen = node.css("option[selected]") or node.css("option")
        if chosen:
            fields[node.attrib["name"]] = chosen[0].attrib.get("value", text_of(chosen[0]))
    return fields


def is_matter_grid(grid: Grid) -> bool:
    """Return whether a grid lists matters: it has a column of file numbers."""
    return any(grid.has(pattern) for pattern in FILE_NUMBER)
