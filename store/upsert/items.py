"""Bills and agenda items of a run: stored, compared field by field and list by list, differences noted."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from store import models
from store.keys import norm, public_id
from store.upsert.columns import COLUMNS, EVERY, compare_columns
from store.upsert.context import Storing, chunks
from store.upsert.files import DocumentWriter, load_documents
from store.upsert.lists import LIST_FIELDS, ListField, compare_list, load_lists
from store.upsert.merge import SOURCE_URL_LIMIT, Draft, Drafts, RecordKey, cleaned, fingerprint

SEARCHED = frozenset({"title", "identifier", "summary", "subjects", "text"})
UNTOLD = frozenset({"source_urls", "marker", "lists_seen", "fingerprint"})
"""Columns whose difference is bookkeeping and not an update of the record."""
LISTS = ("actions", "sponsors", "documents", "votes", "lineage")


@dataclass
class StoredRecords:
    """The records of a run after storing them."""

    pks: dict[RecordKey, int]
    restored: set[int]
    new_norms: set[str]
    """Names that bills go by since this run."""


def store_records(storing: Storing, drafts: Drafts, event_pks: dict[str, int], reread: set[str]) -> StoredRecords:
    """Insert and update the run's records and all that belongs to them; texts are matched later.

    `reread` are the hashes of files that read differently now.
    """
    stored = load_heads(storing, [*drafts.records, *drafts.seen_records])
    result = StoredRecords({key: row.pk for key, row in stored.items()}, set(), set())
    new: dict[RecordKey, tuple[Draft, str]] = {}
    moved: dict[int, tuple[RecordKey, Draft, str]] = {}
    for key, raw in drafts.records.items():
        hashed = fingerprint(raw)
        row = stored.get(key)
        if row is None:
            new[key] = cleaned(raw), hashed
        elif row.fingerprint != hashed:
            moved[row.pk] = key, cleaned(raw), hashed
    result.restored = {row.pk for row in stored.values() if row.removed_at is not None}
    insert_records(storing, new, event_pks, result)
    update_records(storing, moved, event_pks, result, reread)
    storing.counts.unknown_seen += len(drafts.seen_records - stored.keys())
    storing.counts.records["insert"] = len(new)
    storing.counts.records["update"] = len(storing.updated)
    storing.counts.records["noop"] = len(drafts.records) + len(drafts.seen_records & stored.keys())
    storing.counts.records["noop"] -= len(new) + len(storing.updated)
    storing.counts.documents = sum(len(draft.get("documents") or ()) for draft in drafts.records.values())
    mark_seen(storing, result)
    return result


def load_heads(storing: Storing, keys: list[RecordKey]) -> dict[RecordKey, Any]:
    """Number, hash and tombstone of the records with those keys."""
    assert storing.source is not None
    table = models.records
    found: dict[RecordKey, Any] = {}
    for kind in COLUMNS:
        for chunk in chunks(key for own, key in keys if own == kind):
            query = select(table.c.pk, table.c.key, table.c.fingerprint, table.c.removed_at).where(
                table.c.source == storing.source.slug, table.c.kind == kind, table.c.key.in_(chunk)
            )
            found.update(((kind, row.key), row) for row in storing.session.execute(query))
    return found


def mark_seen(storing: Storing, result: StoredRecords) -> None:
    """Write when and by which run the records were seen last; what was called gone is back."""
    old = set(result.pks.values()) - storing.inserted
    values = {"last_seen_at": storing.now, "last_seen_run": storing.run_id, "missed": 0, "missed_run": None}
    storing.update_all(models.records, old, removed_at=None, **values)
    titles: dict[int, str] = {}
    for chunk in chunks(sorted(result.restored)):
        query = select(models.records.c.pk, models.records.c.title).where(models.records.c.pk.in_(chunk))
        titles.update((row.pk, row.title) for row in storing.session.execute(query))
    for pk, title in titles.items():
        storing.change(pk, "restored", None, {"title": title})


def insert_records(
    storing: Storing, new: dict[RecordKey, tuple[Draft, str]], event_pks: dict[str, int], result: StoredRecords
) -> None:
    """Insert records that were never seen, with their lists, documents and names."""
    source = storing.source
    assert source is not None
    known_events = {**event_pks, **load_event_pks(storing, new, event_pks)}
    had_items = events_with_items(storing, new, known_events)
    rows = []
    for (kind, key), (draft, hashed) in new.items():
        rows.append(
            {
                "id": public_id(source.slug, kind, key),
                "source": source.slug,
                "kind": kind,
                "key": key,
                "jurisdiction": source.jurisdiction,
                "state": source.state,
                **{name: draft.get(name) for name in EVERY},
                "title": draft["title"] or draft["identifier"] or key,
                "title_seen": draft["title"] is not None,
                "event_pk": known_events.get(draft.get("event_key") or ""),
                "source_urls": draft["source_urls"][:SOURCE_URL_LIMIT],
                "lists_seen": [name for name in LISTS if draft.get(name) is not None],
                "aspects": {},
                "fingerprint": hashed,
                "first_seen_at": storing.now,
                "last_seen_at": storing.now,
                "last_changed_at": storing.now,
                "last_seen_run": storing.run_id,
            }
        )
    by_id = storing.insert_numbered(models.records, rows)
    writer = DocumentWriter(storing)
    lists: dict[str, list[Draft]] = {field.name: [] for field in LIST_FIELDS}
    for (kind, key), (draft, _) in new.items():
        pk = result.pks[kind, key] = by_id[public_id(source.slug, kind, key)]
        storing.inserted.add(pk)
        storing.retext.add(pk)
        for field in LIST_FIELDS:
            lists[field.name] += field.rows(pk, draft.get(field.name) or [])
        writer.compare("record_pk", pk, [], draft["documents"] or [], news=False)
        event_pk = known_events.get(draft.get("event_key") or "")
        late = kind == "agenda_item" and event_pk in had_items
        facts = {"identifier": draft["identifier"], "title": draft["title"], "status": draft["status"]}
        storing.change(pk, "agenda_item_added" if late else "new", None, facts, event_pk)
    for field in LIST_FIELDS:
        storing.insert(field.table, lists[field.name])
    writer.write()
    add_names(
        storing,
        {result.pks[key]: (draft, draft["session"]) for key, (draft, _) in new.items() if key[0] == "bill"},
        result,
    )


def load_event_pks(storing: Storing, new: dict[RecordKey, Any], known: dict[str, int]) -> dict[str, int]:
    """Numbers of events that new agenda items belong to and that this run did not look at."""
    assert storing.source is not None
    wanted = {draft["event_key"] for draft, _ in new.values() if draft.get("event_key")} - known.keys()
    table = models.events
    found: dict[str, int] = {}
    for chunk in chunks(sorted(wanted)):
        query = select(table.c.key, table.c.pk).where(table.c.source == storing.source.slug, table.c.key.in_(chunk))
        found.update((row.key, row.pk) for row in storing.session.execute(query))
    return found


def events_with_items(storing: Storing, new: dict[RecordKey, Any], known: dict[str, int]) -> set[int]:
    """Events whose agenda was published before this run: what is new on it was added late."""
    wanted = {known[draft["event_key"]] for draft, _ in new.values() if draft.get("event_key") in known}
    table = models.records
    found: set[int] = set()
    for chunk in chunks(sorted(wanted)):
        query = select(table.c.event_pk).where(table.c.event_pk.in_(chunk), table.c.kind == "agenda_item").distinct()
        found.update(storing.session.scalars(query))
    return found


def add_names(storing: Storing, bills: dict[int, tuple[Draft, str | None]], result: StoredRecords) -> None:
    """Store the names that bills go by; a former identifier stays one of them."""
    assert storing.source is not None
    table = models.aliases
    stored: dict[int, dict[str, bool]] = {}
    for chunk in chunks(pk for pk in bills if pk not in storing.inserted):
        query = select(table.c.record_pk, table.c.norm, table.c.own).where(table.c.record_pk.in_(chunk))
        for row in storing.session.execute(query):
            stored.setdefault(row.record_pk, {})[row.norm] = row.own
    inserts = []
    for pk, (draft, session) in bills.items():
        own = norm(draft["identifier"])
        known = stored.get(pk, {})
        if known.get(own) is False or any(mine and name != own for name, mine in known.items()):
            storing.session.execute(table.update().where(table.c.record_pk == pk).values(own=table.c.norm == own))
        names = {norm(name): name for name in (*(draft["aliases"] or ()), draft["identifier"])}
        for name, spelled in names.items():
            if name and name not in known:
                inserts.append(
                    {
                        "record_pk": pk,
                        "norm": name,
                        "identifier": spelled,
                        "jurisdiction": storing.source.jurisdiction,
                        "session": session,
                        "own": name == own,
                    }
                )
                result.new_norms.add(name)
                storing.retext.add(pk)
    storing.insert(table, inserts)


def update_records(
    storing: Storing,
    moved: dict[int, tuple[RecordKey, Draft, str]],
    event_pks: dict[str, int],
    result: StoredRecords,
    reread: set[str],
) -> None:
    """Compare records whose observation is another than the last, and note every difference."""
    writer = DocumentWriter(storing)
    rewrites: dict[str, dict[int, list[Draft]]] = {field.name: {} for field in LIST_FIELDS}
    updates, names = [], {}
    for chunk in chunks(sorted(moved)):
        lists = load_lists(storing.session, chunk)
        documents = load_documents(storing.session, "record_pk", chunk)
        rows = storing.session.execute(select(models.records).where(models.records.c.pk.in_(chunk)))
        for row in rows.mappings().all():
            pk = row["pk"]
            (kind, _), draft, hashed = moved[pk]
            to = compare_columns(storing, row, draft, event_pks)
            differs = bool(to.keys() - UNTOLD)
            told_before = set(row["lists_seen"])
            for field in LIST_FIELDS:
                observed = draft.get(field.name)
                if observed is None:
                    continue
                own = trimmed(field, observed)
                if compare_list(
                    storing, pk, field, lists[field.name].get(pk, []), own, news=is_told(field.name, told_before)
                ):
                    rewrites[field.name][pk] = own
                    differs = True
            to["fingerprint"] = hashed
            if draft["documents"] is not None:
                news = is_told("documents", told_before)
                compared = writer.compare("record_pk", pk, documents.get(pk, []), draft["documents"], news=news)
                differs = differs or compared.differs
                if compared.texts or any(row["sha256"] in reread for row in documents.get(pk, [])):
                    storing.retext.add(pk)
                if compared.pending:
                    # While something is being missed, the same observation must be compared again to be missed twice.
                    to["fingerprint"] = ""
            if to.keys() & SEARCHED:
                storing.retext.add(pk)
            if kind == "bill":
                names[pk] = draft, draft["session"] or row["session"]
            if differs:
                storing.updated.add(pk)
            updates.append({"pk": pk, **to})
    for field in LIST_FIELDS:
        storing.delete_of(field.table, rewrites[field.name])
        storing.insert(
            field.table, [row for pk, entries in rewrites[field.name].items() for row in field.rows(pk, entries)]
        )
    writer.write()
    storing.update_each(models.records, updates)
    add_names(storing, names, result)


def trimmed(field: ListField, entries: list[Draft]) -> list[Draft]:
    """The entries with the stored columns only, in their order, so that they compare with what is stored."""
    return [{name: entry[name] for name in field.columns} for entry in entries]


def is_told(name: str, told_before: set[str]) -> bool:
    """Whether a page that tells this list was read before: otherwise all of it would look new."""
    if name in ("actions", "sponsors"):
        return name in told_before
    return bool(told_before)
