"""Joins words that were divided at a line's end, and keeps the hyphens that belong to them."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

MARK = "\ufffe"
"""What pdfium gives for a hyphen at a line's end, in place of the line break."""

# The hyphen with its line break, and the word's part on the next line.
_BREAK = re.compile(f"(?:{MARK}\n?|[-\u00ad\u2010][ \t]*\n)[ \t]*(\\w+)")
_FIRST_PART = re.compile(r"\w[\w'’-]*$")
_LONGEST_WORD = 50
_LEFTOVER = re.compile(f"[{MARK}\u00ad]\n?")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
# First parts that rarely begin a divided word but often a compound, where the document gives no other evidence.
_COMPOUND_FIRST = frozenset({
    "all", "anti", "cross", "cost", "data", "day", "eight", "ever", "ex", "face", "federal", "five", "four",
    "full", "gender", "half", "health", "high", "home", "hand", "in", "law", "life", "line", "local", "long",
    "low", "mid", "multi", "nine", "non", "off", "on", "one", "open", "out", "over", "part", "plate", "post",
    "pre", "privacy", "pro", "real", "re", "right", "risk", "safe", "second", "self", "semi", "sex", "seven",
    "short", "single", "six", "state", "sub", "ten", "third", "three", "time", "two", "up", "user", "vice",
    "well", "word", "work", "year", "camera", "police", "license", "court", "party", "public", "first",
})  # fmt: skip
# Of those, the ones that are also ordinary first syllables prove nothing without a known second part.
_SYLLABLES = frozenset({
    "all", "anti", "data", "day", "ex", "in", "off", "on", "one", "open", "out", "over", "part", "post", "pre",
    "pro", "re", "real", "right", "sub", "ten", "up", "user", "vice", "state", "non", "semi", "multi", "mid",
    "plate", "public", "court", "party", "police", "license", "camera", "federal", "local", "health", "home",
    "hand",
})  # fmt: skip
_COMPOUND_SECOND = frozenset({
    "affirming", "based", "by", "built", "compliance", "day", "driven", "effective", "enforcement",
    "exempt", "family", "federal", "fit", "five", "for", "free", "friendly", "funded", "hour", "in", "income",
    "level", "line", "made", "making", "member", "month", "of", "off", "only", "owned", "party", "person",
    "plate", "point", "powered", "profit", "public", "quality", "reader", "readers", "recognition", "related",
    "risk", "say", "second", "served", "sharing", "side", "site", "specific", "state", "term", "the", "time",
    "to", "up", "use", "wide", "year", "years",
})  # fmt: skip


def joined_lines(pages: Sequence[str]) -> list[str]:
    """Return the pages with divided words whole; what the document itself writes elsewhere decides on the hyphen."""
    breaks = [list(_breaks(text)) for text in pages]
    words: set[str] = set()
    if any(breaks):
        for text, found in zip(pages, breaks, strict=True):
            words.update(_WORD.findall(_between(text, found).lower()))
    return [_join(text, found, words) if found else _rest(text) for text, found in zip(pages, breaks, strict=True)]


class _Break(NamedTuple):
    start: int
    end: int
    left: str
    right: str
    certain: bool


def _breaks(text: str) -> Iterator[_Break]:
    if not (MARK in text or "-" in text or "\u00ad" in text or "\u2010" in text):
        return
    position = 0
    for found in _BREAK.finditer(text):
        left = _FIRST_PART.search(text, max(position, found.start() - _LONGEST_WORD), found.start())
        if left:
            yield _Break(left.start(), found.end(), left.group(), found.group(1), found.group()[0] == MARK)
            position = found.end()


def _between(text: str, breaks: Sequence[_Break]) -> str:
    """Return the text without its divided words, whose halves would pass for words."""
    parts = []
    position = 0
    for found in breaks:
        parts.append(text[position : found.start])
        position = found.end
    return " ".join([*parts, text[position:]])


def _join(text: str, breaks: Sequence[_Break], words: set[str]) -> str:
    parts = []
    position = 0
    for found in breaks:
        # "Phase II-" above "Approval of …" is a dash that ends a heading; pdfium would have marked a hyphen.
        if found.right[0].isupper() and not found.certain and not (found.left.isupper() and found.right.isupper()):
            continue
        hyphen = "-" if _keeps_hyphen(found.left, found.right, words) else ""
        parts.append(f"{text[position : found.start]}{found.left}{hyphen}{found.right}")
        position = found.end
    return _rest("".join([*parts, text[position:]]))


def _rest(text: str) -> str:
    """Return `text` with the marks that divide no word as the hyphens they stand for."""
    return _LEFTOVER.sub("-", text) if MARK in text or "\u00ad" in text else text


def _keeps_hyphen(left: str, right: str, words: set[str]) -> bool:
    same_case = right[0].islower() or (left.isupper() and right.isupper())
    if not same_case or not left[-1].isalpha() or "-" in left:
        return True
    first, second = left.lower(), right.lower()
    if first + second in words:
        return False
    if f"{first}-{second}" in words:
        return True
    if second in _COMPOUND_SECOND and (first in words or first in _COMPOUND_FIRST):
        return True
    if first in _COMPOUND_FIRST and (first not in _SYLLABLES or second in words):
        return True
    return len(first) > 2 and len(second) > 2 and first in words and second in words
