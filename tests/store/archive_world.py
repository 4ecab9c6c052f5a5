"""A small matcher of known words, and short ways to say what a run observed and what came of it."""

import datetime as dt
import hashlib
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from config.sources import Source
from store import runs
from store.changes import changes_observed
from store.database import open_archive, session
from store.matching.model import Match, Mention, TextField, TopicMatch
from store.observed import (
    ObservedAction,
    ObservedAgendaItem,
    ObservedBill,
    ObservedDocument,
    ObservedEvent,
    ObservedSeen,
    ObservedText,
    Window,
)
from store.upsert import Counts, store_run
from store.views import ChangeView

START = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
STATE = "ocd-division/country:us/state:ma"


class WordMatcher:
    """Finds each watched word as it stands; a word with "?" behind it is only possible."""

    def __init__(self, words: dict[str, str] | None = None) -> None:
        self.words = words or {"plate reader": "license-plate-readers", "protected care": "shield-laws"}
        self.version = hashlib.sha256(repr(sorted(self.words.items())).encode()).hexdigest()
        self.calls = 0

    def match(self, fields: Sequence[TextField]) -> Match:
        self.calls += 1
        mentions, topics = [], {}
        for entry in fields:
            for word, topic in self.words.items():
                start = entry.text.lower().find(word)
                if start < 0:
                    continue
                strength = "possible" if entry.text[start + len(word) :].startswith("?") else "strong"
                begin, end = max(0, start - 20), start + len(word) + 20
                mentions.append(
                    Mention(
                        topic,
                        word,
                        entry.field,
                        start,
                        start + len(word),
                        entry.text[begin:end],
                        (start - begin, start - begin + len(word)),
                        strength,
                        f"says {word}",
                        entry.document_url,
                        entry.page,
                    )
                )
                if topics.get(topic) != "strong":
                    topics[topic] = strength
        found = tuple(TopicMatch(topic, strength, "a watched word") for topic, strength in topics.items())
        return Match(found, tuple(mentions), {"purposes": []})


def make_source(slug: str = "ma_legislature", jurisdiction: str = STATE, **values: Any) -> Source:
    row = {
        "slug": slug,
        "platform": "ma",
        "jurisdiction": jurisdiction,
        "name": "General Court",
        "url": "https://legislature.example",
        "timezone": "America/New_York",
        "status": "active",
    }
    return Source.model_validate({**row, **values})


def bill(key: str, title: str | None = "An Act about roads", **values: Any) -> ObservedBill:
    facts = {"identifier": key, "session": "194th", "source_urls": [f"https://legislature.example/{key}"]}
    return ObservedBill.model_validate({**facts, **values, "key": key, "title": title})


def event(key: str, starts_at: str | None = "2026-03-20T10:00:00-04:00", **values: Any) -> ObservedEvent:
    facts = {
        "name": "Joint Committee on Transportation",
        "timezone": "America/New_York",
        "location": "Room A-1",
        "status": "confirmed",
        "source_urls": [f"https://legislature.example/events/{key}"],
    }
    return ObservedEvent.model_validate({**facts, **values, "key": key, "starts_at": starts_at})


def item(key: str, event_key: str, title: str = "Approve the minutes", **values: Any) -> ObservedAgendaItem:
    facts = {"source_urls": [f"https://council.example/{event_key}"]}
    return ObservedAgendaItem.model_validate({**facts, **values, "key": key, "event_key": event_key, "title": title})


def action(day: str, description: str, *classification: str, chamber: str | None = None) -> ObservedAction:
    return ObservedAction(
        date=dt.date.fromisoformat(day), description=description, classification=list(classification), chamber=chamber
    )


def document(url: str, *pages: str, kind: str = "version", **values: Any) -> ObservedDocument:
    text = None
    if pages:
        sha256 = hashlib.sha256("\n".join(pages).encode()).hexdigest()
        text = ObservedText(pages=list(pages), sha256=sha256, media_type="text/html")
    return ObservedDocument(kind=kind, url=url, text=text, **values)


def seen(key: str, kind: Any = "bill") -> ObservedSeen:
    return ObservedSeen(kind=kind, key=key)


@dataclass
class World:
    """One archive and a clock that each run moves on."""

    engine: Engine
    matcher: WordMatcher = field(default_factory=WordMatcher)
    source: Source = field(default_factory=make_source)
    now: dt.datetime = START
    last: list[ChangeView] = field(default_factory=list)

    def crawl(
        self,
        *observations: Any,
        source: Source | None = None,
        window: Window | None = None,
        complete: bool = False,
        outcome: str = "ok",
        hours: float = 6,
    ) -> Counts:
        """One run from opening to closing; `last` are the changes it wrote."""
        source = source or self.source
        self.now += dt.timedelta(hours=hours)
        with session(self.engine) as db:
            run_id = runs.open_run(db, source, self.now)
        with session(self.engine) as db:
            counts = store_run(
                db,
                source=source,
                run_id=run_id,
                observations=observations,
                window=window,
                complete=complete,
                now=self.now,
                matcher=self.matcher,
            )
            report = counts.as_json()
            runs.close_run(db, run_id, outcome=outcome, complete=complete, report=report, now=self.now)
            self.last = changes_observed(db, since=self.now, strong_only=False, unmatched=True, include_bulk=True)
        return counts

    def kinds(self) -> list[str]:
        """The kinds of change of the last run, in order."""
        return [change.kind for change in self.last]

    def told(self) -> list[tuple[str, Any, Any]]:
        """Kind, before and after of the last run's changes."""
        return [(change.kind, change.before, change.after) for change in self.last]


class DeadlyMatcher(WordMatcher):
    """Kills its own process, unannounced, while it matches the third record."""

    def match(self, fields: Sequence[TextField]) -> Match:
        if self.calls == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().match(fields)


def crawl_and_die(url: str) -> None:
    """A crawl in a process that is killed in the middle of storing."""
    world = World(open_archive(url), matcher=DeadlyMatcher(), now=START + dt.timedelta(days=1))
    world.crawl(bill("H1", "Changed"), *(bill(f"H{number}", f"Plate reader {number}") for number in range(10, 20)))
