"""AgendaCenter rows: one `tr.catAgendaRow` is one meeting of one category, with its files.

The same rows stand in the home page, a category's page, search results and the fragments that the
year tabs load. A row prints a date and never a time or a place.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from parsel import Selector

from crawler.agenda_status import meeting_status
from crawler.errors import LayoutChanged
from crawler.items import ScrapedDocument, ScrapedEvent
from crawler.select import own_text, select, squeeze, text_of
from crawler.when import read_date

FILE = re.compile(
    r"/AgendaCenter/(?:ViewFile/(?P<type>[A-Za-z]+)|PreviousVersions)/_?(?P<day>\d{8})-(?P<number>\d+)", re.IGNORECASE
)
ANCHOR = re.compile(r"^_?(?P<day>\d{8})-(?P<number>\d+)$")
AGENDA_FOR = re.compile(r"^\s*agenda for\s+", re.IGNORECASE)
CHANGE_YEAR = re.compile(r"changeYear\(\s*(?P<year>\d{4})\s*,\s*(?P<number>\d+)", re.IGNORECASE)
ARROWS = re.compile(r"^[^\w(\"'“]+|[\s▲▼►◄△▽▸▾]+$")
LABEL_KINDS = (("packet", "packet"), ("minutes", "minutes"), ("summary", "summary"), ("notice", "notice"))
NOT_FILES = re.compile(r"^(#|javascript:|mailto:|tel:|data:)", re.IGNORECASE)
FILE_PLACES = re.compile(
    r"/(AgendaCenter/(ViewFile|Document)|DocumentCenter/View|Archive\.aspx|ArchiveCenter/ViewFile)", re.IGNORECASE
)


@dataclass(frozen=True)
class Section:
    """One category of the page: its number, its name, the year it shows and those it offers."""

    number: str
    body: str | None
    shown: int | None
    offered: tuple[int, ...]


def agenda_rows(page: Any) -> list[Selector]:
    """Return the meeting rows of a page or fragment, in its order."""
    return list(select(page, "tr.catAgendaRow"))


def sections(page: Any) -> list[Section]:
    """Return the categories of a page with the years their tabs offer."""
    found = []
    for node in select(page, 'span[id^="section"]'):
        number = (node.attrib.get("id") or "").removeprefix("section")
        if not number.isdigit():
            continue
        years = {int(match["year"]) for match in CHANGE_YEAR.finditer(" ".join(node.css("a::attr(href)").getall()))}
        current = text_of(select(node, "ul.years li.current")[0]) if select(node, "ul.years li.current") else ""
        shown = int(current) if current.isdigit() else max(years, default=None)
        found.append(Section(number, body_of(node), shown, tuple(sorted(years))))
    return found


def body_of(node: Selector) -> str | None:
    """Return the category a row or section stands under: the heading of the nearest list, or the year tab's label."""
    for ancestor in reversed(node.xpath("ancestor-or-self::*[self::div or self::section]")):
        if ancestor.attrib.get("id") == "AgendaCenterContent":
            break
        for heading in select(ancestor, "./h2 | ./h3 | ./h4 | ./button/h2 | ./button/h3"):
            # The arrow that opens the list is a child of the heading on some sites and plain text on others.
            name = ARROWS.sub("", own_text(heading) or text_of(heading))
            if name:
                return name
    for tab in select(node, "ancestor-or-self::span[starts-with(@id, 'section')]//ul[@class='years']//a[@aria-label]"):
        label, _, year = squeeze(tab.attrib["aria-label"]).rpartition(" ")
        if label and year.isdigit():
            return label
    return None


def meeting_of(row: Selector, page_url: str, body: str | None) -> ScrapedEvent:
    """Read one row; LayoutChanged if it names no meeting number or no date."""
    number, day_digits = identity(row, page_url)
    cell = select(row, "./td")[0] if select(row, "./td") else row
    heading = next(iter(select(cell, "h2, h3, h4, h5")), None)
    strong = next(iter(select(cell, "strong[aria-label]")), None) or next(iter(select(cell, "strong")), None)
    day = row_date(strong, day_digits, page_url)
    posted = ""
    if heading is not None:
        posted = squeeze(text_of(heading).removeprefix(text_of(strong))).lstrip("-–— ")
    name, rest = row_name(cell, row)
    return ScrapedEvent(
        key=f"agenda-{number}",
        name=name or body or f"Meeting of {day.isoformat()}",
        body=body,
        starts_at=day.isoformat(),
        status=meeting_status(name, posted, rest) or "confirmed",
        # The row's own anchor: a search or a year's fragment is no page that a reader can open.
        url=urljoin(page_url, f"/AgendaCenter#_{day_digits}-{number}"),
        documents=documents_of(row, page_url),
        description="\n".join(part for part in (posted, rest) if part) or None,
    )


def identity(row: Selector, page_url: str) -> tuple[str, str]:
    """Return the meeting's number and the date in its file names, from links first: anchors keep stale dates."""
    matches = [match for link in row.css("a::attr(href)").getall() if (match := FILE.search(link))]
    # The agenda's own number names the meeting; an archived version bears another one.
    current = [match for match in matches if not (match["type"] or "").lower().startswith("archived")]
    if current:
        return current[0]["number"], current[0]["day"]
    for name in row.css("a::attr(name), a::attr(id)").getall():
        if anchor := ANCHOR.match(name):
            return anchor["number"], anchor["day"]
    raise LayoutChanged("a row of the agenda list names no meeting number", url=page_url)


def row_date(strong: Selector | None, digits: str, page_url: str) -> date:
    """Return the date the row prints; the one in the file name only where none is printed."""
    if strong is not None:
        label = AGENDA_FOR.sub("", squeeze(strong.attrib.get("aria-label") or "")) or text_of(strong)
        return read_date(label, url=page_url)
    return file_date(digits, page_url)


def file_date(digits: str, url: str) -> date:
    """Return the date in a file's name (MMDDYYYY); LayoutChanged if it is none."""
    return read_date(f"{digits[:2]}/{digits[2:4]}/{digits[4:]}", url=url)


def row_name(cell: Selector, row: Selector) -> tuple[str, str]:
    """Return the agenda's title, and what else the row's first cell says."""
    paragraphs = [node for node in select(cell, "p, ul, ol, div") if not node.xpath("ancestor::h3 | ancestor::h4")]
    link = next((node for node in select(cell, "a[href]") if text_of(node) and not node.xpath("ancestor::h3")), None)
    name = text_of(link) if link is not None else next((text_of(node) for node in paragraphs if text_of(node)), "")
    if not name:
        # Rows without an agenda file name the meeting only in the labels of their other files.
        for label in row.css("a::attr(aria-label)").getall():
            parts = re.match(r"^\w+ \d{1,2}, \d{4}, (?P<name>.+)\. [\w ]+$", squeeze(label))
            if parts:
                name = parts["name"]
                break
    seen = {name, ""}
    rest = []
    for node in paragraphs:
        text = squeeze(text_of(node).removeprefix(name))
        if text not in seen and not node.xpath("./p | ./ul | ./ol | ./div"):
            seen.add(text)
            rest.append(text)
    return name, "\n".join(rest)


def documents_of(row: Selector, page_url: str) -> list[ScrapedDocument]:
    """Return the row's distinct files: agenda, packet, minutes; no videos and no previous versions."""
    found: dict[str, ScrapedDocument] = {}
    for link in select(row, "a[href]"):
        href = (link.attrib.get("href") or "").strip()
        cell_class = " ".join(link.xpath("ancestor::td[1]/@class").getall()).lower()
        if NOT_FILES.match(href) or not href or "media" in cell_class or "video" in cell_class:
            continue
        url = urljoin(page_url, href)
        label = text_of(link) or squeeze(link.attrib.get("aria-label") or "").rpartition(". ")[2]
        kind = document_kind(url, label)
        if kind is None:
            continue
        in_menu = bool(link.xpath("ancestor::*[self::ol or self::ul]"))
        same = found.get(file_key(url))
        if same is None:
            found[file_key(url)] = ScrapedDocument(kind=kind, url=url, name=label or None)
        elif in_menu and label:
            # The menu names the file ("Packet"); the row's title names the meeting.
            same.name = label
    documents = list(found.values())
    plain = {file_key(document.url) for document in documents}
    for document in documents:
        if "html=true" in document.url.lower() and file_key(document.url.split("?")[0]) in plain:
            # The same agenda twice: the PDF has pages, which a mention needs.
            document.fetch = False
    return documents


def file_key(url: str) -> str:
    """Return what makes two spellings of one file's address equal: path without case, and the query that matters."""
    parts = urlsplit(url)
    query = sorted((name.lower(), value.lower()) for name, value in parse_qsl(parts.query))
    return f"{parts.path.rstrip('/').lower()}?{query}"


def document_kind(url: str, label: str) -> str | None:
    """Return the kind of file behind a link, or None if it is no document of the meeting."""
    parts = urlsplit(url)
    path, query = parts.path.lower(), parts.query.lower()
    if parts.scheme not in ("http", "https") or not FILE_PLACES.search(path):
        return None
    match = FILE.search(path)
    kind = (match["type"] or "previousversions") if match else ""
    if kind.startswith(("archived", "previous")) or "/previousversions" in path:
        return None
    if kind == "minutes":
        return "minutes"
    if kind == "agenda":
        return "packet" if "packet=true" in query or label.strip().lower() in ("packet", "agenda packet") else "agenda"
    for word, named in LABEL_KINDS:
        if word in label.lower():
            return named
    return "agenda" if "agenda" in label.lower() else "attachment"


def merged(events: list[ScrapedEvent]) -> list[ScrapedEvent]:
    """One event per meeting: rows of one number, and rows of one body, day and title, become one.

    A joint meeting is listed under each of its bodies; an agenda posted anew stands beside the old one.
    """
    kept: dict[str, ScrapedEvent] = {}
    same: dict[tuple[str | None, str, str], str] = {}
    for event in sorted(events, key=lambda event: int(event.key.removeprefix("agenda-"))):
        title = event.name.casefold()
        body = None if re.search(r"\bjoint\b", title) and " " in title else event.body
        alike = (body, event.starts_at or "", title)
        key = event.key if event.key in kept else same.get(alike)
        if key is None:
            kept[event.key] = event
            same[alike] = event.key
            continue
        first = kept[key]
        known = {file_key(document.url) for document in first.documents or ()}
        added = [document for document in event.documents or () if file_key(document.url) not in known]
        first.documents = [*(first.documents or ()), *added]
        if event.status != "confirmed":
            first.status = event.status
    order = {event.key: place for place, event in reversed(list(enumerate(events)))}
    return sorted(kept.values(), key=lambda event: order[event.key])
