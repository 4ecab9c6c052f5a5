"""Successors: a bill that is replaced says by which, and what its readers follow is carried over to it."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store import models
from store.keys import norm
from store.upsert.agendas import choose, resolve
from store.upsert.context import Storing, chunks
from store.upsert.kinds import PREDECESSOR, SUCCESSOR


def tell_successors(storing: Storing) -> None:
    """Note, for bills that a new bill of this run replaces, which one it is; the old page may never say so."""
    assert storing.source is not None
    new = sorted(storing.inserted)
    heads: dict[int, Any] = {}
    for chunk in chunks(new):
        query = select(models.records.c.pk, models.records.c.identifier, models.records.c.title).where(
            models.records.c.pk.in_(chunk), models.records.c.kind == "bill"
        )
        heads.update((row.pk, row) for row in storing.session.execute(query))
    for old, follower in sorted(predecessors(storing.session, new)):
        if follower not in heads or old in storing.inserted:
            continue
        head = heads[follower]
        if names_successor(storing.session, old, head.identifier):
            continue
        after = {"relation": "replaced_by", "identifier": head.identifier, "title": head.title}
        storing.change(old, "successor", None, after)


def names_successor(session: Session, record_pk: int, identifier: str | None) -> bool:
    """Whether the old bill's own page names that successor, and so has told of it."""
    table = models.lineages
    query = select(table.c.pk).where(
        table.c.record_pk == record_pk, table.c.norm == norm(identifier or ""), table.c.relation.in_(SUCCESSOR)
    )
    return session.execute(query.limit(1)).first() is not None


def predecessors(session: Session, record_pks: list[int]) -> set[tuple[int, int]]:
    """The pairs (earlier, later) that those records are an end of.

    Said by the later one ("replaces", or a former name that another bill bears), or by the earlier ("replaced by").
    """
    pairs: set[tuple[int, int]] = set()
    for chunk in chunks(record_pks):
        pairs |= by_lineage(session, chunk)
        pairs |= by_name(session, chunk)
    return pairs


def by_lineage(session: Session, record_pks: list[int]) -> set[tuple[int, int]]:
    """Pairs that a lineage row of either end tells."""
    lineages, records, aliases = models.lineages, models.records, models.aliases
    own = select(aliases.c.norm).where(aliases.c.record_pk.in_(record_pks))
    query = (
        select(lineages, records.c.jurisdiction.label("own_jurisdiction"), records.c.session.label("own_session"))
        .join(records, records.c.pk == lineages.c.record_pk)
        .where(
            lineages.c.relation.in_(SUCCESSOR | PREDECESSOR),
            or_(lineages.c.record_pk.in_(record_pks), lineages.c.norm.in_(own)),
        )
    )
    rows = session.execute(query).all()
    wanted: dict[str, set[str]] = {}
    for row in rows:
        wanted.setdefault(row.jurisdiction or row.own_jurisdiction, set()).add(row.norm)
    found = {jurisdiction: resolve(session, jurisdiction, norms) for jurisdiction, norms in wanted.items()}
    ends = set(record_pks)
    pairs = set()
    for row in rows:
        candidates = found[row.jurisdiction or row.own_jurisdiction].get(row.norm)
        other = choose(candidates, None, (), row.session or row.own_session) if candidates else None
        if other is None or other == row.record_pk or not ends & {other, row.record_pk}:
            continue
        pairs.add((other, row.record_pk) if row.relation in PREDECESSOR else (row.record_pk, other))
    return pairs


def by_name(session: Session, record_pks: list[int]) -> set[tuple[int, int]]:
    """Pairs in which the later bill goes by the earlier one's own number too: a docket that became a bill."""
    later, earlier = models.aliases.alias("later"), models.aliases.alias("earlier")
    pairs: set[tuple[int, int]] = set()
    # Two questions instead of one with OR, which would read the whole table.
    for side in (earlier, later):
        query = (
            select(earlier.c.record_pk, later.c.record_pk)
            .join(
                later,
                (later.c.norm == earlier.c.norm)
                & (later.c.jurisdiction == earlier.c.jurisdiction)
                & (later.c.record_pk != earlier.c.record_pk)
                & later.c.session.is_not_distinct_from(earlier.c.session),
            )
            .where(earlier.c.own, ~later.c.own, side.c.record_pk.in_(record_pks))
        )
        pairs.update((row[0], row[1]) for row in session.execute(query))
    return pairs
