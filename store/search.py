"""The one search: page, feeds, API and command line all ask here, on both databases."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, and_, column, func, or_, select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Subquery

from store import models
from store.changes import record_has_topic
from store.errors import BadQuery
from store.query import Query, Term, fts5, parse_query, tsquery
from store.reading import load_views
from store.views import RecordView

KINDS = ("bill", "agenda_item")
MOST = 10_000
SNIPPET = 240
MATCHES_LOOKED_AT = 30
MATCHES = {
    (False, False): "SELECT rowid AS pk FROM record_fts WHERE record_fts MATCH :query",
    (False, True): "SELECT rowid AS pk, -bm25(record_fts, 10, 1) AS rank FROM record_fts WHERE record_fts MATCH :query",
    (True, False): "SELECT record_pk AS pk FROM record_text WHERE search @@ to_tsquery('watchbill', :query)",
    (True, True): (
        "SELECT record_pk AS pk, "
        "CAST(ts_rank_cd('{0, 0, 0.1, 1}', search, to_tsquery('watchbill', :query), 1) AS double precision) AS rank "
        "FROM record_text WHERE search @@ to_tsquery('watchbill', :query)"
    ),
}
"""By (PostgreSQL, ranked); a word in the title weighs ten times one in the texts."""
BETWEEN = r"[\W_]+"
ENDINGS = re.compile(r"(?:ational|ations?|ings?|edly|ies|ied|ers?|ed|es|s|e|y)$")


@dataclass(frozen=True)
class Hit:
    """One record that was found; `marks` are where the words stand in the snippet. A higher rank is better."""

    record: RecordView
    snippet: str
    rank: float
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class SearchPage:
    """One page of results; `next` is the cursor of the following one."""

    hits: list[Hit]
    total: int
    next: str | None


def search(
    session: Session,
    query: str,
    *,
    state: str | None = None,
    topic: str | None = None,
    kind: str | None = None,
    since: datetime | date | None = None,
    limit: int = 50,
    cursor: str | None = None,
    now: datetime | None = None,
) -> SearchPage:
    """Return records that match a typed query and the filters, best first; without a query the newest change first.

    Raises BadQuery for what can't be searched: too long, no word in it, an unknown kind, a foreign cursor.
    """
    parsed = parse_query(query)
    if kind is not None and kind not in KINDS:
        raise BadQuery(f"{kind!r} is not a kind of record: {' or '.join(KINDS)}")
    limit = max(1, min(limit, MOST))
    records = models.records
    wanted = filters(state, topic, kind, since)
    if not parsed.clauses or parsed.only_unwanted:
        if parsed.only_unwanted:
            wanted.append(records.c.pk.not_in(select(found(session, parsed, ranked=False).c.pk)))
        total = session.scalar(select(func.count()).select_from(records).where(*wanted)) or 0
        pks, following = newest_page(session, wanted, limit, cursor)
        ranks = dict.fromkeys(pks, 0.0)
    else:
        all_hits = found(session, parsed, ranked=False)
        count = select(func.count()).select_from(all_hits).join(records, records.c.pk == all_hits.c.pk)
        total = session.scalar(count.where(*wanted)) or 0
        ranks, following = best_page(session, found(session, parsed, ranked=True), wanted, limit, cursor)
        pks = list(ranks)
    views = load_views(session, pks, now)
    snippets = load_snippets(session, pks, parsed, views)
    hits = [Hit(views[pk], snippets[pk][0], ranks[pk], snippets[pk][1]) for pk in pks]
    return SearchPage(hits, total, following)


def filters(
    state: str | None, topic: str | None, kind: str | None, since: datetime | date | None
) -> list[ColumnElement[bool]]:
    """Return the conditions that the filters are."""
    records = models.records
    wanted: list[ColumnElement[bool]] = []
    if state:
        wanted.append(records.c.state == state.lower())
    if topic:
        wanted.append(record_has_topic([topic], strong_only=False))
    if kind:
        wanted.append(records.c.kind == kind)
    if since:
        moment = since if isinstance(since, datetime) else datetime.combine(since, time.min, UTC)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        wanted.append(records.c.last_changed_at >= moment)
    return wanted


def found(session: Session, query: Query, *, ranked: bool) -> Subquery:
    """Return the subquery of matching records' numbers, with their rank if it is needed."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    match = tsquery(query) if postgresql else fts5(query)
    statement = MATCHES[postgresql, ranked]
    columns = [column("pk", Integer), column("rank", Float)] if ranked else [column("pk", Integer)]
    return text(statement).bindparams(query=match).columns(*columns).subquery("found")


def best_page(
    session: Session, hits: Subquery, wanted: list[ColumnElement[bool]], limit: int, cursor: str | None
) -> tuple[dict[int, float], str | None]:
    """Return ranks by record, best first, and the next cursor."""
    records = models.records
    query = select(hits.c.pk, hits.c.rank).join(records, records.c.pk == hits.c.pk).where(*wanted)
    if cursor is not None:
        rank, pk = read_cursor(cursor, float)
        query = query.where(or_(hits.c.rank < rank, and_(hits.c.rank == rank, hits.c.pk < pk)))
    rows = session.execute(query.order_by(hits.c.rank.desc(), hits.c.pk.desc()).limit(limit + 1)).all()
    following = write_cursor(rows[limit - 1].rank, rows[limit - 1].pk) if len(rows) > limit else None
    return {row.pk: row.rank for row in rows[:limit]}, following


def newest_page(
    session: Session, wanted: list[ColumnElement[bool]], limit: int, cursor: str | None
) -> tuple[list[int], str | None]:
    """Return records by their newest change, and the next cursor."""
    records = models.records
    query = select(records.c.pk, records.c.last_changed_at).where(*wanted)
    if cursor is not None:
        moment, pk = read_cursor(cursor, str)
        try:
            at = datetime.fromisoformat(moment)
        except ValueError as error:
            raise BadQuery("the cursor is not one that a search gave") from error
        if at.tzinfo is None:
            raise BadQuery("the cursor is not one that a search gave")
        query = query.where(
            or_(records.c.last_changed_at < at, and_(records.c.last_changed_at == at, records.c.pk < pk))
        )
    rows = session.execute(query.order_by(records.c.last_changed_at.desc(), records.c.pk.desc()).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = write_cursor(last.last_changed_at.isoformat(), last.pk) if last else None
    return [row.pk for row in rows[:limit]], following


def write_cursor(value: float | str, pk: int) -> str:
    """Return a place in a list of results as an opaque text."""
    return base64.urlsafe_b64encode(json.dumps([value, pk]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, kind: type[Any]) -> tuple[Any, int]:
    """Return the place that a cursor names; raises BadQuery for anything that `write_cursor` did not make."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        value, pk = json.loads(base64.b64decode(padded.encode(), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, TypeError) as error:
        raise BadQuery("the cursor is not one that a search gave") from error
    if not isinstance(value, kind) or not isinstance(pk, int) or not 0 <= pk < 2**31:
        raise BadQuery("the cursor is not one that a search gave")
    return value, pk


def load_snippets(
    session: Session, pks: list[int], query: Query, views: dict[int, RecordView]
) -> dict[int, tuple[str, tuple[tuple[int, int], ...]]]:
    """Return for each record the passage where the words stand, and where in it."""
    pattern = marks_pattern(query.words)
    table = models.record_texts
    found: dict[int, tuple[str, tuple[tuple[int, int], ...]]] = {}
    for pk in pks:
        mentions = views[pk].mentions
        found[pk] = (mentions[0].snippet, (mentions[0].mark,)) if mentions else ("", ())
    if pattern is None:
        return found
    for begin in range(0, len(pks), 50):
        chunk = pks[begin : begin + 50]
        for row in session.execute(select(table).where(table.c.record_pk.in_(chunk))):
            # The first line of the body is the record's numbers, which the title beside it shows anyway.
            in_text = passage(row.body.partition("\n")[2], pattern)
            in_title = passage(row.title, pattern)
            found[row.record_pk] = in_title if len(in_title[1]) > len(in_text[1]) else in_text
    return found


def marks_pattern(terms: list[Term]) -> re.Pattern[str] | None:
    """Return a pattern for the words and their inflections, whole phrases first."""
    if not terms:
        return None
    ordered = sorted(terms, key=lambda term: -len(term.words))
    phrases = (BETWEEN.join(stem(word) for word in term.words) for term in ordered)
    return re.compile("|".join(rf"\b{phrase}" for phrase in phrases), re.IGNORECASE)


def stem(word: str) -> str:
    """Return a pattern for a word and what may follow its stem, about as the databases' stemmer sees it."""
    base = ENDINGS.sub("", word.lower())
    return rf"{re.escape(base if len(base) >= 3 else word)}\w*"


def passage(source: str, pattern: re.Pattern[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the place with the most different words that match, on one line, and every match within it."""
    matches = list(islice(pattern.finditer(source), MATCHES_LOOKED_AT))

    def different_words(index: int) -> int:
        reach = matches[index].start() + SNIPPET // 2
        return len({match[0].lower() for match in matches[index:] if match.end() <= reach})

    first = matches[max(range(len(matches)), key=different_words)].start() if matches else 0
    start = max(0, first - SNIPPET // 3)
    if start:
        space = source.find(" ", start)
        start = space + 1 if 0 <= space < first else start
    line = " ".join(source[start : start + SNIPPET].split())
    if start + SNIPPET < len(source) and " " in line[SNIPPET // 2 :]:
        line = line.rsplit(" ", 1)[0]
    return line, tuple(found.span() for found in pattern.finditer(line))
