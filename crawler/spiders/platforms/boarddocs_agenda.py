"""BoardDocs' agenda fragment: categories and items in document order, and the files of one item; pure."""

from parsel import Selector
from scrapy.http import Response

from crawler.items import ScrapedAgendaItem, ScrapedDocument
from crawler.select import select, squeeze, text_of
from crawler.spiders.platforms.json_rows import CLOCK, clock_in, distinct, document_kind
from crawler.spiders.platforms.window import file

LINES = "dt.category[unique], li.item[unique]"
FILE_SIGNS = ".icons i, .icons img, .icons a"


def agenda_items(response: Response, event_key: str, site: str) -> list[tuple[ScrapedAgendaItem, Selector]]:
    """Return the agenda's lines with their elements; a category is a line only where no item stands under it."""
    found: list[tuple[ScrapedAgendaItem, Selector]] = []
    nodes = select(response, LINES)
    section: str | None = None
    for at, node in enumerate(nodes):
        is_category = node.root.tag == "dt"
        title = text_of(next(iter(select(node, ".category-name" if is_category else ".title")), None)) or text_of(node)
        if is_category:
            section = title
            if at + 1 < len(nodes) and nodes[at + 1].root.tag == "li":
                continue
        number = node.attrib.get("unique") or node.attrib.get("id", "")
        label = text_of(next(iter(select(node, ".order")), None)).rstrip(". )")
        item = ScrapedAgendaItem(
            key=f"{event_key}/{number}",
            event_key=event_key,
            title=title,
            number=label or None,
            position=len(found) + 1,
            section=None if is_category else section,
            url=f"{site}/goto?open&id={number}",
        )
        found.append((item, node))
    return found


def has_files(node: Selector) -> bool:
    """Return whether an item shows the sign of a file."""
    return bool(select(node, FILE_SIGNS))


def public_files(response: Response) -> list[ScrapedDocument]:
    """Return the files that a fragment links to."""
    found = []
    for link in select(response, 'a[href*="$file"], a[href*="/files/"]'):
        name = text_of(link)
        kind = document_kind(name)
        if kind is not None:
            found.append(file(kind, response.urljoin(link.attrib["href"]), name))
    return distinct(found)


def text_lines(response: Response, query: str) -> list[str]:
    """Return an element's text as it is broken into lines."""
    node = next(iter(select(response, query)), None)
    if node is None:
        return []
    parts = node.xpath(".//text() | .//br | .//p | .//div").getall()
    text = "".join("\n" if part.startswith("<") else part for part in parts)
    return [line for line in (squeeze(line) for line in text.split("\n")) if line]


def time_in(description: str) -> str | None:
    """Return the time that a description prints; the whole line where it prints several."""
    times = {found[0].casefold() for found in CLOCK.finditer(description)}
    if len(times) < 2:
        return clock_in(description)
    return next(line for line in description.split("\n") if CLOCK.search(line))
