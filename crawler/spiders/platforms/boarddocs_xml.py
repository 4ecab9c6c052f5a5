"""BoardDocs' XML feed of meetings, read whole or not at all although it may break XML's rules; pure.

Clerks paste control characters and bare ampersands into titles. These are mended; a parser that merely skips
what it can't read would lose meetings without a word, so the meetings are counted before and after.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from crawler.errors import LayoutChanged, Truncated, WrongPage
from crawler.items import ScrapedAgendaItem, ScrapedEvent
from crawler.select import squeeze

FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
REFERENCE = re.compile(r"&#(?:x(?P<hex>[0-9a-fA-F]{1,6})|(?P<decimal>\d{1,7}));")
BARE_AMPERSAND = re.compile(r"&(?!(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?P<name>[a-zA-Z][a-zA-Z0-9]{1,31});")
OPENING = re.compile(rb"<meeting\b(?!s)")
LABEL = re.compile(
    r"^(?P<label>(?:[A-Z]{1,2}|\d{1,3}|[IVXL]{1,6})(?:\.[A-Z0-9]{1,3})+(?=[.)\s])|(?:[A-Z]|\d{1,3}|[IVXL]{1,6})(?=[.)]))[.)]*\s+(?=\S)"
)


@dataclass(frozen=True)
class XmlItem:
    """One line of an agenda."""

    number: str
    label: str | None
    title: str
    section: str | None
    link: str | None


@dataclass(frozen=True)
class XmlMeeting:
    """One meeting of the feed."""

    number: str
    name: str
    body: str | None
    day: str
    description: str
    link: str
    items: tuple[XmlItem, ...]


def xml_meetings(body: bytes, url: str) -> list[XmlMeeting]:
    """Return the feed's meetings; WrongPage, Truncated or LayoutChanged if it is not the whole feed."""
    if b"<meetings" not in body[:2000]:
        raise WrongPage("a page stands where the feed of meetings was expected", reason="other_platform", url=url)
    if b"</meetings>" not in body[-200:] and not re.search(rb"<meetings\s*/>", body):
        raise Truncated("the feed ends in the middle", url=url)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(mended(body), parser)
    nodes = list(root.iter("meeting")) if root is not None else []
    if len(nodes) != len(OPENING.findall(body)):
        message = f"the feed is broken: {len(nodes)} of {len(OPENING.findall(body))} meetings can be read"
        raise LayoutChanged(message, reason="xml_broken", url=url)
    return [meeting_of(node, url) for node in nodes]


def xml_items(rows: Sequence[XmlItem], event: ScrapedEvent) -> Iterator[ScrapedAgendaItem]:
    """Yield a meeting's items from the feed's rows."""
    for position, row in enumerate(rows, start=1):
        yield ScrapedAgendaItem(
            key=f"{event.key}/{row.number}",
            event_key=event.key,
            title=row.title,
            number=row.label,
            position=position,
            section=row.section,
            body=event.body,
            url=row.link or event.url,
        )


def mended(body: bytes) -> bytes:
    """Return the feed as UTF-8 without the characters XML forbids, its bare ampersands escaped."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", "replace")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", FORBIDDEN.sub(" ", REFERENCE.sub(referenced, text)))
    text = NAMED.sub(lambda match: named(match["name"]), BARE_AMPERSAND.sub("&amp;", text))
    return text.strip().encode()


def referenced(match: re.Match[str]) -> str:
    """Return a numbered character reference as it is, or a space for one that XML forbids."""
    number = int(match["hex"], 16) if match["hex"] else int(match["decimal"])
    return match[0] if number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE else " "


def named(name: str) -> str:
    """Return the character of an HTML entity, which XML does not know; escaped if HTML does not know it either."""
    from html.entities import html5

    return html5.get(f"{name};", f"&amp;{name};")


def meeting_of(node: etree._Element, url: str) -> XmlMeeting:
    day = node.findtext('start/date[@format="yyyy-mm-dd"]') or node.findtext("start/date") or ""
    if not day.strip() or not node.get("id"):
        raise LayoutChanged("a meeting of the feed has no date or no id", url=url)
    return XmlMeeting(
        number=node.get("id", ""),
        name=text(node, "name"),
        body=squeeze(node.get("bodyname", "")) or None,
        day=squeeze(day),
        description=text(node, "description"),
        link=text(node, "link"),
        items=tuple(item for category in node.findall("category") for item in category_items(category)),
    )


def category_items(category: etree._Element) -> list[XmlItem]:
    """Return a category's items; itself where it has none."""
    nodes = category.findall("agendaitems/item")
    title = text(category, "name")
    section = labelled(title)[1] or None
    if not nodes:
        return [item_of(category, None)] if title else []
    return [item_of(node, section) for node in nodes if text(node, "name")]


def item_of(node: etree._Element, section: str | None) -> XmlItem:
    label, title = labelled(text(node, "name"))
    return XmlItem(node.get("id", ""), label, title, section, text(node, "link") or None)


def labelled(title: str) -> tuple[str | None, str]:
    """Return the number that heads a title, and the title without it."""
    match = LABEL.match(title)
    return (match["label"], title[match.end() :]) if match else (None, title)


def text(node: etree._Element, name: str) -> str:
    """Return the text of a child element, white space folded; "" if it is absent."""
    child = node.find(name)
    return squeeze("".join(str(part) for part in child.itertext())) if child is not None else ""
