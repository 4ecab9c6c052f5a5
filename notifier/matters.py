"""One matter in several records: a council's file and its lines on agendas are told together, once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from store.views import RecordView


def matter_keys(records: Iterable[RecordView]) -> dict[str, str]:
    """Return for each record's id the matter it belongs to; records of one matter share it.

    A source's file and the agenda items with its number are one matter; so are items alone of the same number and
    title. Two files of one number are of different sessions, and stay apart.
    """
    numbered: dict[tuple[str, str], dict[str, RecordView]] = {}
    keys: dict[str, str] = {}
    for record in records:
        number = (record.identifier or "").strip()
        keys[record.id] = record.id
        if number and record.kind in ("bill", "agenda_item"):
            numbered.setdefault((record.source, number), {})[record.id] = record
    for alike in numbered.values():
        files = [record for record in alike.values() if record.kind == "bill"]
        titles: dict[str, str] = {}
        for record in alike.values():
            if len(files) == 1:
                keys[record.id] = files[0].id
            elif record.kind == "agenda_item":
                # Some councils number each agenda from one: the number alone does not make it the same matter.
                keys[record.id] = titles.setdefault(" ".join(record.title.lower().split()), record.id)
    return keys


def combined(records: Sequence[RecordView]) -> RecordView:
    """Return a matter's records as one: its agenda item, which knows the meeting, with what the others add."""
    lead = leading(records)
    others = [record for record in records if record.id != lead.id]
    if not others:
        return lead
    topics: dict[str, str] = {}
    for record in (*others, lead):
        for topic, strength in record.topics.items():
            if topics.get(topic) != "strong":
                topics[topic] = strength
    mentions = dict.fromkeys(mention for record in (lead, *others) for mention in record.mentions)
    return replace(
        lead,
        topics=topics,
        mentions=tuple(mentions),
        aspects=joined([lead.aspects, *(record.aspects for record in others)]),
        event=lead.event or next((record.event for record in others if record.event), None),
    )


def leading(records: Sequence[RecordView]) -> RecordView:
    """Return the record that a matter is shown by: the latest agenda item with a meeting, if there is one."""
    return max(
        records,
        key=lambda record: (
            record.kind == "agenda_item",
            record.event is not None,
            str((record.event and record.event.starts_at) or ""),
        ),
    )


def joined(all_aspects: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the aspects of several records as of one: lists together, of single values the first known."""
    found: dict[str, Any] = {}
    for aspects in all_aspects:
        for name, value in aspects.items():
            known = found.get(name)
            if isinstance(known, list) and isinstance(value, list):
                found[name] = [*known, *(item for item in value if item not in known)]
            elif not known:
                found[name] = value
    return found
