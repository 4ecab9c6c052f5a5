"""A record's lists (actions, sponsors, votes, lineage): compared by entry, written whole when they differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from store import models
from store.keys import norm
from store.upsert.context import Storing, chunks
from store.upsert.kinds import SUCCESSOR, action_kind
from store.upsert.merge import Draft, action_key, lineage_key, sponsor_key, vote_key


@dataclass(frozen=True)
class ListField:
    """One list of a record: where it is stored, its columns, and what makes two entries the same."""

    name: str
    table: Table
    columns: tuple[str, ...]
    key: Callable[[Draft], Any]
    told_late: bool = False
    """True for what a page only tells once it has happened: its first appearance on a known page is news."""

    def rows(self, record_pk: int, entries: Sequence[Draft]) -> list[Draft]:
        """The entries as rows of the table."""
        rows = [
            {"record_pk": record_pk, "position": position, **{name: entry[name] for name in self.columns}}
            for position, entry in enumerate(entries)
        ]
        if self.table is models.lineages:
            for row in rows:
                row["norm"] = norm(row["identifier"])
        return rows


ACTIONS = ListField("actions", models.actions, ("date", "description", "classification", "chamber"), action_key)
SPONSORS = ListField("sponsors", models.sponsorships, ("name", "classification", "primary"), sponsor_key)
VOTES = ListField(
    "votes",
    models.votes,
    ("motion", "date", "passed", "counts", "url", "identifier"),
    vote_key,
    told_late=True,
)
LINEAGE = ListField(
    "lineage", models.lineages, ("relation", "identifier", "session", "jurisdiction"), lineage_key, told_late=True
)
LIST_FIELDS = (ACTIONS, SPONSORS, VOTES, LINEAGE)


def load_lists(session: Session, record_pks: Sequence[int]) -> dict[str, dict[int, list[Draft]]]:
    """The stored lists of those records, by field and record."""
    loaded: dict[str, dict[int, list[Draft]]] = {}
    for field in LIST_FIELDS:
        by_record: dict[int, list[Draft]] = {}
        columns = [field.table.c[name] for name in field.columns]
        for chunk in chunks(record_pks):
            query = (
                select(field.table.c.record_pk, *columns)
                .where(field.table.c.record_pk.in_(chunk))
                .order_by(field.table.c.record_pk, field.table.c.position)
            )
            for row in session.execute(query):
                by_record.setdefault(row[0], []).append(dict(zip(field.columns, row[1:], strict=True)))
        loaded[field.name] = by_record
    return loaded


def compare_list(
    storing: Storing, record_pk: int, field: ListField, stored: list[Draft], observed: list[Draft], *, news: bool
) -> bool:
    """Note what is new or gone in a list (if it is `news`); return whether it must be written again."""
    if stored == observed:
        return False
    if news:
        before = {field.key(entry): entry for entry in stored}
        after = {field.key(entry): entry for entry in observed}
        for key, entry in after.items():
            if key not in before:
                added(storing, record_pk, field, entry)
        if field is SPONSORS:
            for key, entry in before.items():
                if key not in after:
                    storing.change(record_pk, "sponsor_removed", jsonable(entry), None)
    return True


def added(storing: Storing, record_pk: int, field: ListField, entry: Draft) -> None:
    """Note one new entry under its kind of change."""
    if field is ACTIONS:
        storing.change(record_pk, action_kind(entry["classification"]), None, jsonable(entry))
    elif field is SPONSORS:
        storing.change(record_pk, "sponsor_added", None, jsonable(entry))
    elif field is VOTES:
        storing.change(record_pk, "vote", None, jsonable(entry))
    elif entry["relation"] in SUCCESSOR:
        storing.change(record_pk, "successor", None, jsonable(entry))


def jsonable(entry: Draft) -> Draft:
    """The entry with its dates as ISO text."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in entry.items()}
