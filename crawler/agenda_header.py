"""The facts printed at the head of an agenda: date, time, place, cancellation; pure, and None when in doubt.

A list like CivicPlus's prints the date alone; the paper itself says when and where. Only what stands
plainly near the top counts: two dates or two times that compete are none.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.agenda_lines import Line, label_of, lines_of
from crawler.agenda_status import meeting_status
from crawler.errors import LayoutChanged
from crawler.items import EventStatus
from crawler.when import read_date, read_time

HEAD_LINES = 45
MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
DATE = re.compile(
    rf"\b(?P<words>{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})\b|\b(?P<figures>\d{{1,2}}[/-]\d{{1,2}}[/-](?:\d{{4}}|\d{{2}}))\b",
    re.IGNORECASE,
)
WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE)
TIME = re.compile(r"(?<![\d:.])\d{1,2}(?:[:.]\d{2})?\s*[ap]\.?\s?m\b\.?|\b12 noon\b|\bnoon\b", re.IGNORECASE)
OTHER_DATE = re.compile(
    r"\b(?:posted|posting|filed|received|revised|amended|minutes|approv|dated?:? of (?:notice|posting)|"
    r"next (?:regular )?meeting|"
    r"order|executive|chapter|act of|published|deadline|prior to|previous|continued|effective|acts|law|"
    r"memo|re:|prepared|printed)\b",
    re.IGNORECASE,
)
POSTED = re.compile(
    r"\d{1,2}/\d{1,2}/\d{2}, \d{1,2}:\d{2} [AP]M|\b(?:posted|posting|filed|received|printed|deadline)\b", re.IGNORECASE
)
ABOUT_MEETING = re.compile(
    r"\b(?:meeting|hearing|session|workshop|agenda|date|when|will (?:be held|hold|meet))\b", re.IGNORECASE
)
PLACE_LABEL = re.compile(
    r"^\W*(?:meeting )?(?:location|place(?: of meeting)?|where|venue)\s*:\s*(?P<rest>.*)$", re.IGNORECASE
)
TIME_LABEL = re.compile(r"^\W*(?:date\s*(?:&|and)\s*)?(?:meeting |start )?time\s*(?:of meeting)?\s*:", re.IGNORECASE)
DATE_LABEL = re.compile(r"^\W*(?:meeting |day,? |hearing )?date\b[^:]{0,30}:", re.IGNORECASE)
PLACE = re.compile(
    r"\b(?:(?:town|city|village|county|municipal|memorial|legion|grange) (?:hall|building|offices?|center)|chambers?|"
    r"(?:meeting|conference|hearing|board|community|media|training|selectmen'?s|courtroom|council) room|"
    r"room \w+|auditorium|"
    r"library|courthouse|school|senior center|community center|fire station|police (?:station|department|"
    r"headquarters)|civic center)\b",
    re.IGNORECASE,
)
REMOTE = re.compile(
    r"\b(?:via|by|on|using)?\s*(?:zoom|webex|microsoft teams|google meet|gotomeeting|remote participation|"
    r"virtual meeting)\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(
    r"\b(?:is|are|was|will|shall|may|must|please|can|has|have|been|being|contact|call|copies|available|posted)\b",
    re.IGNORECASE,
)
CONTACT = re.compile(
    r"https?:|www\.|@|\bfax\b|\btel\b|phone|\(\d{3}\)|\d{3}[-.]\d{4}|\bzip\b|meeting id|password", re.IGNORECASE
)
NO_PLACE = re.compile(
    r"\b(?:join|closed|agenda|notice|minutes|hybrid|following|regular|special|title)\b|\?$", re.IGNORECASE
)
LETTERHEAD = 3
"""A place in the first lines is the sender's address, unless the date stands there too."""


@dataclass(frozen=True)
class AgendaHeader:
    """What the head of an agenda says of its meeting; None for what it does not say plainly."""

    date: dt.date | None = None
    time_text: str | None = None
    location: str | None = None
    status: EventStatus | None = None


def agenda_header(pages: Sequence[str]) -> AgendaHeader:
    """Read date, time, place and status from the first page's head."""
    printed = [line for line in lines_of(pages[:1]) if line.text.strip() and not line.furniture][:HEAD_LINES]
    found = meeting_day(printed)
    at, day = found or (None, None)
    return AgendaHeader(
        date=day,
        time_text=meeting_time(printed, at),
        location=meeting_place(printed, at),
        status=printed_status(printed),
    )


def meeting_day(lines: Sequence[Line]) -> tuple[int, dt.date] | None:
    """Return the meeting's date with the line it stands on: the only one, or the only one that speaks of a meeting."""
    tiers: tuple[list[tuple[int, dt.date]], ...] = ([], [], [])
    for index, line in enumerate(lines):
        label = label_of(line.text)
        if any(tiers) and label is not None and not label.bare and label.parts[0] in ("1", "I", "A"):
            # The items begin: their dates are those of minutes and deadlines.
            break
        # A browser's print stamp ("12/21/22, 5:56 PM") is the day of printing.
        for match in [] if POSTED.search(line.text) else DATE.finditer(line.text):
            before = line.text[max(0, match.start() - 45) : match.start()]
            day = None if OTHER_DATE.search(before) else day_of(match)
            if day is None:
                continue
            above = lines[index - 1].text if index else ""
            below = lines[index + 1].text if index + 1 < len(lines) else ""
            labelled = DATE_LABEL.match(line.text) or (DATE_LABEL.match(above) and not DATE.search(above))
            if labelled or WEEKDAY.search(line.text) or TIME.search(line.text) or TIME.match(below.strip()):
                tiers[0].append((index, day))
            elif ABOUT_MEETING.search(f"{above} {line.text}"):
                tiers[1].append((index, day))
            else:
                tiers[2].append((index, day))
    for found in tiers:
        if found:
            # Two dates of equal standing are a posting and a meeting, or two meetings.
            return found[0] if len({day for _, day in found}) == 1 else None
    return None


def day_of(match: re.Match[str]) -> dt.date | None:
    """Return the date a match prints, or None if there is no such day."""
    text = match["words"] or match["figures"].replace("-", "/")
    if match["words"]:
        text = re.sub(r"\b(sept)\.?\s", "Sep ", re.sub(r"\s+", " ", text), flags=re.IGNORECASE)
        text = re.sub(r"(\d)(?:st|nd|rd|th)?,?\s+(\d{4})$", r"\1, \2", text, flags=re.IGNORECASE).replace(".", "")
    try:
        return read_date(text.title() if match["words"] else text)
    except LayoutChanged:
        return None


def meeting_time(lines: Sequence[Line], day_line: int | None) -> str | None:
    """Return the time printed with the date or under a label of its own; two different times are none."""
    labelled = [index for index, line in enumerate(lines) if TIME_LABEL.match(line.text)]
    groups: list[list[int]] = [[index, index + 1] for index in labelled]
    if day_line is not None:
        groups += [[day_line], [day_line + 1], [day_line - 1], [day_line + 2]]
    for group in groups:
        texts = [lines[at].text for at in group if 0 <= at < len(lines) and not POSTED.search(lines[at].text)]
        times = [match[0] for text in texts for match in TIME.finditer(text)]
        if not times:
            continue
        joined = " ".join(texts)
        if len({read_time(found) for found in times}) > 1 and not is_range(joined, times):
            return None
        return " ".join(times[0].split())
    return None


def is_range(text: str, times: list[str]) -> bool:
    """Whether two times are the beginning and the end of one meeting."""
    between = text[text.find(times[0]) + len(times[0]) : text.rfind(times[-1])]
    return len(times) == 2 and re.fullmatch(r"\s*(?:[-–—]|to|until|till)\s*", between) is not None


def meeting_place(lines: Sequence[Line], at: int | None) -> str | None:
    """Return the place under a label, or on a line of its own close to the date."""
    for index, line in enumerate(lines):
        label = PLACE_LABEL.match(line.text)
        if label:
            rest = label["rest"].strip() or (lines[index + 1].text.strip() if index + 1 < len(lines) else "")
            return " ".join(rest.split()) if rest and not CONTACT.search(rest) and not DATE.search(rest) else None
    if at is None:
        return None
    near = [index for index in (at + 1, at + 2, at + 3, at + 4, at - 1) if 0 <= index < len(lines)]
    for index in near:
        text = " ".join(lines[index].text.split())
        if index < at and index < LETTERHEAD:
            continue
        if is_place(text):
            following = " ".join(lines[index + 1].text.split()) if index + 1 < len(lines) else ""
            if re.match(r"^\d+ [A-Z]", following) and len(following) < 60 and not SENTENCE.search(following):
                text = f"{text.rstrip(',')}, {following}"
            return TIME.sub("", text).strip(" ,-–@") or None
    return None


def is_place(text: str) -> bool:
    """Whether a line is nothing but a place."""
    if len(text) > 90 or SENTENCE.search(text) or CONTACT.search(text) or NO_PLACE.search(text):
        return False
    return bool(PLACE.search(text)) or (len(text) < 50 and bool(REMOTE.search(text)))


def printed_status(lines: Sequence[Line]) -> EventStatus | None:
    """Return cancelled or rescheduled, when a line of the head says so of this meeting."""
    for line in lines[:25]:
        text = " ".join(line.text.split())
        short = len(text) < 70 and not re.search(r"\b(?:if|unless|may be|in case|policy)\b", text, re.IGNORECASE)
        sentence = re.search(
            r"\bmeeting\b.{0,90}\b(?:has been|is|was|will be) (?:hereby )?(?:cancel|postpon|reschedul)",
            text,
            re.IGNORECASE,
        )
        status = meeting_status(text) if short or sentence else None
        if status is not None:
            return status
    return None
