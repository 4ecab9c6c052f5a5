"""Text as phrases see it: small letters, single spaces, nothing that typesetting put inside words; with the way back.

Every step but the last keeps one byte for one character of the original, so no table of offsets is built while
text is read: the place of a match is worked out only when there is one.
"""

import re
from collections.abc import Sequence
from itertools import compress

STRUCK_FROM, STRUCK_TO = "\ue000", "\ue001"
"""Text between these two characters is struck through or repealed; whoever extracts a document puts them there."""

# What is printed inside words without being part of them becomes \x1f, which is deleted; a broken-off line
# ends in a hyphen, or in the \x02 and \ufffe that PDF extraction leaves in its place.
SAME_LENGTH = {
    "\ufffe": "\x02",
    "\u200b": "\x1f",
    "\u200c": "\x1f",
    "\u200d": "\x1f",
    "\u2060": "\x1f",
    "\ufeff": "\x1f",
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2002": " ",
    "\u2003": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2015": "-",
    "\u2212": "-",
    "\u2028": "\n",
    "\u2029": "\n",
}
LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "ft",
    "\ufb06": "st",
}
LIGATURE = re.compile("[\ufb00-\ufb06]")
STRUCK = re.compile(f"{STRUCK_FROM}[^{STRUCK_TO}]*{STRUCK_TO}?")
STRAY_MARK = re.compile(f"[{STRUCK_FROM}{STRUCK_TO}]")
# A margin number of a bill stands where the next line begins, so it is between the two halves of a broken word.
BROKEN_WORD = re.compile(rb"-(?<=[A-Za-z]-)[ \t]*\r?\n\s*(?:\d{1,3}\s+)?(?=[A-Za-z])")
BROKEN_SOFTLY = re.compile(rb"[\x02\xad][ \t]*\r?\n\s*(?:\d{1,3}\s+)?(?=[A-Za-z])")
LETTER_SPACED = re.compile(rb"[A-Z] {1,3}[A-Z] {1,3}[A-Z] {1,3}[A-Z] {1,3}[A-Z](?: {1,3}[A-Z])*(?![A-Za-z])")
ONE_SPACE = re.compile(rb"(?<! ) (?! )")

# Latin-1 keeps one byte a character and all of ASCII; of its upper half only the letters are not blank or noise.
DROPPED = b"'`\x02\x1f\xad"
LOWER = bytes(
    32 if byte < 33 or byte in b"-_\x7f\xa0\xa7" else byte + 32 if 65 <= byte <= 90 else 63 if byte > 127 else byte
    for byte in range(256)
)
KEPT = bytes(0 if byte in DROPPED or LOWER[byte] == 32 else 1 for byte in range(256))


class Normal:
    """One text, normalised: `text` are the small letters that phrases are matched on."""

    def __init__(self, original: str, *, struck: bool = False) -> None:
        """Normalise; with `struck` the struck-through text is read too, otherwise it is as if it were not there."""
        self._same, self._origin = same_length(original, struck=struck)
        self.text = single_spaced(self._same.translate(LOWER, DROPPED))
        self._kept: list[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return where the original has what stands from `start` to `end`; both ends must touch no space."""
        return self._place(start), self._place(end - 1) + 1

    def _place(self, offset: int) -> int:
        if self._kept is None:
            self._kept = list(compress(range(len(self._same)), self._same.translate(KEPT)))
        place = self._kept[offset - self.text.count(b" ", 0, offset)]
        return place if self._origin is None else self._origin[place]


def same_length(original: str, *, struck: bool) -> tuple[bytes, Sequence[int] | None]:
    """Return the text in Latin-1, one byte a character, and where each byte came from if that is not its own place."""
    text, origin = original, None
    if not text.isascii():
        if STRUCK_FROM in text or STRUCK_TO in text:
            pattern = STRAY_MARK if struck else STRUCK
            text = pattern.sub(lambda match: "\x1f" * len(match[0]), text)
        for character, plain in SAME_LENGTH.items():
            text = text.replace(character, plain)
        if LIGATURE.search(text):
            text, origin = _without_ligatures(text)
    same = text.encode("latin-1", "replace")
    same = BROKEN_WORD.sub(_deleted, same)
    if b"\x02" in same or b"\xad" in same:
        same = BROKEN_SOFTLY.sub(_deleted, same)
    # No word of the topics is without these letters, and a search for a literal costs almost nothing.
    if b" E " in same or b" T " in same or b" L " in same or b" R " in same:
        same = LETTER_SPACED.sub(_closed_up, same)
    return same, origin


def single_spaced(text: bytes) -> bytes:
    """Return the text with every run of spaces as one: a loop over literals is faster than a pattern."""
    text = text.replace(b" " * 16, b" ").replace(b" " * 4, b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def _without_ligatures(text: str) -> tuple[str, list[int]]:
    pieces = [LIGATURES.get(character, character) for character in text]
    return "".join(pieces), [place for place, piece in enumerate(pieces) for _ in piece]


def _deleted(match: re.Match[bytes]) -> bytes:
    return b"\x1f" * len(match[0])


def _closed_up(match: re.Match[bytes]) -> bytes:
    """Close up A U T O  P L A T E; where some gaps are wider, the wider ones stand between words."""
    before = match.string[match.start() - 1 : match.start()]
    if before.isalpha():
        return match[0]
    return ONE_SPACE.sub(b"\x1f", match[0])
