"""Reads what a record does, by whom, for how much and for how long, near its mentions; each with its sentence."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from store.matching.engine import Span
from store.matching.lexicon import Lexicon
from store.matching.numbers import camera_counts, contract_terms, money, retention_spans
from store.matching.page import Page
from store.matching.rules import TITLES, Record
from store.matching.snippets import snippet

ACCESS = ("out_of_state", "federal", "immigration")
NEAR = 30
"""Within how many words of a mention a purpose must stand outside of titles."""
SHORT = 900
"""Up to how many words a record counts as one item, all of whose figures are its own."""
FIGURES_NEAR = 500
"""Within how many characters of a mention a figure must stand in a longer record."""

Places = Sequence[tuple[Page, Span]]


class AspectReader:
    """Reads aspects with the lexicon's phrases."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._aspects = lexicon.aspects
        self._vendors = lexicon.vendors

    def empty(self) -> dict[str, Any]:
        """The aspects of a record that is about nothing watched."""
        return {
            "purposes": [],
            "vendor": None,
            "amounts": [],
            "retention_days": None,
            "cameras": None,
            "term": None,
            "out_of_state": False,
            "federal": False,
            "immigration": False,
            "quotes": {},
        }

    def read(self, places: Places, record: Record) -> dict[str, Any]:
        """Return the aspects of a record with mentions at these places."""
        aspects = self.empty()
        quotes: dict[str, str] = aspects["quotes"]
        for signal, name in self._aspects.items():
            hit = next(self._hits(signal, places, record), None)
            if hit is None:
                continue
            quotes[name] = snippet(*hit)[0]
            if name in ACCESS:
                aspects[name] = True
            else:
                aspects["purposes"].append(name)
        aspects["purposes"].sort()
        self._read_vendor(aspects, places, record)
        self._read_figures(aspects, places, record)
        return aspects

    def _hits(self, signal: int, places: Places, record: Record) -> Iterator[tuple[Page, Span]]:
        """Spans of a signal in titles, and near or in the sentence of a mention elsewhere."""
        for page in record.titles:
            yield from ((page, span) for span in page.spans.get(signal, ()))
        for page, place in places:
            if page.source.field in TITLES or signal not in page.spans:
                continue
            if page.near(place, (signal,), NEAR) or page.in_sentence(place, (signal,)):
                yield page, page.nearest(place, signal)

    def _read_vendor(self, aspects: dict[str, Any], places: Places, record: Record) -> None:
        pages = {id(page): page for page in [*record.titles, *(page for page, _ in places)]}.values()
        counts: dict[str, int] = {}
        first: dict[str, tuple[Page, Span]] = {}
        for page in pages:
            for signal, name in self._vendors.items():
                spans = page.spans.get(signal, ())
                if spans:
                    counts[name] = counts.get(name, 0) + len(spans)
                    first.setdefault(name, (page, spans[0]))
        if counts:
            aspects["vendor"] = max(sorted(counts), key=lambda name: counts[name])
            aspects["quotes"]["vendor"] = snippet(*first[aspects["vendor"]])[0]

    def _read_figures(self, aspects: dict[str, Any], places: Places, record: Record) -> None:
        quotes: dict[str, str] = aspects["quotes"]
        for page, part in _parts(places, record):
            for span in money(page.text, part):
                printed = re.sub(r"\s+", " ", page.quoted(span))
                if printed not in aspects["amounts"]:
                    aspects["amounts"].append(printed)
                    quotes.setdefault("amounts", snippet(page, span)[0])
            for name, readings in (
                ("retention_days", retention_spans(page, part)),
                ("cameras", camera_counts(page, part)),
            ):
                for value, span in readings:
                    if aspects[name] is None:
                        aspects[name] = value
                        quotes[name] = snippet(page, span)[0]
            for span in contract_terms(page, part):
                if aspects["term"] is None:
                    aspects["term"] = re.sub(r"\s+", " ", page.quoted(span))
                    quotes["term"] = snippet(page, span)[0]


def _parts(places: Places, record: Record) -> Iterator[tuple[Page, Span]]:
    """Where figures are read: titles, short records whole, and what stands around the mentions of long ones."""
    for page in record.titles:
        yield page, (0, len(page.text))
    done: dict[int, int] = {}
    for page, (start, end) in places:
        if page.source.field in TITLES:
            continue
        size = len(page.text)
        low, high = (
            (0, size) if record.words <= SHORT else (max(0, start - FIGURES_NEAR), min(size, end + FIGURES_NEAR))
        )
        # Parts of neighbouring mentions overlap; what was read already is not read again.
        low = max(low, done.get(id(page), 0))
        if low < high:
            done[id(page)] = high
            yield page, (low, high)
