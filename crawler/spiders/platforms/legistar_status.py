"""The state of a Legistar meeting, read from the free words that clerks put into place, comment, name and status."""

import re
from collections.abc import Sequence
from datetime import date

from crawler.errors import LayoutChanged
from crawler.items import EventStatus
from crawler.select import squeeze
from crawler.when import read_date

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
PRINTED_DATE = rf"(?:\d{{1,2}}[/-]\d{{1,2}}(?:[/-]\d{{2,4}})?|{MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)"
DATE_IN_TEXT = re.compile(rf"\b{PRINTED_DATE}\b", re.IGNORECASE)
WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
NEW_START = rf"(?:{PRINTED_DATE}|{WEEKDAY}\b|\d{{1,2}}(?::\d{{2}})? ?[ap]\.?m|noon)"

CANCELLED = re.compile(
    r"\bcancel(?:l?ed|l?ation|l?ing|s)?\b"
    r"|\bno (?:regular |committee |council |board |commission )?meeting\b(?! (?:room|minutes|details|materials|link))"
    r"|\b(?:will|did|does) not (?:meet|convene)\b|\bnot (?:be )?(?:held|meeting)\b|\bwill not (?:take place|occur)\b"
    r"|\black of (?:a )?quorum\b|\bno quorum\b|\bcalled off\b",
    re.IGNORECASE,
)
RESCHEDULED = re.compile(
    r"\bre-?schedul(?:ed|ing)\b|\bpostpone(?:d|ment)\b|\bdeferred\b"
    r"|\b(?:time|date)(?: (?:and|&) (?:time|date)|/(?:time|date))? (?:(?:has|was|is|been) )*change[ds]?\b"
    r"|\bchange (?:of|in) (?:meeting |start )?(?:time|date)\b|\bnew (?:meeting |start )?(?:time|date)\b"
    rf"|\b(?:moved|changed) (?:from [\w:. ]{{1,30}}? )?to (?:\w+ )?{NEW_START}",
    re.IGNORECASE,
)
TENTATIVE = re.compile(
    r"^(?:tentative|draft)$|\btentative$|\btentatively\b|\bdraft agenda\b"
    r"|\btentative (?:start |meeting )?(?:meeting|hearing|session|agenda|date|time|schedule|location)s?\b(?! minutes)",
    re.IGNORECASE,
)
"""Said of the meeting or its agenda: "Tentative Budget" and "Draft Minutes" are other things."""

DRAFT_STATUS = re.compile(r"^\W*(?:draft|tentative)\b", re.IGNORECASE)
OVER = re.compile(
    r"^(?:(?:the|this) )?(?:(?:meeting|hearing|session) )?(?:(?:is|was|has|been|now) )*"
    r"(?:adjourned|completed|concluded)(?: sine die)?"
    rf"(?: (?:at|on) (?:\d{{1,2}}(?::\d{{2}})? ?[ap]\.?m|{PRINTED_DATE}))*$",
    re.IGNORECASE,
)
"""The whole statement is that it is over: an "Adjourned Meeting" is one that goes on on another day."""

CLAUSES = re.compile(r"[;!?\r\n]+|\.(?=\s|$)|\s[-–—]+\s|\*+|[()\[\]]", re.IGNORECASE)
"""Where one statement ends: what is said of another meeting must not be read into this one."""

NEGATED = re.compile(r"\b(?:not|never|\w+n['’]t)(?: (?:been|be|being))?$", re.IGNORECASE)
HYPOTHETICAL = re.compile(
    r"\b(?:may|might|could|can|would|should|if|unless|whether|subject to|in case|in the event|right to|policy|"
    r"in order to|wish to|need to|want to|possible|potential)\b[^,:]*$",
    re.IGNORECASE,
)
MODIFIER = (
    rf"(?:the|a|an|our|its|that|previously|recently|originally|regular|regularly|special|scheduled|earlier|planned|"
    rf"{PRINTED_DATE}|{MONTH}|{WEEKDAY}|\d{{1,2}}(?:st|nd|rd|th)?,?|\d{{4}})"
)
STANDS_IN = re.compile(
    r"\b(?:due to|because of|following|after|in lieu of|instead of|in place of|replac(?:es|ing)|replacement (?:for|of)|"
    r"substitut\w+ for|mak(?:e|es|ing)[ -]?up(?: meeting)?(?: for| of)?|make-?up(?: meeting)? (?:for|of)|from|for|"
    rf"continued from|previously|formerly)(?: {MODIFIER})*$",
    re.IGNORECASE,
)
"""Words before "cancelled" that make it an attribute of the meeting this one stands in for."""

A_PART = re.compile(
    r"\b(?:(?:closed|executive) session|public (?:comment|testimony|forum)|presentations?|receptions?|tours?|"
    r"lunch(?:eon)?|dinner|items?|matters?|legislation|agenda item \S+|broadcast|webcast|live ?stream|registrations?|"
    r"pre-?meeting|briefing|parking|in-person attendance)(?: (?:is|are|was|were|has|have|been))*$",
    re.IGNORECASE,
)
OTHER_THINGS = re.compile(
    r"^(?: of)?(?: the| a| any)? (?:items?|matters?|business|legislation|bills?|resolutions?|ordinances?|contracts?|"
    r"taxes|debts?|warrants?|checks?|liens?|bonds?|leases?|agreements?|policy|policies|compensation|maintenance|"
    r"retirement|payments?|action)\b",
    re.IGNORECASE,
)
STATED = (
    rf"(?:{CANCELLED.pattern}|{RESCHEDULED.pattern}|\btentative\b|"
    r"\b(?:the |this )?meeting (?:(?:is|has|been|was) )*(?:cancell?ed|postponed|rescheduled|deferred))"
    r"(?: (?:to|until|due to|because of) [^*()\[\];–—-]{1,60}?)?"
)
STATED_ALONE = re.compile(STATED, re.IGNORECASE)
STATED_APART = re.compile(
    rf"[*(\[]{{1,9}}\s*{STATED}\W*?[*)\]]+"
    rf"|^\W*{STATED}(?:\s*[-–—*:;)\]]+\s*|\s*[!.,]\s+)"
    rf"|(?:\s+[-–—]+\s*|\s*[-–—]{{2,9}}\s*|\s*[*(\[:;]{{1,9}}\s*|[,.!]\s+){STATED}\W*$",
    re.IGNORECASE,
)
"""A state beside a place, set off from it; a "No Meeting Room" without such a mark stays a room."""
FROM_ANOTHER_DAY = re.compile(r"^ from\b", re.IGNORECASE)
NAMED_AFTER = re.compile(
    rf"^(?: of)?(?: the)?(?: (?:regular|special))? (?:(?:{PRINTED_DATE})(?=[\w ]* (?:meeting|session|hearing))|"
    rf"(?:meeting|session|hearing) (?:of|on|for) (?:{PRINTED_DATE}))",
    re.IGNORECASE,
)


def meeting_status(
    day: date, *, name: str, remarks: Sequence[str], agenda_status: str | None = None, public: bool = True
) -> EventStatus:
    """Return the state that the source's own words tell; a meeting without such words is confirmed, past or future.

    `public` is False where the source says that the meeting's agenda can't be seen by the public yet.
    """
    state = squeeze(agenda_status or "")
    texts = [*remarks, state, name]
    if any(says(CANCELLED, text, day, name) for text in texts):
        return "cancelled"
    if any(says(RESCHEDULED, text, day, name) for text in texts):
        return "rescheduled"
    if any(says(OVER, text, day, name) for text in (*remarks, state)):
        return "passed"
    if not public or DRAFT_STATUS.search(state) or any(says(TENTATIVE, text, day, name) for text in texts):
        return "tentative"
    return "confirmed"


def says(pattern: re.Pattern[str], text: str, day: date, name: str) -> bool:
    """Return whether a text says so of this meeting: not as a mere chance, of another day's, or of a part of it."""
    for clause in map(squeeze, CLAUSES.split(text)):
        for match in pattern.finditer(clause):
            if of_this_meeting(clause[: match.start()].rstrip(), clause[match.end() :], day, name):
                return True
    return False


def of_this_meeting(before: str, after: str, day: date, name: str) -> bool:
    """Judge one hit by the words of its clause before and after it."""
    if any(reason.search(before) for reason in (NEGATED, HYPOTHETICAL, STANDS_IN)):
        return False
    part = A_PART.search(before)
    if part and part.group().split()[0].lower() not in name.lower():
        return False
    # "Rescheduled from June 3" heads a meeting that takes place; "postponed items" are not the meeting.
    if OTHER_THINGS.match(after) or FROM_ANOTHER_DAY.match(after):
        return False
    # "Meeting of June 3 cancelled" beside the meeting of June 10 tells of the other one. A date that follows
    # alone ("cancelled May 28", "rescheduled to June 10") is when it was decided, or where it went.
    behind = NAMED_AFTER.match(after)
    named = DATE_IN_TEXT.findall(before) + (DATE_IN_TEXT.findall(behind.group()) if behind else [])
    return not named or any(is_day(text, day) for text in named)


def place_of(text: str) -> str | None:
    """Return a place in one line, without the meeting's state that clerks write there; None if nothing is left."""
    place = ""
    for line in text.splitlines():
        if STATED_ALONE.fullmatch(re.sub(r"[\W_]+", " ", line).strip()):
            continue
        part = re.sub(r"\s+(?=[,;])", "", squeeze(STATED_APART.sub(" ", line)))
        if re.search(r"\w", part):
            joint = "" if not place else " " if re.search(r"[,;:/–—-]$", place) or part.startswith(",") else ", "
            place += joint + part
    return place or None


def is_day(text: str, day: date) -> bool:
    """Return whether a printed date, with or without its year, is that day; one that can't be read is not."""
    for form in (text, f"{text}/{day.year}", f"{text}-{day.year}", f"{text}, {day.year}"):
        try:
            if read_date(form) == day:
                return True
        except LayoutChanged:
            continue
    return False
