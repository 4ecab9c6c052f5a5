"""Finds many expressions in one pass with hyperscan, or one after another with `re` where there is no wheel for it.

Both give the same result by construction: the pass only says where an expression may begin, and `re` reads it from
there in both. Offsets are those of normalised text, whose bytes are its characters.
"""

import re
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol

from store.matching.patterns import Expression

Span = tuple[int, int]


class Scanner(Protocol):
    """A set of expressions that is looked for as one."""

    def ends(self, text: bytes) -> list[int]:
        """Return where the rare part of any expression ends, in no order."""
        ...

    def found(self, text: bytes) -> set[int]:
        """Return the numbers of the expressions that occur."""
        ...

    def spans(self, text: bytes, start: int, end: int) -> dict[int, list[Span]]:
        """Return the spans of each expression between two offsets, leftmost first and without overlaps."""
        ...


class HyperscanScanner:
    """All expressions in one automaton; a lock keeps threads apart, for its scratch space serves one at a time."""

    def __init__(self, expressions: Sequence[Expression]) -> None:
        import hyperscan  # noqa: F401 - where it is missing this must fail here, so that the plain scanner is taken

        self._expressions = expressions
        self._wholes = [re.compile(one.whole.encode("ascii")) for one in expressions]
        self._lock = threading.Lock()

    def ends(self, text: bytes) -> list[int]:
        ends: list[int] = []
        self._scan(self._parts, text, lambda _number, _start, end, _flags, _context: ends.append(end))
        return ends

    def found(self, text: bytes) -> set[int]:
        numbers: set[int] = set()

        def note(number: int, start: int, _end: int, _flags: int, _context: Any) -> None:
            if number not in numbers and (
                not self._expressions[number].gapped or self._wholes[number].match(text, start)
            ):
                numbers.add(number)

        self._scan(self._whether, text, note)
        return numbers

    def spans(self, text: bytes, start: int, end: int) -> dict[int, list[Span]]:
        starts: dict[int, set[int]] = {}

        def note(number: int, begin: int, _end: int, _flags: int, _context: Any) -> None:
            starts.setdefault(number, set()).add(begin)

        self._scan(self._heads, text[start:end], note)
        found: dict[int, list[Span]] = {}
        for number, begins in starts.items():
            spans: list[Span] = []
            for begin in sorted(begins):
                if spans and begin + start < spans[-1][1]:
                    continue
                match = self._wholes[number].match(text, begin + start, end)
                if match:
                    spans.append(match.span())
            if spans:
                found[number] = spans
        return found

    def _scan(self, database: Any, text: bytes, note: Callable[[int, int, int, int, Any], None]) -> None:
        with self._lock:
            database.scan(text, match_event_handler=note)

    @cached_property
    def _parts(self) -> Any:
        return _database([one.part for one in self._expressions], [0] * len(self._expressions))

    @cached_property
    def _heads(self) -> Any:
        from hyperscan import HS_FLAG_SOM_LEFTMOST

        return _database([one.head for one in self._expressions], [HS_FLAG_SOM_LEFTMOST] * len(self._expressions))

    @cached_property
    def _whether(self) -> Any:
        from hyperscan import HS_FLAG_SINGLEMATCH, HS_FLAG_SOM_LEFTMOST

        flags = [HS_FLAG_SOM_LEFTMOST if one.gapped else HS_FLAG_SINGLEMATCH for one in self._expressions]
        return _database([one.head for one in self._expressions], flags)


class PlainScanner:
    """The same with `re`: far slower, for machines without hyperscan."""

    def __init__(self, expressions: Sequence[Expression]) -> None:
        self._wholes = [re.compile(one.whole.encode("ascii")) for one in expressions]
        self._parts = [re.compile(one.part.encode("ascii")) for one in expressions]

    def ends(self, text: bytes) -> list[int]:
        return [match.end() for pattern in self._parts for match in pattern.finditer(text)]

    def found(self, text: bytes) -> set[int]:
        return {number for number, pattern in enumerate(self._wholes) if pattern.search(text)}

    def spans(self, text: bytes, start: int, end: int) -> dict[int, list[Span]]:
        found: dict[int, list[Span]] = {}
        for number, pattern in enumerate(self._wholes):
            spans = [match.span() for match in pattern.finditer(text, start, end)]
            if spans:
                found[number] = spans
        return found


def scanner(expressions: Sequence[Expression]) -> Scanner:
    """Return the fast scanner, or the plain one where hyperscan can't be imported."""
    try:
        return HyperscanScanner(expressions)
    except ImportError:
        return PlainScanner(expressions)


def _database(expressions: Sequence[str], flags: Sequence[int]) -> Any:
    import hyperscan

    database = hyperscan.Database()
    database.compile(
        expressions=[one.encode("ascii") for one in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=list(flags),
    )
    return database


def merged(spans: Sequence[Span]) -> list[Span]:
    """Return spans joined where they touch, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def leftmost_longest(spans: Sequence[Span]) -> list[Span]:
    """Return the spans without those that overlap an earlier or, from the same start, a longer one."""
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
