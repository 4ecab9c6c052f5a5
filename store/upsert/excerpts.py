"""The passage in which two texts of one document differ, short enough to be kept with the change."""

from collections.abc import Sequence
from itertools import takewhile

WORDS_BEFORE = 25
WORDS = 300


def excerpts(before: Sequence[str], after: Sequence[str]) -> tuple[str, str]:
    """Return the words of both texts around the first place where they differ, pages read as one text."""
    old, new = " ".join(before).split(), " ".join(after).split()
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    begin = max(0, same - WORDS_BEFORE)
    return " ".join(old[begin : begin + WORDS]), " ".join(new[begin : begin + WORDS])
