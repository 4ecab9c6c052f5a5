"""What a person types into a search box, and what each database is asked for it: never the typed text itself.

Words stand for themselves and all must be found; "a phrase" in its order; OR between alternatives; -not;
prefix*. Whatever else is typed, punctuation and operators of the databases' own, only separates words.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from store.errors import BadQuery
from store.text import clean
from store.upsert.index import fold

LONGEST = 1000
MOST_TERMS = 40
WORD_LENGTH = 200
"""PostgreSQL refuses words over two kilobytes; no real one is nearly as long."""
PREFIX_LENGTH = 2
"""A prefix of one letter would read most of the index."""

_PIECE = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?(?P<star>\*?)|(?P<bare>[^\s"]+))')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Term:
    """One word, or several in their order; `prefix` lets the last one go on."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass
class Clause:
    """What must all be found together, and what must not."""

    wanted: list[Term] = field(default_factory=list)
    unwanted: list[Term] = field(default_factory=list)


@dataclass(frozen=True)
class Query:
    """The alternatives of a search; none at all means: everything."""

    clauses: tuple[Clause, ...] = ()

    @property
    def only_unwanted(self) -> bool:
        """Whether it only says what to leave out."""
        return len(self.clauses) == 1 and not self.clauses[0].wanted

    @property
    def words(self) -> list[Term]:
        """Everything that is looked for, to be marked where it is found."""
        return [term for clause in self.clauses for term in clause.wanted]


def parse_query(text: str) -> Query:
    """Read a typed query; raises BadQuery if it is too long or holds nothing that can be looked for."""
    if len(text) > LONGEST:
        raise BadQuery(f"a search can have {LONGEST:,} characters, this one has {len(text):,}")
    plain = fold(clean(text))
    if not plain.strip():
        return Query()
    clauses = [clause for clause in alternatives(plain) if clause.wanted or clause.unwanted]
    if not clauses:
        raise BadQuery(f"there is no word to look for in {clean(text).strip()[:60]!r}")
    if sum(len(clause.wanted) + len(clause.unwanted) for clause in clauses) > MOST_TERMS:
        raise BadQuery(f"a search can have {MOST_TERMS} words")
    if len(clauses) > 1 and any(not clause.wanted for clause in clauses):
        raise BadQuery("each side of OR needs a word to look for, not only words to leave out")
    return Query(tuple(clauses))


def alternatives(text: str) -> Iterator[Clause]:
    """Yield what stands between the ORs."""
    clause = Clause()
    negate = False
    for piece in _PIECE.finditer(text):
        bare = piece["bare"]
        if bare == "OR" and not piece["minus"]:
            yield clause
            clause, negate = Clause(), False
        elif bare == "NOT" and not piece["minus"]:
            negate = True
        elif bare == "AND" and not piece["minus"]:
            continue
        else:
            term = term_of(bare if bare is not None else piece["phrase"], starred(piece))
            if term is not None:
                (clause.unwanted if negate or piece["minus"] else clause.wanted).append(term)
            negate = False
    yield clause


def starred(piece: re.Match[str]) -> bool:
    """Whether a piece ends in the star that lets its last word go on."""
    return bool(piece["star"]) or (piece["bare"] or piece["phrase"] or "").endswith("*")


def term_of(text: str, prefix: bool) -> Term | None:
    """Return the words of one piece; "O'Brien" and "plate-reader" are two words in a row, as they are in texts."""
    words = tuple(word[:WORD_LENGTH] for word in _WORD.findall(text))
    if not words:
        return None
    return Term(words, prefix and len(words[-1]) >= PREFIX_LENGTH)


def fts5(query: Query) -> str:
    """Return the MATCH expression for SQLite; every word is quoted, so that none can be an operator."""

    def term(entry: Term) -> str:
        return f'"{" ".join(entry.words)}"' + ("*" if entry.prefix else "")

    return joined(query, term, "AND", "OR", "NOT")


def tsquery(query: Query) -> str:
    """Return the to_tsquery text for PostgreSQL; every word is quoted, so that none can be an operator."""

    def term(entry: Term) -> str:
        return "(" + " <-> ".join(f"'{word}'" for word in entry.words) + (":*" if entry.prefix else "") + ")"

    return joined(query, term, "&", "|", "& !")


def joined(query: Query, term: Callable[[Term], str], both: str, either: str, without: str) -> str:
    """Put terms and operators together."""

    def clause(entry: Clause) -> str:
        wanted = f" {both} ".join(term(one) for one in entry.wanted)
        unwanted = f" {either} ".join(term(one) for one in entry.unwanted)
        if not entry.wanted:
            return f"({unwanted})"
        return f"(({wanted}) {without} ({unwanted}))" if unwanted else f"({wanted})"

    return f" {either} ".join(clause(entry) for entry in query.clauses)
