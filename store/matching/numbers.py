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
NOT_COUNTING = (
    "the|an?|and|or|of|for|to|on|by|in|from|that|which|who|is|are|was|were|shall|may|must|will|acts?|bill|laws?|relating"
    "|regarding|concerning|with|at|under|per|if|when|whether|use|using|limits?|requires?|prohibits?|regulates?|suspends?"
    "|days?|hours?|years?|months?|dollars?|percent|locations?"
)
IN_FIGURES = rf"(?: ?\((?:(?P<figures>[0-9]{{1,4}})|(?:{SPOKEN}|hundred|and| )+)\))?"

MONEY = re.compile(rb"\$ ?[0-9][0-9,]*(?:\.[0-9]+)?(?: ?(?:million|billion|thousand)\b|[mbk]\b)?")
SPAN_OF_TIME = re.compile(
    rf"(?<![$.,0-9])\b{NUMBER}{IN_FIGURES} (?:calendar |business |consecutive )?"
    rf"(?P<unit>minute|hour|day|week|month|year)s?\b".encode()
)
KEEPING = re.compile(
    rb"\b(?:retain|retention|delet|destr(?:oy|uct)|purg|expung|eras|discard|dispos(?:e|ed|al)\b|stor(?:e|ed|es|ing|age)\b"
    rb"|kept|keep|preserv|overwrit|stockpil)[a-z]*"
)
# A period that runs from a request, or after which somebody reports, is not how long data is kept.
OTHER_PERIOD = re.compile(
    rb"\b(?:report|notice|notif|request|respon|effective|hearing|appeal|publish|imprison|post)[a-z]*"
)
DATA = re.compile(
    rb"\b(?:data|information|images?|records?|recordings?|reads?|photographs?|footage|alpr|lpr|retention)\b"
)
# Between a count and what it counts stand adjectives and names; with any other word the number is something else's.
CAMERAS = re.compile(
    rf"(?<![$.,0-9])\b{NUMBER}{IN_FIGURES} (?:(?!(?:{SPOKEN}|{NOT_COUNTING})\b)(?:[a-z/&\"]+|\([a-z/&]+\)) ){{0,7}}?"
    rf"(?:cameras|readers|alprs|lprs|units|devices|scanners)\b".encode()
)
# What such a word or another number precedes names a bill, a section or a day, or is only a bound.
NUMBERED = re.compile(
    rb"(?:[0-9]:?|#|\b(?:nos?|num|numbers?|bills?|sections?|sec|subsections?|paragraphs?|chapters?|ch|titles?|articles?"
    rb"|parts?|pages?|items?|files?|ordinances?|resolutions?|orders?|acts?|laws?|cases?|dockets?|agendas?|exhibits?|attachments?"
    rb"|phases?|wards?|districts?|rules?|routes?|highway|rcw|rsa|year|fy|january|february|march|april|may|june|july|august"
    rb"|september|october|november|december|at least|more than|fewer than|less than|[ahs]\.? ?[bfrdj]?\.?"
    rb"|hcr|scr|hjr|sjr|ab|ld|lb|lr|lc))\.? ?\(?$"
)
YEARS = range(1980, 2100)
LINE_HEAD = 20
"""How many characters of a line are looked at for its number."""
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
    found = [match for match in found if not _numbered(page, match)]
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


def _numbered(page: Page, match: re.Match[bytes]) -> bool:
    """Whether the number is that of a bill, a section, a year or a line of a bill, and counts nothing."""
    if match["figures"]:
        return False
    if NUMBERED.search(page.text[max(0, match.start() - 24) : match.start()]):
        return True
    if not match["number"].isdigit():
        return False
    number = int(match["number"])
    return number in YEARS or _in_margin(page, page.original(match.span("number"))[0], number)


def _in_margin(page: Page, place: int, number: int) -> bool:
    """Whether the number begins its line, and the line before or after begins with its neighbour."""
    text = page.source.text
    start = text.rfind("\n", 0, place) + 1
    if text[start:place].strip():
        return False
    after = text[text.find("\n", place) + 1 :][:LINE_HEAD] if "\n" in text[place:] else ""
    before = text[text.rfind("\n", 0, max(start - 1, 0)) + 1 : start][:LINE_HEAD]
    return any(re.match(rf"\s*{neighbour}\b", line) for neighbour, line in ((number - 1, before), (number + 1, after)))


def value(match: re.Match[bytes]) -> int:
    """The number that was read; figures in brackets win over words, as in "twenty-four (24)"."""
    text = (match["figures"] or match["number"]).decode()
    if text.isdigit():
        return int(text)
    total = 0
    for word in text.replace(" and ", " ").split():
        total = total * 100 if word == "hundred" else total + WORDS[word]
    return total
