"""An agenda that CivicPlus shows as a page (`?html=true`): one block for each line, with its attachments.

The page is built of `div.item.level1`, `.level2`, … with a `.title`, and links to files at
/AgendaCenter/ViewFile/Item/.
"""

import re
from typing import Any
from urllib.parse import urljoin

from parsel import Selector

from crawler.agenda_keys import stable_keys
from crawler.agenda_lines import label_of
from crawler.agenda_titles import CONSENT
from crawler.errors import LayoutChanged
from crawler.items import ScrapedAgendaItem, ScrapedDocument
from crawler.select import select, text_of
from crawler.spiders.platforms.civicplus_rows import FILE, document_kind

BLOCKS = "div.item[class*='level'], li.item[class*='level']"
LEVEL = re.compile(r"\blevel(?P<depth>\d)\b")


def is_agenda_page(page: Any) -> bool:
    """Whether a page is an agenda in blocks."""
    return bool(select(page, BLOCKS))


def agenda_page_items(page: Any, page_url: str) -> list[ScrapedAgendaItem]:
    """Return the lines of an agenda page in order; LayoutChanged if its address names no meeting."""
    file = FILE.search(page_url)
    if file is None:
        raise LayoutChanged("the agenda's address names no meeting", url=page_url)
    event_key = f"agenda-{file['number']}"
    blocks = [block for block in select(page, BLOCKS) if title_of(block)]
    keys = stable_keys(event_key, [title_and_number(block)[1] for block in blocks])
    items: list[ScrapedAgendaItem] = []
    trail: list[str] = []
    for position, (block, key) in enumerate(zip(blocks, keys, strict=True), start=1):
        number, title = title_and_number(block)
        depth = level_of(block)
        trail = [*trail[: depth - 1], title]
        items.append(
            ScrapedAgendaItem(
                key=key,
                event_key=event_key,
                title=title,
                number=number,
                position=position,
                section=next((part for part in trail if CONSENT.search(part)), trail[-2] if len(trail) > 1 else None),
                text=text_of(next(iter(select(block, "./*[contains(@class, 'desc')]")), None)) or None,
                url=page_url,
                documents=attachments(block, page_url),
            )
        )
    return items


def level_of(block: Selector) -> int:
    """How deep a block stands, 1 at the top."""
    match = LEVEL.search(block.attrib.get("class", ""))
    return int(match["depth"]) if match else 1


def title_of(block: Selector) -> str:
    """Return the block's own title, not those of the blocks within it."""
    for node in select(block, ".//*[contains(concat(' ', @class, ' '), ' title ')]"):
        owner = select(node, "ancestor::*[contains(concat(' ', @class, ' '), ' item ')][1]")
        if owner and owner[0].root is block.root:
            return text_of(node)
    return ""


def title_and_number(block: Selector) -> tuple[str | None, str]:
    """Return the line's printed number, where its title begins with one, and the title without it."""
    title = title_of(block)
    label = label_of(title)
    if label is None or label.bare or not label.rest:
        return None, title
    return ".".join(label.parts), label.rest


def attachments(block: Selector, page_url: str) -> list[ScrapedDocument]:
    """Return the files of this line, each once."""
    found: dict[str, ScrapedDocument] = {}
    for link in select(block, "a[href]"):
        owner = select(link, "ancestor::*[contains(concat(' ', @class, ' '), ' item ')][1]")
        url = urljoin(page_url, link.attrib["href"].strip())
        if owner and owner[0].root is block.root and document_kind(url, "") is not None:
            found.setdefault(url, ScrapedDocument(kind="attachment", url=url, name=text_of(link) or None))
    return list(found.values())
