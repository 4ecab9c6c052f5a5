"""Records whose texts differ are matched again and indexed again, in the transaction that stored the texts."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from store import models
from store.matching.model import Match, TextField
from store.upsert.context import Storing, chunks
from store.upsert.files import load_pages
from store.upsert.index import index_row, write_index

MATCH_CHUNK = 50
"""Records whose texts are held in memory at once; a packet may have megabytes."""

MENTION_COLUMNS = ("topic", "term", "field", "start", "end", "snippet", "strength", "reason", "document_url", "page")
RECORD_COLUMNS = (
    "pk",
    "kind",
    "identifier",
    "title",
    "title_seen",
    "summary",
    "subjects",
    "text",
    "match_hash",
    "aspects",
)


class MatchesText(Protocol):
    """What storing needs of store.matching.Matcher; `version` is another whenever the topics are."""

    @property
    def version(self) -> str:
        """Hash of the topics."""
        ...

    def match(self, fields: Sequence[TextField]) -> Match:
        """Return what the texts say about the topics."""
        ...


@dataclass
class TextOfRecord:
    """A record's row, the names it goes by, and its listed documents with their texts' hashes."""

    row: RowMapping
    names: list[str] = field(default_factory=list)
    documents: list[tuple[str, str, str]] = field(default_factory=list)
    """Address, sha256 and text hash."""

    def hash(self, version: str) -> str:
        """Hash of everything that matching reads."""
        texts = [self.title, self.row["summary"], self.row["subjects"], self.row["text"]]
        content = [version, texts, [(url, text) for url, _, text in self.documents]]
        return hashlib.blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()

    @property
    def title(self) -> str | None:
        """The title, unless it only repeats the identifier."""
        return self.row["title"] if self.row["title_seen"] else None

    def fields(self, texts: Mapping[str, list[str]]) -> list[TextField]:
        """The texts by field, documents page by page."""
        found = [TextField("title", self.title)] if self.title else []
        if self.row["summary"]:
            found.append(TextField("summary", self.row["summary"]))
        found += [TextField("subject", subject) for subject in self.row["subjects"] or ()]
        if self.row["text"]:
            found.append(TextField("text", self.row["text"]))
        for url, sha, _ in self.documents:
            found += [
                TextField("document", page, document_url=url, page=number)
                for number, page in enumerate(texts.get(sha, ()), start=1)
            ]
        return found


def load_texts_of(session: Session, record_pks: Sequence[int]) -> dict[int, TextOfRecord]:
    """The matched parts of those records, without the documents' pages."""
    records, documents, texts = models.records, models.documents, models.document_texts
    query = select(*(records.c[name] for name in RECORD_COLUMNS)).where(records.c.pk.in_(record_pks))
    loaded = {row["pk"]: TextOfRecord(row) for row in session.execute(query).mappings()}
    names = select(models.aliases.c.record_pk, models.aliases.c.identifier).where(
        models.aliases.c.record_pk.in_(record_pks)
    )
    for record_pk, name in session.execute(names.order_by(models.aliases.c.record_pk, models.aliases.c.norm)):
        loaded[record_pk].names.append(name)
    listed = (
        select(documents.c.record_pk, documents.c.url, documents.c.sha256, texts.c.text_hash)
        .join(texts, texts.c.sha256 == documents.c.sha256)
        .where(documents.c.record_pk.in_(record_pks), documents.c.removed_at.is_(None))
        .order_by(documents.c.record_pk, documents.c.position, documents.c.pk)
    )
    for record_pk, url, sha, text in session.execute(listed):
        loaded[record_pk].documents.append((url, sha, text))
    return loaded


def match_records(
    storing: Storing,
    matcher: MatchesText,
    record_pks: Iterable[int],
    *,
    stale_only: bool = False,
    deferred: set[int] | None = None,
) -> set[int]:
    """Match and index those records again; return those whose own topics differ.

    With `stale_only` what was matched with these texts and terms is left alone. With `deferred` records whose
    topics would differ are put there and not written.
    """
    differing: set[int] = set()
    for chunk in chunks(sorted(record_pks), MATCH_CHUNK):
        loaded = load_texts_of(storing.session, chunk)
        hashes = {pk: text.hash(matcher.version) for pk, text in loaded.items()}
        stale = [pk for pk, text in loaded.items() if text.row["match_hash"] != hashes[pk]]
        if stale_only:
            loaded = {pk: loaded[pk] for pk in stale}
        wanted = (sha for text in loaded.values() for _, sha, _ in text.documents)
        pages = load_pages(storing.session, wanted, storing.texts)
        fields = {pk: text.fields(pages) for pk, text in loaded.items()}
        matches = {pk: matcher.match(fields[pk]) for pk in stale}
        differing |= store_matches(storing, matches, hashes, deferred)
        snippets = load_snippets(storing.session, list(loaded))
        rows = [
            index_row(text.row, text.names, fields[pk], snippets.get(pk, ()))
            for pk, text in loaded.items()
            if deferred is None or pk not in deferred
        ]
        write_index(storing.session, rows)
    return differing


def store_matches(
    storing: Storing, matches: Mapping[int, Match], hashes: Mapping[int, str], deferred: set[int] | None
) -> set[int]:
    """Write mentions, topics and aspects that differ; return the records whose own topics differ."""
    pks = list(matches)
    stored = load_mentions(storing.session, pks)
    topics = load_own_topics(storing.session, pks)
    rewritten: dict[int, list[dict[str, Any]]] = {}
    differing: set[int] = set()
    updates = []
    for pk, match in matches.items():
        now = {topic.topic: (topic.strength, topic.reason) for topic in match.topics}
        before = topics.get(pk, {})
        if now != before:
            if deferred is not None and strengths(now) != strengths(before):
                deferred.add(pk)
                continue
            differing.add(pk)
        rows = [mention_row(pk, position, mention) for position, mention in enumerate(match.mentions)]
        if rows != stored.get(pk, []):
            rewritten[pk] = rows
        updates.append({"pk": pk, "match_hash": hashes[pk], "aspects": match.aspects})
    storing.delete_of(models.mentions, rewritten)
    storing.insert(models.mentions, [row for rows in rewritten.values() for row in rows])
    storing.update_each(models.records, updates)
    write_own_topics(storing, {pk: matches[pk] for pk in sorted(differing)})
    return differing


def strengths(topics: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return topics and strengths; other reasons for the same are no change that is told."""
    return {topic: strength for topic, (strength, _) in topics.items()}


def write_own_topics(storing: Storing, matches: Mapping[int, Match]) -> None:
    """Replace the topics of those records; what they inherit is worked out anew afterwards."""
    for pk in matches:
        remember_topics(storing, pk)
    table = models.record_topics
    storing.delete_of(table, matches)
    storing.insert(
        table,
        [
            {"record_pk": pk, "topic": topic.topic, "strength": topic.strength, "reason": topic.reason}
            for pk, match in matches.items()
            for topic in match.topics
        ],
    )


def remember_topics(storing: Storing, pk: int) -> None:
    """Keep the topics a record had before this run touches them."""
    if pk not in storing.topics_before:
        table = models.record_topics
        rows = storing.session.execute(select(table.c.topic, table.c.strength).where(table.c.record_pk == pk))
        storing.topics_before[pk] = {row.topic: row.strength for row in rows}


def mention_row(pk: int, position: int, mention: Any) -> dict[str, Any]:
    """A mention as it is stored."""
    return {
        "record_pk": pk,
        "position": position,
        **{name: getattr(mention, name) for name in MENTION_COLUMNS},
        "mark_start": mention.mark[0],
        "mark_end": mention.mark[1],
    }


def load_mentions(session: Session, record_pks: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The stored mentions of those records, in order, without their numbers."""
    table = models.mentions
    columns = [column for column in table.c if column.name != "pk"]
    loaded: dict[int, list[dict[str, Any]]] = {}
    for chunk in chunks(record_pks):
        query = select(*columns).where(table.c.record_pk.in_(chunk)).order_by(table.c.record_pk, table.c.position)
        for row in session.execute(query).mappings():
            loaded.setdefault(row["record_pk"], []).append(dict(row))
    return loaded


def load_own_topics(session: Session, record_pks: Sequence[int]) -> dict[int, dict[str, tuple[str, str]]]:
    """Strength and reason by topic that those records' own texts gave."""
    table = models.record_topics
    loaded: dict[int, dict[str, tuple[str, str]]] = {}
    for chunk in chunks(record_pks):
        query = select(table).where(table.c.record_pk.in_(chunk), table.c.inherited_from.is_(None))
        for row in session.execute(query):
            loaded.setdefault(row.record_pk, {})[row.topic] = (row.strength, row.reason)
    return loaded


def load_snippets(session: Session, record_pks: Sequence[int]) -> dict[int, list[str]]:
    """The sentences of the mentions of those records."""
    table = models.mentions
    loaded: dict[int, list[str]] = {}
    query = select(table.c.record_pk, table.c.snippet).where(table.c.record_pk.in_(record_pks))
    for record_pk, snippet in session.execute(query.order_by(table.c.record_pk, table.c.position)):
        loaded.setdefault(record_pk, []).append(snippet)
    return loaded
