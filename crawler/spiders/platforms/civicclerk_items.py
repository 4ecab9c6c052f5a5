"""A CivicClerk agenda's tree of items, as lines in reading order; pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crawler.items import ScrapedAgendaItem, ScrapedDocument
from crawler.spiders.platforms.json_rows import distinct, document_kind, words
from crawler.spiders.platforms.window import file

PATHS = ("pdfVersionFullPath", "mediaFullPath", "mediaFileFullPath", "fullPath")
"""Fields in which an attachment's address may stand; without any of them it has none to give."""


def agenda_items(rows: Sequence[Mapping[str, Any]], event_key: str, url: str) -> list[ScrapedAgendaItem]:
    """Return the agenda's lines; a section is a line only where nothing stands under it."""
    return list(lines_of(rows, event_key, url, None, iter(range(1, 100_000))))


def lines_of(
    rows: Sequence[Mapping[str, Any]], event_key: str, url: str, section: str | None, positions: Iterator[int]
) -> Iterator[ScrapedAgendaItem]:
    for row in sorted(rows, key=lambda row: int(row.get("sortOrder") or 0)):
        title = words(row.get("agendaObjectItemName"))
        children = row.get("childItems") or []
        if title and not (row.get("isSection") and children):
            yield ScrapedAgendaItem(
                key=f"{event_key}/{row['id']}",
                event_key=event_key,
                title=title,
                identifier=words(row.get("agendaObjectItemNumber")) or None,
                number=number_of(row),
                position=next(positions),
                section=section,
                text=words(row.get("agendaObjectItemDescription")) or None,
                url=url,
                documents=attachments(row),
            )
        yield from lines_of(children, event_key, url, title if row.get("isSection") else section, positions)


def number_of(row: Mapping[str, Any]) -> str | None:
    """Return an item's printed number, its whole path where the service gives it."""
    full = words(row.get("agendaObjectItemOutlineNumberFull"))
    return full or words(row.get("agendaObjectItemOutlineNumber")).rstrip(".") or None


def attachments(row: Mapping[str, Any]) -> list[ScrapedDocument] | None:
    """Return an item's published attachments; None if the answer gives none of them an address."""
    given = row.get("attachmentsList")
    if given is None:
        return None
    public = [one for one in given if one.get("isPublished", True) and not one.get("isDeleted")]
    found = []
    for one in public:
        address = next((str(one[name]) for name in PATHS if one.get(name)), None)
        name = words(one.get("fileName") or one.get("mediaFileName"))
        if address and address.startswith("http"):
            found.append(file(document_kind(name) or "attachment", address, name))
    return distinct(found) if found or not public else None
