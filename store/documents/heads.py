"""Takes page headers and footers out, so that a running title does not count as a mention on every page.

The first page that prints one keeps it: a bill's running title is text too, once.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile

_NUMBER = re.compile(r"\d{1,6}")
_EDGE = 4
_LEAST_PAGES = 3
# Left and right pages often have a header of their own, so the next one may be two pages on.
_NEARBY = 2
_MOST_NUMBERS = 8


def without_running_heads(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the lines of all pages without those that at least three neighbouring pages repeat at their edge."""
    bodies = [[line for line in lines if line.strip()] for lines in pages]
    if len(bodies) < _LEAST_PAGES:
        return bodies
    edges = [_edge(lines, number) for number, lines in enumerate(bodies)]
    first, later = _repeats(edges)
    result = []
    for number, lines in enumerate(bodies):
        heads = first[number] | later[number]
        # Only what is repeated all the way from the edge is a header: an item's heading in the fourth line is not.
        top = _count(edges[number], range(min(_EDGE, len(lines))), heads)
        bottom = _count(edges[number], range(len(lines) - 1, max(top, len(lines) - _EDGE) - 1, -1), heads)
        gone = {
            index
            for index in (*range(top), *range(len(lines) - bottom, len(lines)))
            if not edges[number][index].isdisjoint(later[number])
        }
        result.append([line for index, line in enumerate(lines) if index not in gone] if gone else lines)
    return result


def _edge(lines: Sequence[str], number: int) -> dict[int, set[str]]:
    """Return what the first and last lines of a page could be repeated as, by the line's index."""
    indexes = {*range(min(_EDGE, len(lines))), *range(max(0, len(lines) - _EDGE), len(lines))}
    return {index: set(_keys(lines[index], number)) for index in indexes}


def _count(edge: dict[int, set[str]], indexes: range, heads: set[str]) -> int:
    """Return how many lines are heads, from the first of `indexes` on without a gap."""
    return len(list(takewhile(lambda index: not edge[index].isdisjoint(heads), indexes)))


def _repeats(edges: Sequence[dict[int, set[str]]]) -> tuple[list[set[str]], list[set[str]]]:
    """Return the keys of running heads by page: those that begin on it, and those that go on from the page before."""
    where: dict[str, list[int]] = defaultdict(list)
    for number, edge in enumerate(edges):
        for key in set().union(*edge.values()):
            where[key].append(number)
    first: list[set[str]] = [set() for _ in edges]
    later: list[set[str]] = [set() for _ in edges]
    for key, numbers in where.items():
        start = 0
        for index in range(1, len(numbers) + 1):
            if index < len(numbers) and numbers[index] - numbers[index - 1] <= _NEARBY:
                continue
            if index - start >= _LEAST_PAGES:
                first[numbers[start]].add(key)
                for number in numbers[start + 1 : index]:
                    later[number].add(key)
            start = index
    return first, later


def _keys(line: str, number: int) -> Iterator[str]:
    """Yield the line itself, and the line with a number in it as a distance from the page's own."""
    text = " ".join(line.split())
    yield text
    found = list(_NUMBER.finditer(text))
    if len(found) <= _MOST_NUMBERS:
        for part in found:
            yield f"{text[: part.start()]}\0{int(part.group()) - number}\0{text[part.end() :]}"
