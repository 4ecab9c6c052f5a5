"""`watchbill parse`: one page role on one saved response, printed as JSON lines."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from scrapy.http import Request

from cli.common import context_of, put_json
from config.clock import Clock, FixedClock, SystemClock
from config.errors import ConfigError
from crawler.items import (
    Scraped,
    ScrapedAgendaItem,
    ScrapedBill,
    ScrapedCoverage,
    ScrapedEvent,
    ScrapedFile,
    ScrapedSeen,
    ScrapedSkip,
)
from crawler.parse import lone_spider, parse_page, saved_response
from crawler.spiders.base import ScrapedError, SourceSpider


def register(app: typer.Typer) -> None:
    app.command("parse")(parse)


def parse(
    context: typer.Context,
    platform: Annotated[str, typer.Argument(help="Platform or state, like legistar or ma")],
    file: Annotated[Path, typer.Argument(help="The saved response")],
    url: Annotated[str, typer.Option("--url", help="The address it came from; it selects the page role")],
    method: Annotated[str, typer.Option("--method", help="GET or POST")] = "GET",
    content_type: Annotated[str | None, typer.Option("--content-type", help="The response's Content-Type")] = None,
    fetched_at: Annotated[str | None, typer.Option("--fetched-at", help="When it was fetched, ISO")] = None,
    option: Annotated[list[str] | None, typer.Option("--option", help="name=value, repeatable")] = None,
) -> None:
    """Print what the spider yields for one page; exit 1 if that is an error. No network, no database."""
    options = dict(pair(text) for text in option or [])
    try:
        body = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"can't be read: {error}", file=str(file), remedy="Give a saved response") from error
    clock = clock_at(fetched_at)
    spider = lone_spider(platform, url, context_of(context).sources, options=options, clock=clock)
    response = saved_response(url, body, method=method.upper(), content_type=content_type)
    failed = False
    for result in parse_page(spider, response):
        row = row_of(result, spider, body)
        if row is not None:
            put_json(row)
        failed = failed or isinstance(result, ScrapedError)
    if failed:
        raise typer.Exit(1)


def pair(text: str) -> tuple[str, str]:
    """One --option name=value."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ConfigError(f"{text!r} is not name=value", field="--option", remedy="Write --option client=somerville")
    return name, value


def clock_at(text: str | None) -> Clock:
    """The clock for --fetched-at; a moment without a zone is UTC, a bare date is its noon."""
    if text is None:
        return SystemClock()
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise ConfigError(
            f"{text!r} is not a moment", field="--fetched-at", remedy="Write 2026-03-04T12:00:00Z"
        ) from error
    if len(text) == 10:
        moment = moment.replace(hour=12)
    return FixedClock(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def row_of(result: Any, spider: SourceSpider, body: bytes) -> dict[str, Any] | None:
    """One yielded thing as the JSON object of the contract; coverage notes are for the store and not printed."""
    if isinstance(result, Request):
        return {"type": "request", "url": result.url, "method": result.method}
    if isinstance(result, ScrapedError):
        return {"type": "error", "reason": result.reason, "message": result.message, "url": result.url}
    if isinstance(result, ScrapedSkip):
        return {"type": "skip", "reason": result.reason, "what": result.what, "url": result.url}
    if isinstance(result, ScrapedSeen):
        return {"type": "skip", "reason": "unchanged", "what": f"{result.kind} {result.key}"}
    if isinstance(result, ScrapedFile):
        return document_row(result, body)
    if isinstance(result, ScrapedEvent):
        return {"type": "event", **event_fields(result, spider), "key": result.key, "bills": result.bills or []}
    if isinstance(result, (ScrapedBill, ScrapedAgendaItem)):
        return record_row(result, spider)
    if isinstance(result, ScrapedCoverage):
        return None
    assert isinstance(result, Scraped)
    return {"type": "document", **result.model_dump(mode="json", exclude_none=True)}


def event_fields(event: ScrapedEvent, spider: SourceSpider) -> dict[str, Any]:
    """An event as the contract prints it."""
    return {
        "name": event.name,
        "body": event.body,
        "starts_at": event.starts_at,
        "start_text": event.start_text,
        "timezone": event.timezone or (spider.zone.key if spider.zone else None),
        "status": event.status or "confirmed",
        "location": event.location,
        "url": event.url,
        "documents": [{"kind": document.kind, "url": document.url} for document in event.documents or []],
        "description": event.description,
        "testimony": event.testimony,
    }


def record_row(item: ScrapedBill | ScrapedAgendaItem, spider: SourceSpider) -> dict[str, Any]:
    """A bill or agenda item with the fields of `export`; what only the archive knows is null."""
    kind = "bill" if isinstance(item, ScrapedBill) else "agenda_item"
    bill = item if isinstance(item, ScrapedBill) else None
    known_source = spider.source.slug != "parse"
    return {
        "type": kind,
        "id": None,
        "kind": kind,
        "jurisdiction": spider.source.jurisdiction if known_source else None,
        "state": spider.source.state if known_source else None,
        "source": spider.source.slug if known_source else None,
        "body": item.body,
        "session": bill.session if bill else None,
        "identifier": item.identifier,
        "title": item.title,
        "status": item.status,
        "url": item.url,
        "source_urls": item.source_urls,
        "topics": [],
        "mentions": [],
        "aspects": {},
        "event": None,
        "actions": [
            {
                "date": action.date.isoformat() if action.date else None,
                "description": action.description,
                "classification": action.classification,
            }
            for action in (bill.actions or [] if bill else [])
        ],
        "sponsors": [sponsor.model_dump() for sponsor in item.sponsors or []],
        "documents": [
            {"kind": document.kind, "url": document.url, "media_type": document.media_type, "name": document.name}
            for document in item.documents or []
        ],
        "lineage": [line.model_dump() for line in (bill.lineage or [] if bill else [])],
        "votes": [vote.model_dump(mode="json") for vote in item.votes or []],
        "first_seen_at": None,
        "last_seen_at": None,
        "last_changed_at": None,
        "removed_at": None,
        **extra_fields(item),
    }


def extra_fields(item: ScrapedBill | ScrapedAgendaItem) -> dict[str, Any]:
    """Fields beside the contract's that a person checking a spider wants to see."""
    if isinstance(item, ScrapedBill):
        return {
            "key": item.key,
            "classification": item.classification,
            "summary": item.summary,
            "aliases": item.aliases or [],
            "subjects": item.subjects or [],
            "characters": len(item.text or ""),
        }
    return {
        "key": item.key,
        "event_key": item.event_key,
        "number": item.number,
        "position": item.position,
        "section": item.section,
        "outcome": item.outcome,
        "text": item.text,
    }


def document_row(file: ScrapedFile, body: bytes) -> dict[str, Any]:
    """A file's own facts and what its text looks like."""
    from store.documents import extract

    text = extract(body, file.media_type)
    return {
        "type": "document",
        "kind": None,
        "url": file.url,
        "media_type": text.media_type,
        "sha256": file.sha256,
        "pages": len(text.pages),
        "characters": sum(len(page) for page in text.pages),
        "readable": text.readable,
        "how": text.how,
        "warnings": text.warnings,
    }
