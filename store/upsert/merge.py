"""One run's observations, merged to one draft per event and record, with a hash to tell an unchanged one by."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from store.errors import StoreError
from store.keys import norm, stored_key
from store.moments import better_start
from store.observed import Observation, ObservedAgendaItem, ObservedBill, ObservedEvent, ObservedSeen
from store.text import clean

Draft = dict[str, Any]
RecordKey = tuple[str, str]

SOURCE_URL_LIMIT = 25


@dataclass
class Drafts:
    """Everything a run observed, once each."""

    events: dict[str, Draft] = field(default_factory=dict)
    records: dict[RecordKey, Draft] = field(default_factory=dict)
    seen_events: set[str] = field(default_factory=set)
    seen_records: set[RecordKey] = field(default_factory=set)

    @property
    def empty(self) -> bool:
        """Whether the run observed nothing at all, and so can't say that anything is gone."""
        return not (self.events or self.records or self.seen_events or self.seen_records)


def plain_value(value: str) -> str:
    return value


def action_key(action: Draft) -> tuple[Any, ...]:
    return (action["date"], action["description"], action["chamber"])


def sponsor_key(sponsor: Draft) -> tuple[Any, ...]:
    return (sponsor["name"], sponsor["classification"])


def vote_key(vote: Draft) -> tuple[Any, ...]:
    if vote["identifier"] or vote["url"]:
        return (vote["identifier"], vote["url"])
    return (vote["motion"], vote["date"])


def lineage_key(lineage: Draft) -> tuple[Any, ...]:
    return (lineage["relation"], norm(lineage["identifier"]), lineage["session"], lineage["jurisdiction"])


def document_key(document: Draft) -> str:
    return str(document["url"])


LIST_KEYS: dict[str, Callable[[Any], Any]] = {
    "source_urls": plain_value,
    "aliases": norm,
    "subjects": plain_value,
    "bills": norm,
    "actions": action_key,
    "sponsors": sponsor_key,
    "votes": vote_key,
    "lineage": lineage_key,
    "documents": document_key,
}
"""What makes two entries of a list the same entry."""


def merge(observations: Sequence[Observation]) -> Drafts:
    """Return one draft per key: later values win where they were observed, lists are united."""
    drafts = Drafts()
    for observation in observations:
        if isinstance(observation, ObservedSeen):
            key = stored_key(observation.key)
            if observation.kind == "event":
                drafts.seen_events.add(key)
            else:
                drafts.seen_records.add((observation.kind, key))
        elif isinstance(observation, ObservedEvent):
            add(drafts.events, stored_key(observation.key), draft_of(observation))
        else:
            kind = "bill" if isinstance(observation, ObservedBill) else "agenda_item"
            add(drafts.records, (kind, stored_key(observation.key)), draft_of(observation))
    drafts.seen_events -= drafts.events.keys()
    drafts.seen_records -= drafts.records.keys()
    return drafts


def draft_of(observation: ObservedBill | ObservedEvent | ObservedAgendaItem) -> Draft:
    """The observation as a plain dictionary, its lists without repeated entries."""
    draft = observation.model_dump()
    if isinstance(observation, ObservedAgendaItem):
        draft["event_key"] = stored_key(observation.event_key)
        draft["bill_key"] = stored_key(observation.bill_key) if observation.bill_key is not None else None
    for name, key_of in LIST_KEYS.items():
        if draft.get(name):
            draft[name] = united((), draft[name], key_of)
    for document in draft.get("documents") or ():
        if document["text"] is not None:
            document["text"]["text_hash"] = text_hash(document["text"]["pages"])
    return draft


def add(drafts: dict[Any, Draft], key: Any, draft: Draft) -> None:
    """Put a draft beside the others, or into the one that has its key."""
    known = drafts.get(key)
    if known is None:
        drafts[key] = draft
        return
    if known.get("event_key") != draft.get("event_key"):
        raise StoreError(f"the agenda item {key[1]!r} was observed on two events: its key must name one line")
    for name, value in draft.items():
        if value is None:
            continue
        if name in LIST_KEYS:
            known[name] = united(known[name] or (), value, LIST_KEYS[name])
        elif name == "starts_at":
            known[name] = better_start(known[name], value)
        else:
            known[name] = value


def united(first: Iterable[Any], second: Iterable[Any], key_of: Callable[[Any], Any]) -> list[Any]:
    """Both lists as one, each entry once; a later entry fills in what the earlier left open."""
    entries: dict[Any, Any] = {}
    for entry in (*first, *second):
        key = key_of(entry)
        if key in entries and isinstance(entry, dict):
            entries[key] = {**entries[key], **{name: value for name, value in entry.items() if value is not None}}
        elif key not in entries:
            entries[key] = entry
    return list(entries.values())


def text_hash(pages: list[str]) -> str:
    """Hash of a document's text, page by page."""
    digest = hashlib.blake2b(digest_size=16)
    for page in pages:
        digest.update(page.encode("utf-8", "replace"))
        digest.update(b"\x1f")
    return digest.hexdigest()


def fingerprint(draft: Draft) -> str:
    """Hash of a draft; texts count by their own hash, and when a file was fetched does not count."""
    content = dict(draft)
    if content.get("documents"):
        content["documents"] = [light(document) for document in content["documents"]]
    return hashlib.blake2b(json.dumps(content, default=str).encode(), digest_size=16).hexdigest()


def light(document: Draft) -> Draft:
    """A document without its pages and its fetch time."""
    rest = {name: value for name, value in document.items() if name not in ("fetched_at", "text")}
    if document["text"] is not None:
        rest["text"] = {name: value for name, value in document["text"].items() if name != "pages"}
    return rest


def cleaned(value: Any) -> Any:
    """The same value with every string in it made storable."""
    if isinstance(value, str):
        # Most strings are short and plain; asking that is far cheaper than cleaning them.
        return value if value.isascii() and value.isprintable() else clean(value)
    if isinstance(value, list):
        return [cleaned(entry) for entry in value]
    if isinstance(value, dict):
        return {cleaned(name): cleaned(entry) for name, entry in value.items()}
    return value
