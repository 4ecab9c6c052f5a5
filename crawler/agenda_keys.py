"""Keys for agenda lines that survive renumbering and small rewording; pure.

An agenda line has no id of its own. Its first key comes from its title; when the agenda is read again,
lines are matched to the known ones first, so that a reworded line keeps its key, an added one gets a new
key, and the key of a removed one is not used again for something else.
"""

import hashlib
import re
from collections.abc import Sequence
from difflib import SequenceMatcher

ALIKE = 0.72
"""Share of common words from which two titles are one line, reworded; below it they are two lines."""

SHORT_ALIKE = 0.86
SHORT = 4
"""Titles of so few words share most of them by chance ("Public Hearing A", "Public Hearing B")."""

NUMBERS = re.compile(r"\d[\d,./-]*")


def normal_title(title: str) -> str:
    """Return a title for comparison: lower case, words and figures only."""
    return " ".join(re.findall(r"[a-z0-9]+(?:[-./][a-z0-9]+)*", title.casefold().replace("’", "'")))


def title_key(event_key: str, title: str, occurrence: int = 0) -> str:
    """Return the key of a line first seen with this title; `occurrence` counts earlier lines of the same title."""
    digest = hashlib.sha256(normal_title(title).encode()).hexdigest()[:12]
    return f"{event_key}/{digest}" + (f"-{occurrence + 1}" if occurrence else "")


def stable_keys(event_key: str, titles: Sequence[str], previous: Sequence[tuple[str, str]] = ()) -> list[str]:
    """Return one key for each title, in order: the known line's key where one matches, else a new one.

    `previous` are (key, title) of the lines known so far, in their order.
    """
    matched = match_items(previous, titles)
    taken = {key for key, _ in previous} | {key for key in matched if key}
    keys: list[str] = []
    for title, key in zip(titles, matched, strict=True):
        occurrence = 0
        chosen = key
        while chosen is None or (key is None and chosen in taken):
            chosen = title_key(event_key, title, occurrence)
            occurrence += 1
        taken.add(chosen)
        keys.append(chosen)
    return keys


def match_items(previous: Sequence[tuple[str, str]], titles: Sequence[str]) -> list[str | None]:
    """Return, for each title, the key of the known line it is, or None for an added line.

    Equal titles first, each to the nearest free line in order; then the most alike of what is left.
    """
    found: list[str | None] = [None] * len(titles)
    free = dict(enumerate(previous))
    old = [normal_title(title) for _, title in previous]
    new = [normal_title(title) for title in titles]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            found[block.b + step] = free.pop(block.a + step)[0]
    for place, title in enumerate(new):
        if found[place] is None:
            same = [index for index in free if old[index] == title]
            if same:
                found[place] = free.pop(min(same, key=lambda index: abs(index - place)))[0]
    pairs = sorted(
        (
            (likeness(old[index], new[place]), -abs(index - place), index, place)
            for index in free
            for place in range(len(new))
            if found[place] is None
        ),
        reverse=True,
    )
    for alike, _, index, place in pairs:
        if index in free and found[place] is None and alike >= needed(old[index], new[place]):
            found[place] = free.pop(index)[0]
    return found


def needed(one: str, other: str) -> float:
    """How alike two titles must be to count as one line."""
    return SHORT_ALIKE if min(len(one.split()), len(other.split())) <= SHORT else ALIKE


def likeness(one: str, other: str) -> float:
    """Share of common words in order, 0 to 1; differing figures (a case, an address, a bill) make two lines."""
    figures, others = set(NUMBERS.findall(one)), set(NUMBERS.findall(other))
    if figures and others and figures.isdisjoint(others):
        return 0.0
    words, more = one.split(), other.split()
    if not words or not more:
        return 0.0
    ratio = SequenceMatcher(None, words, more, autojunk=False).ratio()
    shorter, longer = sorted((one, other), key=len)
    # Words added around it ("… – WITHDRAWN", "Award of …") leave the line what it was.
    if len(shorter.split()) >= 3 and f" {shorter} " in f" {longer} ":
        ratio = max(ratio, 0.9)
    return ratio
