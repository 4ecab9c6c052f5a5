"""Documents of records and events: what is new, replaced or no longer listed; texts stored once per content."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from store import models
from store.upsert.context import Storing, chunks
from store.upsert.excerpts import excerpts
from store.upsert.kinds import document_added_kind, document_replaced_kind
from store.upsert.merge import Draft

TEXT_CHUNK = 50
"""Texts compressed in memory at once."""

FACTS = ("kind", "name", "date", "media_type", "fetched_at")


def load_documents(session: Session, owner: str, pks: Sequence[int]) -> dict[int, list[Draft]]:
    """The documents of those records or events (`owner` is record_pk or event_pk), in their order."""
    table = models.documents
    loaded: dict[int, list[Draft]] = {}
    for chunk in chunks(pks):
        query = select(table).where(table.c[owner].in_(chunk)).order_by(table.c[owner], table.c.position, table.c.pk)
        for row in session.execute(query).mappings():
            loaded.setdefault(row[owner], []).append(dict(row))
    return loaded


def store_texts(storing: Storing, drafts: Iterable[Draft]) -> set[str]:
    """Store the texts that the drafts' documents brought; return the hashes of files that read differently now."""
    observed: dict[str, Draft] = {}
    for draft in drafts:
        for document in draft.get("documents") or ():
            if document["text"] is not None:
                observed[document["text"]["sha256"]] = document["text"]
    table = models.document_texts
    stored: dict[str, str] = {}
    for chunk in chunks(sorted(observed)):
        query = select(table.c.sha256, table.c.text_hash).where(table.c.sha256.in_(chunk))
        stored.update((row[0], row[1]) for row in storing.session.execute(query))
    reread = {sha for sha, text in observed.items() if sha in stored and stored[sha] != text["text_hash"]}
    dialect = storing.session.get_bind().dialect.name
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    names = ("sha256", "media_type", "pages", "page_count", "characters", "readable", "how", "warnings", "text_hash")
    statement = insert(table).values({name: bindparam(name) for name in names})
    replacing = {name: statement.excluded[name] for name in names if name != "sha256"}
    statement = statement.on_conflict_do_update(index_elements=["sha256"], set_=replacing)
    # In one order everywhere: two crawls that bring the same files would otherwise wait for each other in a ring.
    for chunk in chunks(sorted(observed.keys() - stored.keys() | reread), TEXT_CHUNK):
        storing.session.connection().execute(statement, [text_row(observed[sha]) for sha in chunk])
    storing.texts.update((sha, text["pages"]) for sha, text in observed.items())
    return reread


def load_pages(session: Session, hashes: Iterable[str], at_hand: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The pages of those texts: what this run brought is at hand, the rest is read back."""
    wanted = set(hashes)
    found = {sha: at_hand[sha] for sha in wanted & at_hand.keys()}
    table = models.document_texts
    for chunk in chunks(sorted(wanted - found.keys())):
        query = select(table.c.sha256, table.c.pages).where(table.c.sha256.in_(chunk))
        for sha, pages in session.execute(query):
            found[sha] = json.loads(zlib.decompress(pages))
    return found


def text_row(text: Draft) -> dict[str, Any]:
    """A text as it is stored: pages as one compressed JSON list."""
    pages = text["pages"]
    return {
        "sha256": text["sha256"],
        "media_type": text["media_type"],
        "pages": zlib.compress(json.dumps(pages, ensure_ascii=False).encode(), 6),
        "page_count": len(pages),
        "characters": sum(len(page) for page in pages),
        "readable": text["readable"],
        "how": text["how"],
        "warnings": text["warnings"],
        "text_hash": text["text_hash"],
    }


def new_rows(owner: str, pk: int, documents: Sequence[Draft], first: int = 0) -> list[dict[str, Any]]:
    """Rows for documents that are not stored yet; every row names every column, so that all go in at once."""
    return [
        {
            "record_pk": pk if owner == "record_pk" else None,
            "event_pk": pk if owner == "event_pk" else None,
            "position": position,
            "url": document["url"],
            "sha256": document["text"]["sha256"] if document["text"] is not None else None,
            **{name: document[name] for name in FACTS},
        }
        for position, document in enumerate(documents, start=first)
    ]


class DocumentWriter:
    """Collects what becomes of documents, and writes it at once."""

    def __init__(self, storing: Storing) -> None:
        self.storing = storing
        self.inserts: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []

    def write(self) -> None:
        self.storing.insert(models.documents, self.inserts)
        self.storing.update_each(models.documents, self.updates)

    def compare(self, owner: str, pk: int, stored: list[Draft], observed: list[Draft], *, news: bool) -> "Compared":
        """Note the differences between the stored and the observed documents of one record or event."""
        compared = Compared()
        by_url = {document["url"]: document for document in stored}
        listed = {document["url"] for document in observed}
        replaceable = [row for row in stored if row["url"] not in listed and row["removed_at"] is None]
        added: list[Draft] = []
        for document in observed:
            known = by_url.get(document["url"]) or same_file(document, replaceable)
            if known is None:
                added.append(document)
                continue
            if known in replaceable:
                replaceable.remove(known)
            self.refresh(known, document, compared, pk if news else None)
        self.inserts += new_rows(owner, pk, added, first=len(stored))
        compared.differs = compared.differs or bool(added)
        compared.texts = compared.texts or any(document["text"] is not None for document in added)
        for document in added:
            old = same_name(document, replaceable)
            if old is not None:
                # The page shows the successor in its place: gone for certain, without waiting for a second run.
                replaceable.remove(old)
                self.updates.append({"pk": old["pk"], "removed_at": self.storing.now})
                compared.texts = compared.texts or old["sha256"] is not None
            # A file that was never read and only moved to another address is not known to say anything new.
            moved = old is not None and old["sha256"] is None and document["text"] is None
            if news and not moved:
                kind = document_replaced_kind(document["kind"]) if old else document_added_kind(document["kind"])
                self.tell(pk, kind, old or previous_version(document, stored), document)
        for row in replaceable:
            self.miss(row, compared)
        return compared

    def refresh(self, known: Draft, document: Draft, compared: "Compared", news_pk: int | None) -> None:
        """Bring a stored document up to what was observed of it."""
        to = {
            name: document[name]
            for name in ("kind", "name", "date", "media_type", "url")
            if document[name] is not None and document[name] != known[name]
        }
        sha = document["text"]["sha256"] if document["text"] is not None else None
        if sha is not None and sha != known["sha256"]:
            to |= {"sha256": sha, "fetched_at": document["fetched_at"] or self.storing.now}
            compared.texts = True
            if known["sha256"] is not None and news_pk is not None:
                self.tell(news_pk, document_replaced_kind(document["kind"]), known, document)
        if known["removed_at"] is not None:
            compared.texts = compared.texts or known["sha256"] is not None
            to |= {"removed_at": None, "missed": 0, "missed_run": None}
        elif known["missed"]:
            to |= {"missed": 0, "missed_run": None}
        if to:
            self.updates.append({"pk": known["pk"], **to})
            compared.differs = compared.differs or bool(to.keys() - {"missed", "missed_run"})

    def tell(self, pk: int, kind: str, old: Draft | None, document: Draft) -> None:
        """Note a new or replaced document, with the words that differ where both texts are known."""
        before, after = shown(old) if old is not None else None, shown(document)
        if before is not None and before["sha256"] and after["sha256"] and before["sha256"] != after["sha256"]:
            pages = load_pages(self.storing.session, (before["sha256"], after["sha256"]), self.storing.texts)
            before["excerpt"], after["excerpt"] = excerpts(pages[before["sha256"]], pages[after["sha256"]])
        self.storing.change(pk, kind, before, after)

    def miss(self, row: Draft, compared: "Compared") -> None:
        """A document that its page did not list: gone when two complete runs in a row say so."""
        if not self.storing.complete or row["missed_run"] == self.storing.run_id:
            compared.pending = True
            return
        missed = row["missed"] + 1
        to = {"pk": row["pk"], "missed": missed, "missed_run": self.storing.run_id}
        if missed >= 2:
            to["removed_at"] = self.storing.now
            compared.differs = True
            compared.texts = compared.texts or row["sha256"] is not None
        else:
            compared.pending = True
        self.updates.append(to)


class Compared:
    """What comparing came to: a difference, a different text, a document that may be going."""

    def __init__(self) -> None:
        self.differs = False
        self.texts = False
        self.pending = False


def same_file(document: Draft, candidates: Sequence[Draft]) -> Draft | None:
    """The stored document with the same content at an address that is no longer listed: only its link moved."""
    if document["text"] is None:
        return None
    sha = document["text"]["sha256"]
    return next((row for row in candidates if row["sha256"] == sha and row["kind"] == document["kind"]), None)


def same_name(document: Draft, candidates: Sequence[Draft]) -> Draft | None:
    """The stored document of that kind and name whose address is no longer listed."""
    if document["name"] is None:
        return None
    same = (row for row in candidates if row["kind"] == document["kind"] and row["name"] == document["name"])
    return next(same, None)


def previous_version(document: Draft, stored: Sequence[Draft]) -> Draft | None:
    """The version of a bill that a new one follows: the last that is listed and was read."""
    if document["kind"] != "version":
        return None
    read = [row for row in stored if row["kind"] == "version" and row["sha256"] and row["removed_at"] is None]
    return read[-1] if read else None


def shown(document: Draft) -> dict[str, Any]:
    """A document as a change tells it."""
    text = document.get("text")
    sha = text["sha256"] if text is not None else document.get("sha256")
    date = document["date"].isoformat() if document["date"] is not None else None
    return {"kind": document["kind"], "url": document["url"], "name": document["name"], "date": date, "sha256": sha}
