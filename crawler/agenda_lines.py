"""The lines of an agenda's text: where they stand, which are page furniture, and which begin with a label."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

SEPARATOR = "\f"
"""Joins the pages; offsets of items count characters of the pages so joined."""


@dataclass(frozen=True)
class AgendaLine:
    """One line of an agenda as it numbers itself; `start` and `end` are offsets in the joined pages."""

    number: str | None
    title: str
    page: int
    text: str
    section: str | None
    consent: bool
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True)
class AgendaSplit:
    """An agenda in lines: preamble, items and rest together are the whole text.

    `items` is empty when the text does not number itself; `reason` then says why, and the caller keeps one
    record with the whole text. `rest` is what follows the agenda proper: instructions, notices, a packet.
    """

    items: list[AgendaLine]
    preamble: str
    rest: str = ""
    reason: str | None = None
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """One printed line; `furniture` marks page numbers and running heads."""

    text: str
    page: int
    start: int
    end: int
    furniture: bool = False

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())


@dataclass(frozen=True)
class Label:
    """A number or letter at the head of a line: its parts as printed, its brackets, and what follows it."""

    parts: tuple[str, ...]
    brackets: str
    rest: str
    bare: bool = False
    """Without a full stop or bracket: it may be a page number or a word."""

    consent: bool = False
    """Marked as an item of the consent calendar before its number ("(CA) 5.")."""


PAGE_NUMBER = re.compile(
    r"^\W*(?:page\s*|pg\.?\s*|p\.\s*)(?:\d+|[ivx]+)(?:\s*(?:of|/)\s*\d+)?\W*$|^\W*\d+\s+of\s+\d+\W*$|"
    r"^[-–—]\s*\d+\s*[-–—]$",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"^\s*(?:\d{1,2}:\d{2}\s*[AaPp]\.?[Mm]\.?\s+)?"  # the time at which the line is expected
    r"(?P<marks>\(CA\)\s*|\*{1,3}\s*)?"
    r"(?:(?P<word>(?i:(?:agenda\s+)?item))(?:\s+|(?=\#))(?i:no\.?\s*|number\s+|\#\s*)?)?"
    r"(?P<open>[(\[])?"
    r"(?P<label>[A-Z]\d{1,2}(?=[.):])|(?:[IVXL]{1,6}|[ivxl]{1,5}|\d{1,3}|[A-Z]{1,2}|[a-z]{1,2})"
    r"(?:[.\-](?:\d{1,2}|[A-Za-z]|[IVX]{1,4}|[ivx]{1,4})(?![\w/]))*)"
    r"(?P<close>\.?\s?[)\]]|[.:]{1,2}(?!\d)|\s*[-–—](?=\s|$))?"
    r"(?P<rest>\s.*|)$"
)
WORDS = frozenset(
    (
        "a",
        "i",
        "am",
        "an",
        "as",
        "at",
        "be",
        "by",
        "co",
        "do",
        "dr",
        "el",
        "he",
        "if",
        "in",
        "is",
        "it",
        "la",
        "lo",
        "me",
        "mr",
        "ms",
        "my",
        "no",
        "of",
        "on",
        "or",
        "pm",
        "so",
        "st",
        "to",
        "up",
        "us",
        "vs",
        "we",
    )
)
ROMAN = re.compile(r"^(?=.)(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})$", re.IGNORECASE)
ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}


def lines_of(pages: Sequence[str]) -> list[Line]:
    """Return all lines of the pages with their offsets; page numbers and running heads are marked."""
    found: list[Line] = []
    offset = 0
    running = running_heads(pages)
    for number, page in enumerate(pages, start=1):
        position = offset
        rows = page.splitlines(keepends=True)
        printed = [index for index, row in enumerate(rows) if row.strip()]
        edge = {*printed[:3], *printed[-3:]}
        for index, row in enumerate(rows):
            text = row.rstrip("\r\n\f\v\x85\u2028\u2029\x1c\x1d\x1e")
            is_head = index in edge and furniture_form(text) in running
            # A number alone at the page's edge is the page's only if it is the page's own.
            is_number = bool(PAGE_NUMBER.match(text)) or (
                index in {*printed[:1], *printed[-1:]} and len(pages) > 1 and text.strip() == str(number)
            )
            found.append(Line(text, number, position, position + len(row), is_head or is_number))
            position += len(row)
        offset += len(page) + len(SEPARATOR)
    return found


def furniture_form(text: str) -> str:
    """Return a line without its digits, for comparing running heads."""
    return re.sub(r"\d+", "#", " ".join(text.split())).casefold()


def running_heads(pages: Sequence[str]) -> frozenset[str]:
    """Lines that stand at the edge of at least three pages, or of both of two, and are no list labels."""
    if len(pages) < 2:
        return frozenset()
    counts: Counter[str] = Counter()
    for page in pages:
        printed = [row for row in page.splitlines() if row.strip()]
        counts.update({furniture_form(row) for row in {*printed[:3], *printed[-3:]} if len(row.strip()) > 3})
    least = max(2, min(3, len(pages)))
    return frozenset(form for form, count in counts.items() if count >= least and not re.match(r"^(#|\w)[.)]", form))


def label_of(text: str) -> Label | None:
    """Return the label at the head of a line, or None; words, initials and dates are not taken for labels."""
    match = LABEL.match(text)
    if match is None:
        return None
    # "F1." is item 1 of section F.
    parts = tuple(re.split(r"[.\-]|(?<=^[A-Z])(?=\d)", match["label"]))
    close = (match["close"] or "").strip()
    rest = match["rest"].strip()
    bare = not close and not match["word"]
    if bare and len(parts) == 1:
        # A bare word at the head of a line is text; a bare number may be an address or a page number.
        if not parts[0].isdigit() and not (not rest and ROMAN.match(parts[0]) and parts[0].isupper()):
            return None
        if len(parts[0]) > 2:
            return None
    if len(parts) == 1 and parts[0].isalpha() and close in ("-", "–", "—") and len(parts[0]) == 1 and not match["word"]:
        return None
    if parts[0].lower() in WORDS and len(parts[0]) == 2 and not ROMAN.match(parts[0]):
        return None
    brackets = "()" if match["open"] and ")" in close else ")" if ")" in close else "."
    return Label(parts, brackets, rest, bare=bare, consent="CA" in (match["marks"] or ""))


def values_of(part: str) -> list[tuple[str, int]]:
    """Return the readings of one part, kind ("1", "I", "A", "i", "a") and value: "I" is 1, and as a letter 9."""
    if part.isdigit():
        return [("1", int(part))]
    readings: list[tuple[str, int]] = []
    upper = part.isupper()
    if ROMAN.match(part):
        readings.append(("I" if upper else "i", roman(part)))
    if len(part) == 1:
        readings.append(("A" if upper else "a", ord(part.lower()) - ord("a") + 1))
    elif len(set(part)) == 1:
        place = ord(part[0].lower()) - ord("a") + 1
        # "AA" follows Z, or heads a second list of letters.
        readings += [("A" if upper else "a", 26 + place), *([("AA", place)] if upper else [])]
    return readings


def roman(text: str) -> int:
    """Return the value of a Roman numeral up to 89."""
    values = [ROMAN_VALUES[letter] for letter in text.lower()]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))
