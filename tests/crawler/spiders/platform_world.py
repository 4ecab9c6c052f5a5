"""Short ways to read one page with a platform's spider, to replay a capture folder, and to store what it found."""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from config.clock import FixedClock
from config.sources import Source
from crawler.captures import load_captures
from crawler.items import Scraped
from crawler.parse import lone_spider, parse_page, saved_response
from crawler.pipelines.normalise import normalise, window_of
from crawler.spiders.base import SourceSpider
from crawler.spiders.registry import spider_class
from store import runs
from store.changes import changes_observed
from store.database import session
from store.matching.model import Match, Mention, TextField, TopicMatch
from store.upsert import store_run

CAPTURES = Path(__file__).parents[2] / "captures" / "platforms"
TOPIC = "license-plate-readers"


def spider_of(platform: str, url: str, moment: str = "2026-03-02T12:00:00+00:00", **options: Any) -> SourceSpider:
    """A spider of an invented place in the Eastern zone, its clock standing still."""
    source = Source(
        slug="ma_wexcombe_city_council",
        platform=platform,
        jurisdiction="ocd-division/country:us/state:ma/place:wexcombe",
        name="Wexcombe",
        url=url,
        timezone="America/New_York",
        options=options,
    )
    return spider_class(platform)(source, clock=FixedClock(dt.datetime.fromisoformat(moment)))


def read(
    spider: SourceSpider,
    body: str | bytes,
    url: str,
    *,
    content_type: str = "application/json",
    facts: dict[str, Any] | None = None,
    **request: Any,
) -> list[Any]:
    """What a spider yields for one page."""
    data = body.encode() if isinstance(body, str) else body
    response = saved_response(url, data, content_type=content_type, **request)
    assert response.request is not None
    response.request.meta["facts"] = facts or {}
    return list(parse_page(spider, response))


def parsed(platform: str, url: str, body: str | bytes, content_type: str = "text/html") -> list[Any]:
    """What `watchbill parse` prints for one saved page, as objects."""
    data = body.encode() if isinstance(body, str) else body
    spider = lone_spider(platform, url, options={"timezone": "America/New_York"})
    return list(parse_page(spider, saved_response(url, data, content_type=content_type)))


def of(results: Sequence[Any], kind: type) -> list[Any]:
    return [result for result in results if isinstance(result, kind)]


def requests(results: Sequence[Any]) -> list[Any]:
    return [result for result in results if hasattr(result, "callback")]


def replayed(spider: SourceSpider, folder: Path) -> tuple[list[Scraped], list[str]]:
    """Everything a crawl of a capture folder yields, and what it asked for that the folder does not hold."""
    answers = load_captures(folder)
    waiting: list[Any] = list(spider.entry_requests())
    items: list[Scraped] = []
    missing: list[str] = []
    for request in waiting:
        capture = answers.answer(request.method, request.url, request.body)
        if capture is None:
            missing.append(request.url)
            continue
        response = saved_response(
            request.url,
            capture.body,
            method=request.method,
            content_type=capture.content_type,
            request_body=request.body,
        )
        response.request = request
        for result in spider.parse(response):
            (waiting if hasattr(result, "callback") else items).append(result)
    return items, missing


class PlateMatcher:
    """Finds "plate reader" as it stands."""

    version = hashlib.sha256(b"plate reader").hexdigest()

    def match(self, fields: Sequence[TextField]) -> Match:
        mentions = []
        for entry in fields:
            start = entry.text.lower().find("plate reader")
            if start >= 0:
                end = start + len("plate reader")
                found = (entry.text[start:end], (0, 12), "strong", "says it", entry.document_url, entry.page)
                mentions.append(Mention(TOPIC, "plate reader", entry.field, start, end, *found))
        topics = (TopicMatch(TOPIC, "strong", "a watched word"),) if mentions else ()
        return Match(topics, tuple(mentions), {"purposes": []})


def stored(engine: Engine, spider: SourceSpider, items: Sequence[Scraped]) -> list[tuple[str, str]]:
    """The typed changes that one run of these items wrote: kind and the record's title."""
    now = spider.clock.now()
    with session(engine) as db:
        run_id = runs.open_run(db, spider.source, now)
    with session(engine) as db:
        counts = store_run(
            db,
            source=spider.source,
            run_id=run_id,
            observations=normalise(items, spider.source, {}, now),
            window=window_of(items),
            complete=True,
            now=now,
            matcher=PlateMatcher(),
        )
        runs.close_run(db, run_id, outcome="ok", complete=True, report=counts.as_json(), now=now)
        changes = changes_observed(db, since=now, strong_only=False, unmatched=True, include_bulk=True)
        return [(change.kind, change.record.title) for change in changes]


def recorded(shared: Path, platform: str, folder: str, file: str, url: str | None = None) -> list[Any]:
    """What the spider yields for one recorded response, requests left out; `url` where the recording has none."""
    place = shared / "recordings" / "platforms" / folder
    rows = tomllib.loads((place / "capture.toml").read_text())["response"]
    (row,) = (row for row in rows if row["file"] == file)
    results = parsed(platform, url or row["url"], (place / file).read_bytes(), row["content_type"])
    return [result for result in results if not hasattr(result, "callback")]


def told(event: Any) -> tuple[Any, ...]:
    """Name, body, start and status of an event."""
    return (event.name, event.body, event.starts_at, event.status)


def kinds(event: Any) -> list[str]:
    """The kinds of an event's documents."""
    return [document.kind for document in event.documents or ()]
