"""Scraped items become observations: text cleaned, links checked, files' texts attached, each thing once."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from w3lib.url import safe_url_string

from config.sources import Source
from crawler.items import (
    Scraped,
    ScrapedAgendaItem,
    ScrapedBill,
    ScrapedCoverage,
    ScrapedDocument,
    ScrapedEvent,
    ScrapedSeen,
)
from store.observed import (
    Observation,
    ObservedAgendaItem,
    ObservedBill,
    ObservedDocument,
    ObservedEvent,
    ObservedSeen,
    ObservedText,
    Window,
)
from store.text import clean

Texts = Mapping[str, ObservedText]
"""Extracted texts by the address of their document."""

LONGEST_TITLE = 2_000
"""Characters; a longer "title" is a whole text, and the rest of it stays in the record's text."""


def normalise(items: Iterable[Scraped], source: Source, texts: Texts, now: datetime) -> list[Observation]:
    """Turn a run's items into observations, in order; coverage, skips and errors are left to others."""
    observations: list[Observation] = []
    for item in items:
        if isinstance(item, ScrapedBill):
            observations.append(bill_of(item, source, texts, now))
        elif isinstance(item, ScrapedEvent):
            observations.append(event_of(item, source, texts, now))
        elif isinstance(item, ScrapedAgendaItem):
            observations.append(agenda_item_of(item, source, texts, now))
        elif isinstance(item, ScrapedSeen):
            observations.append(ObservedSeen(kind=item.kind, key=item.key))
    return observations


def bill_of(item: ScrapedBill, source: Source, texts: Texts, now: datetime) -> ObservedBill:
    """One bill; text that stood in the page itself becomes its version document."""
    values = plain(item, source)
    text = values.pop("text", None)
    documents = documents_of(item.documents, texts, now)
    if text:
        address = item.url or item.source_urls[0]
        body = ObservedText(
            pages=[text], sha256=hashlib.sha256(text.encode()).hexdigest(), media_type="text/plain", how="page"
        )
        version = ObservedDocument(
            kind="version", url=address, name="Text", media_type="text/plain", fetched_at=now, text=body
        )
        documents = [version, *(document for document in documents or [] if document.url != address)]
    values["documents"] = documents
    return ObservedBill.model_validate(values)


def event_of(item: ScrapedEvent, source: Source, texts: Texts, now: datetime) -> ObservedEvent:
    """One event; its zone is the source's where the page names none."""
    values = plain(item, source)
    values["timezone"] = item.timezone or source.timezone
    values["documents"] = documents_of(item.documents, texts, now)
    return ObservedEvent.model_validate(values)


def agenda_item_of(item: ScrapedAgendaItem, source: Source, texts: Texts, now: datetime) -> ObservedAgendaItem:
    """One agenda item; an overlong title keeps its whole wording in the text."""
    values = plain(item, source)
    values["documents"] = documents_of(item.documents, texts, now)
    if len(values["title"]) > LONGEST_TITLE:
        values["text"] = "\n".join(part for part in (values["title"], values.get("text")) if part)
        values["title"] = values["title"][: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
    return ObservedAgendaItem.model_validate(values)


def plain(item: Scraped, source: Source) -> dict[str, Any]:
    """The item's fields as plain values with cleaned text; at least one source address."""
    values: dict[str, Any] = scrub(item.model_dump(exclude={"documents"}))
    if isinstance(values.get("title"), str):
        values["title"] = " ".join(values["title"].split())
    addresses = [web_address(address) for address in values.get("source_urls") or []]
    values["source_urls"] = list(dict.fromkeys(filter(None, addresses))) or [source.url]
    values["url"] = web_address(values.get("url"))
    return values


def documents_of(
    documents: Sequence[ScrapedDocument] | None, texts: Texts, now: datetime
) -> list[ObservedDocument] | None:
    """Documents with distinct addresses, with their extracted text where their body came in this run."""
    if documents is None:
        return None
    found: dict[str, ObservedDocument] = {}
    for document in documents:
        address = web_address(document.url)
        if address is None or address in found:
            continue
        text = texts.get(document.url)
        found[address] = ObservedDocument(
            kind=document.kind,
            url=address,
            name=clean(document.name) if document.name else None,
            date=document.date,
            media_type=text.media_type if text else document.media_type,
            fetched_at=now if text else None,
            text=text,
        )
    return list(found.values())


def scrub(value: Any) -> Any:
    """Clean every string of a nested plain value of what databases refuse and mails break on."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [scrub(entry) for entry in value]
    if isinstance(value, dict):
        return {key: scrub(entry) for key, entry in value.items()}
    return value


def web_address(address: object) -> str | None:
    """A plain web (or FTP) link with its spaces encoded, or None: javascript:, data: and the like are never links."""
    if not isinstance(address, str):
        return None
    try:
        safe = safe_url_string(address.strip())
        parts = urlsplit(safe)
    except ValueError:
        return None
    return safe if parts.scheme in ("http", "https", "ftp") and parts.hostname else None


def window_of(items: Iterable[Scraped]) -> Window | None:
    """What the run covered whole, all its pages together; None if no page said so."""
    parts = [item for item in items if isinstance(item, ScrapedCoverage)]
    if not parts:
        return None
    begins = [part.events_from for part in parts if part.events_from]
    ends = [part.events_to for part in parts if part.events_to]
    return Window(
        sessions=list(dict.fromkeys(session for part in parts for session in part.sessions)),
        events_from=min(begins, default=None),
        events_to=max(ends, default=None),
        agendas=list(dict.fromkeys(agenda for part in parts for agenda in part.agendas)),
    )
