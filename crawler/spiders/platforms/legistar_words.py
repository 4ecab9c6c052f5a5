"""What Legistar clients write in words: labels of files, names of actions, remarks; pure functions for both routes."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

from crawler.actions import classify, rule
from crawler.items import ScrapedDocument
from crawler.select import squeeze

EMPHASIS = re.compile(r"--em--", re.IGNORECASE)
LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
TAGS = re.compile(r"<[^<>]{1,200}>")
NOT_AVAILABLE = re.compile(r"(not available|not viewable by the public|n/a)?", re.IGNORECASE)
MINUTES_DAYS = 60
"""Minutes are approved at the next meeting or the one after; older ones were read when they appeared."""

NOT_A_FILE = re.compile(
    r"\b(?:videos?|audio|multi-?media|media|e-?comments?|comments?|ical|ics|calendar|details|map|listen|watch|live|"
    r"stream(?:ing)?|captions?|share|e-?mail|speaker|sign ?up|register|zoom|webex|rss)\b",
    re.IGNORECASE,
)
KINDS = {
    "minutes": r"\bminutes\b|\bjournal\b|\bproceedings\b",
    "summary": r"\bsummar|\bsynopsis\b|\brecap\b|\bresults?\b|\bdisposition|\baction (?:report|list|sheet)",
    "notice": r"\bnotices?\b|\bcancel+ation\b",
    "packet": r"pack(?:et|age)\b|\bboard ?book\b",
    "attachment": r"\banalysis\b|\battachments?\b|\btranscripts?\b|\bpresentations?\b|\bexhibits?\b|\bsupport",
    "agenda": r"\bagenda|\border of (?:business|the day)\b|\bdocket\b|\baddend",
}
"""Kinds of files by label, the first that fits: labels differ by client, the codes behind them too."""

CLASSIFIED_KINDS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in KINDS.items())

RULES = (
    rule(r"recommend.*(?:fail|denial|deny|not pass|reject)|do not pass", "committee-passage-unfavorable", last=True),
    rule(r"recommend.*(?:pass|approv|adopt)|do pass|reported favorabl", "committee-passage-favorable", last=True),
    rule(r"approved by committee|passed (?:out of|by) committee|reported out", "committee-passage", last=True),
    rule(r"withdraw", "withdrawal", last=True),
    rule(r"veto.*overrid|overrid.*veto", "veto-override-passage", last=True),
    rule(r"\bveto(?:ed)?\b", "executive-veto", last=True),
    rule(r"became law|returned unsigned", "became-law", last=True),
    rule(r"\bsigned\b", "executive-signature", last=True),
    rule(
        r"\bfail|\bdefeat|\bdenied\b|\bdisapproved\b|\brejected\b|\blost\b|not (?:adopted|approved)",
        "failure",
        last=True,
    ),
    rule(
        r"\bdeferred\b|\btabled\b|\bpostponed\b|\bcontinued\b|laid over|laid on the table|^held\b",
        "deferral",
        last=True,
    ),
    rule(r"\breferred\b|\breferral\b|assigned to", "referral-committee"),
    rule(r"first reading|1st reading|read (?:the )?first time", "reading-1"),
    rule(r"second reading|2nd reading|read (?:the )?second time", "reading-2"),
    rule(r"third reading|3rd reading|read (?:the )?third time", "reading-3"),
    rule(r"introduc", "introduction"),
    rule(r"substitut", "substitution"),
    rule(r"^amended|amendment (?:adopted|approved|passed)", "amendment-passage", last=True),
    rule(r"\b(?:adopted|approved|passed|enacted|granted)\b|^(?:adopt|approve|pass)\b", "passage"),
    rule(r"\bfiled\b|file created|placed on file", "filing"),
    rule(r"\breceived\b", "receipt"),
)
RESULTS = {"pass": True, "passed": True, "fail": False, "failed": False}
"""What a passed flag's name means; clients that write others give no verdict."""

DECIDING = frozenset({"passage", "committee-passage", "committee-passage-favorable", "amendment-passage"})


def clean(text: str | None) -> str:
    """Return the text without markup and with white space folded; "" for None."""
    return squeeze(EMPHASIS.sub(" ", TAGS.sub(" ", text or "")))


def split_remark(text: str | None) -> tuple[str, str]:
    """Return a place by lines and the remark that stands between "--em--" marks beside it, either possibly ""."""
    parts = EMPHASIS.split(LINE_BREAK.sub("\n", text or ""))
    lines = map(clean, " ".join(parts[::2]).splitlines())
    return "\n".join(filter(None, lines)), clean(" ".join(parts[1::2]))


def is_available(text: str) -> bool:
    """Return whether a cell says anything but "Not available"."""
    return NOT_AVAILABLE.fullmatch(squeeze(text)) is None


def document_kind(label: str) -> str | None:
    """Return what a column's or link's label calls a file; None for video, iCal, comment and share links."""
    words = squeeze(label.replace("_", " "))
    if NOT_A_FILE.search(words):
        return None
    return next((kind for kind, pattern in CLASSIFIED_KINDS if pattern.search(words)), "attachment")


def text_wanted(kind: str, day: date | None, today: date, days_back: int) -> bool:
    """Return whether a file's text is worth a request: files of meetings long past were read in their time."""
    if day is None:
        return True
    return day >= today - timedelta(days=max(days_back, MINUTES_DAYS) if kind == "minutes" else days_back)


def distinct(documents: Sequence[ScrapedDocument]) -> list[ScrapedDocument]:
    """Return the documents with each address once; the first label wins."""
    found: dict[str, ScrapedDocument] = {}
    for document in documents:
        found.setdefault(document.url, document)
    return list(found.values())


def action_classes(description: str, passed: bool | None = None) -> list[str]:
    """Return Open Civic Data's classes of a step; a vote that did not pass is a failure whatever its name."""
    found = classify(description, RULES)
    if passed is False and DECIDING.intersection(found):
        return [*(name for name in found if name not in DECIDING), "failure"]
    return found


def query_value(url: str, name: str) -> str | None:
    """Return one parameter of an address, its name in any case; None if it is absent or blank."""
    for key, value in parse_qsl(urlsplit(url).query):
        if key.lower() == name.lower() and value.strip():
            return value.strip()
    return None


def outcome_of(action: str, result: str) -> str | None:
    """Return what was decided in the source's words: the action and, where it adds to it, the result."""
    if action and result and result.lower() not in action.lower():
        return f"{action} ({result})"
    return action or result or None
