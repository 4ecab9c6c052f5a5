"""Takes the line numbers of bills out of the text: inside a phrase they hide it from every search.

A number is a line number only as part of a run: numbers at the start of lines (or alone on theirs, or at
their end) that go up by one, or by five, over most of the lines between the first and the last of them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

# "12", or Minnesota's "1.12" of page and line; never "12." or "12)", which number paragraphs.
_LEADING = re.compile(r"[ \t]*(?:(\d{1,3})\.)?(\d{1,5})(?:[ \t]+|$)")
# Short lines of some bills have their number behind them, without a space: "in her cells;5".
_TRAILING = re.compile(r"(?<![\d$%/])(?<!\d[.,:-])[ \t]*(?<!\d)(\d{1,5})[ \t]*$")
_ENDS_SENTENCE = re.compile(r"[.;:?!)\]”\"—–_-]\s*$")
_SURE = 6
# Headings and blank lines between two numbered lines carry none.
_FAR = 8
_DENSE = 0.45
_YEARS = range(1900, 2101)


class _Number(NamedTuple):
    line: int
    value: int
    group: str
    text: str
    """The line without the number."""
    leads: bool


def without_margin_numbers_in(text: str) -> str:
    """Return one flowing text without the line numbers of its printed lines."""
    return "\n".join(without_margin_numbers([text.split("\n")])[0])


def without_margin_numbers(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the lines of all pages without their margin numbers; lines that held nothing else are left out."""
    found = [_runs(lines) for lines in pages]
    # Once one page shows a long run the document is line-numbered, and a short last page is believed.
    sides = {_leads(run) for runs in found for run in runs if len(run) >= 2 * _SURE and _is_dense(run)}
    result: list[list[str]] = []
    for lines, runs in zip(pages, found, strict=True):
        cuts = {
            number.line: number.text
            for run in runs
            if _is_margin(run, lines, numbered=_leads(run) in sides)
            for number in run
        }
        kept = ((index, cuts.get(index, line)) for index, line in enumerate(lines))
        result.append([text for index, text in kept if text.strip() or index not in cuts])
    return result


def _runs(lines: Sequence[str]) -> list[list[_Number]]:
    by_one = _chains(_candidates(lines), 1, _FAR)
    alone = [run[0] for run in by_one if len(run) == 1 and run[0].leads]
    by_five = [run for run in _chains(([number] for number in alone), 5, 5 * _FAR) if len(run) > 3]
    taken = {number.line for run in by_five for number in run}
    return [run for run in by_one if run[0].line not in taken] + by_five


def _candidates(lines: Sequence[str]) -> Iterator[list[_Number]]:
    """Yield, for each line that has any, the numbers that could be its own."""
    for index, line in enumerate(lines):
        numbers = []
        leading = _LEADING.match(line)
        if leading:
            numbers.append(_Number(index, int(leading[2]), leading[1] or "", line[leading.end() :], leads=True))
        if line[-1:].isdigit() or line[-2:-1].isdigit():
            trailing = _TRAILING.search(line)
            if trailing:
                numbers.append(_Number(index, int(trailing[1]), "", line[: trailing.start()], leads=False))
        if numbers:
            yield numbers


def _chains(lines: Iterable[list[_Number]], step: int, far: int) -> list[list[_Number]]:
    """Return the numbers as chains that go up by `step`, each link at most `far` lines below the one before."""
    open_chains: dict[tuple[str, int], list[_Number]] = {}
    chains: list[list[_Number]] = []
    for numbers in lines:
        links = [number for number in numbers if _goes_on(open_chains.get((number.group, number.value)), number, far)]
        # A line has one number: the one that goes on with a chain. Else either may begin one, the leading one last,
        # so that of two equal numbers it is the one that is gone on with.
        for number in links[:1] or reversed(numbers):
            chain = open_chains.pop((number.group, number.value)) if links else []
            if not chain:
                chains.append(chain)
            chain.append(number)
            open_chains[(number.group, number.value + step)] = chain
    return chains


def _goes_on(chain: list[_Number] | None, number: _Number, far: int) -> bool:
    return chain is not None and number.line - chain[-1].line <= far


def _is_margin(run: Sequence[_Number], lines: Sequence[str], *, numbered: bool) -> bool:
    if len(run) == 1:
        # Missouri begins to count at a section's second line, and a section may have no third.
        return numbered and run[0].leads and run[0].value <= _SURE and _breaks_sentence(lines, run[0])
    if run[1].value - run[0].value == 5:
        return 0.7 <= (run[-1].line - run[0].line + 1) / (5 * (len(run) - 1)) <= 1.6
    if not _is_dense(run) or (run[0].value in _YEARS and len(run) < 4 * _SURE):
        return False
    if not _leads(run):
        # Numbers behind the lines may be the pages of a table of contents.
        return numbered or len(run) >= 2 * _SURE
    if len(run) >= 2 * _SURE:
        return True
    broken = sum(_breaks_sentence(lines, number, above) for above, number in zip([None, *run], run, strict=False))
    if len(run) >= _SURE:
        return numbered or broken * 4 >= len(run) or not any(number.text.strip() for number in run)
    return (numbered and (run[0].value == 1 or broken > 0)) or broken * 2 >= len(run)


def _leads(run: Sequence[_Number]) -> bool:
    return 3 * sum(number.leads for number in run) >= len(run)


def _is_dense(run: Sequence[_Number]) -> bool:
    # A table of contents skips numbers, and its lines are seldom all of one page each.
    return len(run) >= (_DENSE if _leads(run) else 0.8) * (run[-1].line - run[0].line + 1)


def _breaks_sentence(lines: Sequence[str], number: _Number, above: _Number | None = None) -> bool:
    """Tell whether a number stands where a sentence goes on: no list is numbered so."""
    if not number.leads or number.line == 0 or not number.text[:1].islower():
        return False
    before = above.text if above is not None and above.line == number.line - 1 else lines[number.line - 1]
    return bool(before.strip() and not _ENDS_SENTENCE.search(before))
