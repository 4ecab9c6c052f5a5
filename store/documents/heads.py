"""Takes page headers and footers out, so that a running title does not count as a mention on every page.

The first page that prints one keeps it: a bill's running title is text too, once.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
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
    first, later = _repeats(bodies)
    heads = first | later
    result = []
    for number, lines in enumerate(bodies):
        # Only what is repeated all the way from the edge is a header: an item's heading in the fourth line is not.
        top = len(list(takewhile(_of(number, heads), lines[:_EDGE])))
        ends = lines[max(top, len(lines) - _EDGE) :][::-1]
        bottom = len(list(takewhile(_of(number, heads), ends)))
        body_end = len(lines) - bottom
        result.append(
            [line for index, line in enumerate(lines) if top <= index < body_end or not _is_in(line, number, later)]
        )
    return result


def _repeats(bodies: Sequence[Sequence[str]]) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """Return the keys of running heads with the page where each begins, and with the pages where it goes on."""
    where: dict[str, list[int]] = defaultdict(list)
    for number, lines in enumerate(bodies):
        edge = lines if len(lines) <= 2 * _EDGE else [*lines[:_EDGE], *lines[-_EDGE:]]
        for key in {key for line in edge for key in _keys(line, number)}:
            where[key].append(number)
    first: set[tuple[str, int]] = set()
    later: set[tuple[str, int]] = set()
    for key, numbers in where.items():
        start = 0
        for index in range(1, len(numbers) + 1):
            if index < len(numbers) and numbers[index] - numbers[index - 1] <= _NEARBY:
                continue
            if index - start >= _LEAST_PAGES:
                first.add((key, numbers[start]))
                later.update((key, number) for number in numbers[start + 1 : index])
            start = index
    return first, later


def _of(number: int, heads: set[tuple[str, int]]) -> Callable[[str], bool]:
    return lambda line: _is_in(line, number, heads)


def _is_in(line: str, number: int, keys: set[tuple[str, int]]) -> bool:
    return any((key, number) in keys for key in _keys(line, number))


def _keys(line: str, number: int) -> Iterator[str]:
    """Yield the line itself, and the line with a number in it as a distance from the page's own."""
    text = " ".join(line.split())
    yield text
    found = list(_NUMBER.finditer(text))
    if len(found) <= _MOST_NUMBERS:
        for part in found:
            yield f"{text[: part.start()]}\0{int(part.group()) - number}\0{text[part.end() :]}"
