"""Reads figures from normalised text: money, how long data is kept, how many cameras, how long a contract runs."""

import re
from collections.abc import Iterator
from math import ceil

from store.matching.engine import Span
from store.matching.page import Page

WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
SPOKEN = "|".join(sorted(WORDS, key=len, reverse=True))
NUMBER = (
    rf"(?P<number>[0-9]{{1,4}}|(?:one|two|three) hundred(?: (?:and )?(?:{SPOKEN}))?|(?:{SPOKEN})(?: (?:{SPOKEN}))?)"
)
IN_FIGURES = r"(?: ?\((?P<figures>[0-9]{1,4})\))?"

MONEY = re.compile(rb"\$ ?[0-9][0-9,]*(?:\.[0-9]+)?(?: ?(?:million|billion|thousand)\b|[mbk]\b)?")
SPAN_OF_TIME = re.compile(
    rf"(?<![$.,0-9])\b{NUMBER}{IN_FIGURES} (?:calendar |business |consecutive )?"
    rf"(?P<unit>minute|hour|day|week|month|year)s?\b".encode()
)
KEEPING = re.compile(
    rb"\b(?:retain|retention|delet|destr(?:oy|uct)|purg|expung|eras|discard|dispos(?:e|ed|al)\b|stor(?:e|ed|es|ing|age)\b"
    rb"|kept|keep|preserv|maintain|overwrit|stockpil)[a-z]*"
)
# A period that runs from a request, or after which somebody reports, is not how long data is kept.
OTHER_PERIOD = re.compile(
    rb"\b(?:report|notice|notif|request|respon|effective|hearing|appeal|publish|imprison|post)[a-z]*"
)
DATA = re.compile(
    rb"\b(?:data|information|images?|records?|recordings?|reads?|photographs?|footage|alpr|lpr|retention)\b"
)
CAMERAS = re.compile(
    rf"(?<![$.,0-9])\b{NUMBER}{IN_FIGURES} (?:(?!(?:{SPOKEN}|days?|hours?|years?|months?|dollars?|percent)\b)"
    rf"[a-z()/&\"]+ ){{0,7}}?(?:cameras|readers|alprs|lprs|units|devices|scanners)\b".encode()
)
ACQUIRED = re.compile(
    rb"\b(?:add|additional|new|purchas|leas|instal|acquir|deploy|procur|buy|expan|contract|agreement)[a-z]*"
)
TERM = re.compile(
    rf"(?<![$.,0-9])\b{NUMBER}{IN_FIGURES} (?:additional |consecutive )?(?P<unit>month|year)s?\b".encode()
)
CONTRACT = re.compile(
    rb"\b(?:term|agreement|contract|lease|subscription|renewal|extension|services?|license|program|pilot|mou)\b"
)
DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}


def money(text: bytes, part: Span) -> Iterator[Span]:
    """Where amounts of dollars stand."""
    for match in MONEY.finditer(text, *part):
        end = match.end() - 1 if match[0].endswith((b",", b".")) else match.end()
        yield match.start(), end


def retention_spans(page: Page, part: Span) -> Iterator[tuple[int, Span]]:
    """For how many days data is kept, and where it says so."""
    for match in SPAN_OF_TIME.finditer(page.text, *part):
        start, end = page.sentence(match.span())
        before, after = page.text[start : match.start()], page.text[match.end() : end]
        close = before[-160:] + b" | " + after[:90]
        if KEEPING.search(close) and DATA.search(page.text[start:end]) and not OTHER_PERIOD.search(before[-40:]):
            yield ceil(value(match) * DAYS[match["unit"].decode()] - 1e-9), match.span()


def camera_counts(page: Page, part: Span) -> list[tuple[int, Span]]:
    """How many cameras, those being bought or leased first."""
    found = [match for match in CAMERAS.finditer(page.text, *part) if 0 < value(match) < 5000]
    found = [match for match in found if b"section" not in page.text[max(0, match.start() - 12) : match.start()]]
    found.sort(key=lambda match: not ACQUIRED.search(page.text[max(0, match.start() - 70) : match.end()]))
    return [(value(match), match.span()) for match in found]


def contract_terms(page: Page, part: Span) -> Iterator[Span]:
    """For how long a contract runs, as printed."""
    for match in TERM.finditer(page.text, *part):
        beside = (
            page.text[max(0, match.start() - 60) : match.start()] + b" | " + page.text[match.end() : match.end() + 50]
        )
        if CONTRACT.search(beside) and not KEEPING.search(beside) and value(match) <= 360:
            yield match.span()


def value(match: re.Match[bytes]) -> int:
    """The number that was read; figures in brackets win over words, as in "twenty-four (24)"."""
    text = (match["figures"] or match["number"]).decode()
    if text.isdigit():
        return int(text)
    total = 0
    for word in text.replace(" and ", " ").split():
        total = total * 100 if word == "hundred" else total + WORDS[word]
    return total
