"""The HTML of a CivicWeb agenda as items: a table of rows, each a number, a wording and attachments; pure."""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

from parsel import Selector

from crawler.agenda_text import split_agenda, stable_keys
from crawler.items import ScrapedAgendaItem, ScrapedDocument
from crawler.select import select, squeeze, text_of
from crawler.spiders.platforms.json_rows import distinct, document_kind
from crawler.spiders.platforms.window import file

ATTACHMENTS = 'a[href*="/document/"]'
FORMS = (
    ("decimal", re.compile(r"\d{1,3}(?:\.\d{1,3})+\.?")),
    ("bracketed", re.compile(r"\(\d{1,3}\)|\d{1,3}\)")),
    ("number", re.compile(r"\d{1,3}\.?")),
    ("roman", re.compile(r"\(?[IVXL]{2,6}[.)]?")),
    ("capital", re.compile(r"\(?[A-Z]{1,2}[.)]")),
    ("small_roman", re.compile(r"\(?[ivxl]{2,6}[.)]")),
    ("small", re.compile(r"\(?[a-z][.)]")),
)
HEADING_WORDS = 12
BREAKS = re.compile(r"(?i)<(br|/p|/tr|/div|/li|/h\d)\b")


@dataclass
class Row:
    """One numbered row; `text` is its wording after the title, `links` its attachments."""

    number: str
    form: str
    title: str
    text: str
    heading: str | None
    links: list[ScrapedDocument] = field(default_factory=list)


def heading_of(html: str) -> str:
    """Return the word at a document's head that says what it is, from its anchor, its title or its first line."""
    if not html:
        return ""
    page = Selector(text=html, type="html")
    anchor = select(page, 'a[name="Agenda"], a[name="Minutes"]')
    if anchor:
        return anchor[0].attrib["name"]
    title = text_of(next(iter(select(page, "title")), None))
    named = re.search(r"-\s*(Agenda|Minutes)\b[^-]*(?:-\s*html)?\s*$", title, re.IGNORECASE)
    return named[1] if named else ""


def agenda_items(html: str, event_key: str, url: str, page_url: str) -> list[ScrapedAgendaItem]:
    """Return the agenda's lines; where no row is numbered, those that its text numbers itself."""
    page = Selector(text=html, type="html")
    rows = numbered_rows(page, page_url)
    if not rows:
        return items_of_text(html, event_key, url)
    kept: list[tuple[Row, str | None]] = []
    order = list(dict.fromkeys(row.form for row in rows))
    section: str | None = None
    for at, row in enumerate(rows):
        level = order.index(row.form)
        deeper = at + 1 < len(rows) and order.index(rows[at + 1].form) > level
        if level == 0:
            section = None
        if deeper and not row.links:
            # A heading with lines under it is no line of its own.
            section = row.title
            continue
        kept.append((row, " – ".join(filter(None, (section, row.heading if level else None))) or None))
    keys = stable_keys(event_key, [row.title for row, _ in kept])
    return [
        ScrapedAgendaItem(
            key=key,
            event_key=event_key,
            title=row.title,
            number=row.number,
            position=position,
            section=place,
            text=row.text or None,
            url=url,
            documents=row.links,
        )
        for position, (key, (row, place)) in enumerate(zip(keys, kept, strict=True), start=1)
    ]


def numbered_rows(page: Selector, page_url: str) -> list[Row]:
    """Return the rows whose first cell is a number or letter; a row of capitals alone heads those after it."""
    found: list[Row] = []
    heading: str | None = None
    for node in select(page, "//tr[not(.//table)]"):
        cells = select(node, "./td | ./th")
        texts = [text_of(cell) for cell in cells]
        filled = [text for text in texts if text]
        form = next((name for name, pattern in FORMS if texts and pattern.fullmatch(texts[0])), None)
        if form is None:
            if len(filled) == 1 and filled[0].isupper() and len(filled[0].split()) <= HEADING_WORDS:
                heading = filled[0]
            continue
        if len(filled) < 2:
            continue
        if not found or form == found[0].form:
            heading = None
        title, text = wording(cells[texts.index(filled[1], 1)])
        if title:
            found.append(Row(texts[0].strip("()."), form, title, text, heading, attachments(node, page_url)))
    return found


def wording(cell: Selector) -> tuple[str, str]:
    """Return a cell's first line and what follows it, the names of attachments left out."""
    lines = []
    blocks = select(cell, ".//p[not(.//p)] | .//li") or [cell]
    for block in blocks:
        text = squeeze(" ".join(block.xpath('.//text()[not(ancestor::a[contains(@href, "/document/")])]').getall()))
        if text:
            lines.append(text)
    # An item may be nothing but the link to its file.
    return (lines[0], "\n".join(lines[1:])) if lines else (text_of(cell), "")


def attachments(node: Selector, page_url: str) -> list[ScrapedDocument]:
    """Return the files that a row links to."""
    found = []
    for link in select(node, ATTACHMENTS):
        label = text_of(link)
        found.append(file(document_kind(label) or "attachment", urljoin(page_url, link.attrib["href"]), label))
    return distinct(found)


def items_of_text(html: str, event_key: str, url: str) -> list[ScrapedAgendaItem]:
    """Return the lines of an agenda that is no table, by its own numbering; none where it has none."""
    split = split_agenda([text_lines(html)])
    keys = stable_keys(event_key, [line.title for line in split.items])
    return [
        ScrapedAgendaItem(
            key=key,
            event_key=event_key,
            title=line.title,
            number=line.number,
            position=position,
            section="Consent" if line.consent and not line.section else line.section,
            text=line.text,
            url=url,
        )
        for position, (key, line) in enumerate(zip(keys, split.items, strict=True), start=1)
    ]


def text_lines(html: str) -> str:
    """Return a document's text, one paragraph or row a line."""
    page = Selector(text=BREAKS.sub(r"\n<\1", html), type="html")
    texts = page.xpath("//body//text()[not(ancestor::script or ancestor::style)]").getall()
    lines = (squeeze(line) for line in "".join(texts).split("\n"))
    return "\n".join(line for line in lines if line)
