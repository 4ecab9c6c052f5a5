"""What the steps of storing one run share: the transaction, the source, the clock, and what is to be written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from config.sources import Source
from store.observed import Window
from store.upsert.counts import Counts

T = TypeVar("T")

CHUNK = 500
"""Keys asked for at once; SQLite and PostgreSQL both take far more, but plans stay good with this many."""


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


@dataclass
class PendingChange:
    """A difference that was found and will be written when the run is whole."""

    record_pk: int
    kind: str
    before: Any
    after: Any
    event_pk: int | None = None


@dataclass
class Storing:
    """One call of store_run, or one batch of a rematch."""

    session: Session
    source: Source | None
    run_id: int | None
    now: datetime
    baseline: bool = False
    bulk: bool = False
    """Everything noted is one of very many: stored, and only counted in digests."""
    complete: bool = False
    window: Window | None = None
    counts: Counts = field(default_factory=Counts)
    changes: list[PendingChange] = field(default_factory=list)
    inserted: set[int] = field(default_factory=set)
    """Records that are new in this run."""
    updated: set[int] = field(default_factory=set)
    """Records whose stored content differs from before this run."""
    retext: set[int] = field(default_factory=set)
    """Records whose texts differ: they are matched and indexed again."""
    topics_before: dict[int, dict[str, str]] = field(default_factory=dict)
    """Topics and strengths that changed records had before they were matched again."""
    texts: dict[str, list[str]] = field(default_factory=dict)
    """Pages by sha256 of the texts that this run brought, so that they need not be read back."""

    ahead: dict[int, bool] = field(default_factory=dict)
    """Which events are still to come, as far as it was asked."""

    def change(self, record_pk: int, kind: str, before: Any, after: Any, event_pk: int | None = None) -> None:
        """Note a difference; it is written at the end, together with all others."""
        self.changes.append(PendingChange(record_pk, kind, before, after, event_pk))

    def insert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows in batches."""
        for chunk in chunks(rows, 2000):
            self.session.execute(insert(table), chunk)

    def insert_numbered(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        """Insert rows that have a public id and return their numbers by it."""
        self.insert(table, rows)
        numbers: dict[str, int] = {}
        # Asking afterwards is several times quicker than RETURNING, for which all rows go into one statement.
        for chunk in chunks([row["id"] for row in rows]):
            query = select(table.c.id, table.c.pk).where(table.c.id.in_(chunk))
            numbers.update((row.id, row.pk) for row in self.session.execute(query))
        return numbers

    def update_each(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Update rows by `pk`; all rows given at once name the same columns."""
        by_columns: dict[frozenset[str], list[Mapping[str, Any]]] = {}
        for row in rows:
            by_columns.setdefault(frozenset(row), []).append(row)
        connection = self.session.connection()
        for columns, group in by_columns.items():
            values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in columns if name != "pk"}
            statement = update(table).where(table.c.pk == bindparam("which")).values(values)
            for chunk in chunks(group, 2000):
                connection.execute(
                    statement,
                    [
                        {"which": row["pk"], **{f"to_{name}": row[name] for name in columns if name != "pk"}}
                        for row in chunk
                    ],
                )

    def update_all(self, table: Table, pks: Iterable[int], **values: Any) -> None:
        """Give many rows the same values."""
        for chunk in chunks(sorted(pks)):
            self.session.execute(update(table).where(table.c.pk.in_(chunk)).values(**values))

    def delete_of(self, table: Table, record_pks: Iterable[int]) -> None:
        """Delete the rows that belong to those records; only for lists that are written anew."""
        for chunk in chunks(sorted(record_pks)):
            self.session.execute(delete(table).where(table.c.record_pk.in_(chunk)))
