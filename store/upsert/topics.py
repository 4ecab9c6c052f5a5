"""Topics that a record has through another: an agenda item through its bill, a bill through the one it replaces."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from store import models
from store.upsert.context import Storing, chunks
from store.upsert.matching import remember_topics
from store.upsert.succession import predecessors

STEPS = 10
"""Longest chain that is followed: dockets, drafts and carried-over bills make chains of four or five."""


@dataclass(frozen=True)
class Inherited:
    """A topic that a record has through another, and why."""

    strength: str
    reason: str
    parent: int


def inherit_topics(storing: Storing, touched: Iterable[int]) -> None:
    """Work out anew which topics the touched records, and all that hang together with them, inherit.

    Always from the records' own topics on: judged by what their neighbours inherited before, records in a ring
    would keep each other's topic alive after the text it came from has lost it.
    """
    parents = related(storing, set(touched))
    names, own, held = load_family(storing, {*parents, *(pk for group in parents.values() for pk in group)})
    wanted: dict[int, dict[str, Inherited]] = {pk: {} for pk in parents}
    passing: dict[int, dict[str, tuple[str, str]]] = own
    while passing:
        passed: dict[int, dict[str, tuple[str, str]]] = {}
        for child, group in sorted(parents.items()):
            for parent, relation in sorted(group.items()):
                for topic, (strength, reason) in passing.get(parent, {}).items():
                    known = wanted[child].get(topic)
                    if topic in own.get(child, {}) or (known and (known.strength == "strong" or strength != "strong")):
                        continue
                    wanted[child][topic] = Inherited(strength, f"{relation} {names[parent]}: {reason}"[:500], parent)
                    passed.setdefault(child, {})[topic] = (strength, reason)
        passing = passed
    for pk, topics in sorted(wanted.items()):
        if topics != held.get(pk, {}):
            write_inherited(storing, pk, topics)


def related(storing: Storing, touched: set[int]) -> dict[int, dict[int, str]]:
    """Return the parents of each record that hangs together with the touched ones, those included."""
    parents: dict[int, dict[int, str]] = {pk: {} for pk in touched}
    edge = touched
    for _ in range(STEPS):
        found = relations(storing, edge)
        ends = {pk for parent, child, _ in found for pk in (parent, child)}
        edge = ends - parents.keys()
        parents |= {pk: {} for pk in edge}
        for parent, child, relation in found:
            parents[child][parent] = relation
        if not edge:
            break
    # Of what lies beyond the last step only some parents are known: it is left as it is.
    return {pk: group for pk, group in parents.items() if pk not in edge}


def load_family(
    storing: Storing, pks: Iterable[int]
) -> tuple[dict[int, str], dict[int, dict[str, tuple[str, str]]], dict[int, dict[str, Inherited]]]:
    """Return names, own topics (strength and reason) and inherited topics of those records."""
    names: dict[int, str] = {}
    own: dict[int, dict[str, tuple[str, str]]] = {}
    held: dict[int, dict[str, Inherited]] = {}
    table = models.record_topics
    for chunk in chunks(sorted(pks)):
        query = select(models.records.c.pk, models.records.c.identifier).where(models.records.c.pk.in_(chunk))
        names.update((row.pk, row.identifier or "a record") for row in storing.session.execute(query))
        for row in storing.session.execute(select(table).where(table.c.record_pk.in_(chunk))):
            if row.inherited_from is None:
                own.setdefault(row.record_pk, {})[row.topic] = (row.strength, row.reason)
            else:
                inherited = Inherited(row.strength, row.reason, row.inherited_from)
                held.setdefault(row.record_pk, {})[row.topic] = inherited
    return names, own, held


def write_inherited(storing: Storing, pk: int, topics: dict[str, Inherited]) -> None:
    """Replace the topics that one record inherits."""
    remember_topics(storing, pk)
    table = models.record_topics
    storing.session.execute(table.delete().where(table.c.record_pk == pk, table.c.inherited_from.is_not(None)))
    rows = [
        {
            "record_pk": pk,
            "topic": topic,
            "strength": entry.strength,
            "reason": entry.reason,
            "inherited_from": entry.parent,
        }
        for topic, entry in topics.items()
    ]
    storing.insert(table, rows)


def relations(storing: Storing, pks: set[int]) -> set[tuple[int, int, str]]:
    """Return (parent, child, how they hang together) for every relation that one of those records is an end of."""
    items = {(bill, item, "its bill") for bill, item in bill_items(storing, pks)}
    return items | {(earlier, later, "it replaces") for earlier, later in predecessors(storing.session, sorted(pks))}


def bill_items(storing: Storing, touched: set[int]) -> set[tuple[int, int]]:
    """The pairs (bill, agenda item about it) of which either is among the touched."""
    bill, item = models.records.alias("bill"), models.records.alias("item")
    pairs: set[tuple[int, int]] = set()
    for side in (bill, item):
        for chunk in chunks(sorted(touched)):
            query = (
                select(bill.c.pk, item.c.pk)
                .join(
                    item,
                    (item.c.source == bill.c.source) & (item.c.bill_key == bill.c.key) & (item.c.kind == "agenda_item"),
                )
                .where(bill.c.kind == "bill", side.c.pk.in_(chunk))
            )
            pairs.update((row[0], row[1]) for row in storing.session.execute(query))
    return pairs


def tell_topics(storing: Storing) -> None:
    """Note, for records that were there before, the topics they began or ceased to match."""
    changed = [pk for pk in storing.topics_before if pk not in storing.inserted]
    table = models.record_topics
    now: dict[int, dict[str, Any]] = {pk: {} for pk in changed}
    quotes: dict[int, dict[str, Any]] = {}
    for chunk in chunks(sorted(changed)):
        for row in storing.session.execute(select(table).where(table.c.record_pk.in_(chunk))):
            now[row.record_pk][row.topic] = row
        query = select(models.mentions).where(models.mentions.c.record_pk.in_(chunk))
        for row in storing.session.execute(
            query.order_by(models.mentions.c.strength.desc(), models.mentions.c.position)
        ):
            quotes.setdefault(row.record_pk, {}).setdefault(row.topic, row)
    for pk in sorted(changed):
        before = storing.topics_before[pk]
        for topic, row in sorted(now[pk].items()):
            # From "possible" to "strong" is when readers who are only mailed strong ones first hear of it.
            if topic not in before or (before[topic] == "possible" and row.strength == "strong"):
                was = {"topic": topic, "strength": before[topic]} if topic in before else None
                storing.change(pk, "mention_entered", was, entered(row, quotes.get(pk, {}).get(topic)))
        for topic, strength in sorted(before.items()):
            if topic not in now[pk]:
                storing.change(pk, "mention_left", {"topic": topic, "strength": strength}, None)


def entered(row: Any, quote: Any) -> dict[str, Any]:
    """What a record begins to match, with the words if its own text has them."""
    facts = {"topic": row.topic, "strength": row.strength, "reason": row.reason}
    if quote is None:
        return facts
    return {
        **facts,
        "term": quote.term,
        "snippet": quote.snippet,
        "document_url": quote.document_url,
        "page": quote.page,
    }
