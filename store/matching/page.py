"""One text of a record, scanned where terms occur: which signals stand where, and what stands near what."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from store.matching.engine import Span, leftmost_longest, merged
from store.matching.lexicon import AnyOf, Entry, Lexicon
from store.matching.model import TextField
from store.matching.normalise import Normal

REACH = 800
"""How far context is looked for, in characters; sentences end there at the latest."""
MARGIN = REACH + 400
"""How much is scanned around a candidate: its reach, and a phrase that begins or ends just inside of it."""
# Semicolons part the items of one list or title in bills, which speak of one thing: they end no sentence.
STOP = re.compile(rb"[.?!][\"')\]]*(?= |$)")
# A full stop after one letter or one of these ends no sentence in bills and agendas.
ABBREVIATED = re.compile(
    rb"(?:^|[ (])(?:[a-z]|no|nos|inc|sec|st|vs|art|stat|jr|co|corp|ch|dept|rep|reps|sen|mr|ms|dr)$"
)
LETTERS = re.compile(r"[^A-Za-z]+")


class Page:
    """A text with the places of all signals in the parts that were scanned."""

    def __init__(self, source: TextField, normal: Normal) -> None:
        self.source = source
        self.normal = normal
        self.text = normal.text
        self.spans: dict[int, list[Span]] = {}

    def scan(self, lexicon: Lexicon, parts: Sequence[Span]) -> None:
        """Find all signals in these parts of the text."""
        found: dict[int, list[Span]] = {}
        for start, end in parts:
            for signal, spans in lexicon.spans(self.text, start, end).items():
                found.setdefault(signal, []).extend(spans)
        plain = {signal: leftmost_longest(spans) for signal, spans in found.items()}
        self.spans = {signal: self._true(lexicon.entries[signal], spans, plain) for signal, spans in plain.items()}

    def around(self, ends: Sequence[int]) -> list[Span]:
        """The parts of the text within which everything that decides about these candidates stands."""
        size = len(self.text)
        if size <= 2 * MARGIN:
            return [(0, size)]
        return merged([(self._blank_before(end - MARGIN), self._blank_after(end + MARGIN)) for end in ends])

    def near(self, span: Span, signals: AnyOf, words: int) -> bool:
        """Whether one of the signals stands within so many words of the span or around it; its own do not count."""
        return any(self._distance(span, found) <= words for found in self._neighbours(span, signals))

    def in_sentence(self, span: Span, signals: AnyOf) -> bool:
        """Whether one of the signals stands in the sentence of the span; its own words do not count."""
        start, end = self.sentence(span)
        return any(start <= found[0] and found[1] <= end for found in self._neighbours(span, signals))

    def nearest(self, span: Span, signal: int) -> Span:
        """The span of a signal that is nearest to this one; the signal must be within reach."""
        return min(self._neighbours(span, (signal,)), key=lambda other: self._distance(span, other))

    def sentence(self, span: Span) -> Span:
        """The sentence around a span, at most REACH characters to either side."""
        floor, ceiling = max(0, span[0] - REACH), min(len(self.text), span[1] + REACH)
        start = floor
        for match in STOP.finditer(self.text, floor, span[0]):
            if self._ends(match):
                start = match.end()
        for match in STOP.finditer(self.text, span[1], ceiling):
            if self._ends(match):
                return start, match.end()
        return start, ceiling

    def _ends(self, match: re.Match[bytes]) -> bool:
        before = self.text[max(0, match.start() - 6) : match.start()]
        return match[0][:1] != b"." or not ABBREVIATED.search(before)

    def original(self, span: Span) -> Span:
        """Where the original text has the span."""
        return self.normal.original(*span)

    def quoted(self, span: Span) -> str:
        """The words of the original text."""
        start, end = self.original(span)
        return self.source.text[start:end]

    def _true(self, entry: Entry, spans: list[Span], plain: dict[int, list[Span]]) -> list[Span]:
        """Leave out spans whose letters are not of the case asked for, and those that are part of something else."""
        if entry.case != "any":
            spans = [span for span in spans if _has_case(self.quoted(span), entry.case)]
        for other in entry.unless_inside:
            outer = plain.get(other, [])
            spans = [span for span in spans if not any(o[0] <= span[0] and span[1] <= o[1] for o in outer)]
        return spans

    def _neighbours(self, span: Span, signals: AnyOf) -> list[Span]:
        """The nearest spans of each signal within reach, and those that overlap the span but are not its own words."""
        found: list[Span] = []
        for signal in signals:
            spans = self.spans.get(signal)
            if not spans:
                continue
            after = bisect_left(spans, span[1], key=lambda other: other[0])
            before = bisect_right(spans, span[0], key=lambda other: other[1]) - 1
            found += [other for other in spans[before + 1 : after] if other[0] < span[0] or span[1] < other[1]]
            if after < len(spans) and spans[after][1] <= span[1] + REACH:
                found.append(spans[after])
            if before >= 0 and spans[before][0] >= span[0] - REACH:
                found.append(spans[before])
        return found

    def _distance(self, one: Span, other: Span) -> int:
        if other[0] >= one[1]:
            return self.text.count(b" ", one[1], other[0])
        # Counting backwards gives nothing for spans that overlap.
        return self.text.count(b" ", other[1], one[0])

    def _blank_before(self, offset: int) -> int:
        return max(self.text.rfind(b" ", 0, offset), 0) if offset > 0 else 0

    def _blank_after(self, offset: int) -> int:
        blank = self.text.find(b" ", offset)
        return len(self.text) if blank < 0 else blank


def _has_case(words: str, case: str) -> bool:
    letters = LETTERS.sub("", words)
    if case == "capital":
        return letters[:1].isupper()
    return letters.isupper() or (letters[-1:] == "s" and letters[:-1].isupper())
