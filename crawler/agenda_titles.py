"""Titles, headings and the end of an agenda: what the words of its lines tell."""

import re
from collections.abc import Sequence

from crawler.agenda_lines import Line, label_of

CONSENT = re.compile(r"\bconsent (?:agenda|calendar|items?|docket)\b|^\W*consent\W*$", re.IGNORECASE)
HEADING = re.compile(
    r"^[\s*•–-]*(?:the )?(?:consent (?:agenda|calendar|items?)(?: items?)?|public (?:hearings?|comments?|"
    r"forum|input|participation)|"
    r"(?:new|old|unfinished|other|continued|continuing|regular|general) business|action items?|discussion items?|"
    r"information(?:al)? items?|(?:new|old) (?:applications?|hearings?)|ordinances?(?: and resolutions?)?|"
    r"resolutions?|"
    r"communications?|correspondence|reports?|committee reports?|(?:town |city )?manager'?s? reports?|appointments?|"
    r"presentations?|proclamations?|announcements?|minutes|approval of minutes|executive session|closed session|"
    r"regular (?:agenda|calendar|session)|(?:items )?(?:removed|pulled) from (?:the )?consent (?:agenda|calendar)|"
    r"work session|public speak time|adjourn(?:ment)?|call to (?:order|adjourn)|roll call)"
    r"(?:\s*[-–:(].{0,40})?[\s:.*)–-]*$",
    re.IGNORECASE,
)
PACKET = re.compile(
    r"^\W*(?:memorandum|memo|staff report|(?:draft |meeting |regular meeting |unapproved )?minutes|"
    r"agenda item (?:report|summary|cover ?sheet)"
    r"|council (?:communication|agenda report)|attachment [a-z0-9]+|exhibit [a-z0-9]+|"
    r"certificate of (?:posting|publication))\W*$",
    re.IGNORECASE,
)
IN_MINUTES = re.compile(
    r"\b(?:was )?called (?:the meeting )?to order (?:by|at)\b|\bconvened at\b|\b(?:members|"
    r"commissioners) (?:were )?present\b",
    re.IGNORECASE,
)
CLOSING = re.compile(r"\badjourn|\bcall to order\b|\broll call\b", re.IGNORECASE)
AFTERWARDS = re.compile(
    r"^\W*(?:join (?:zoom|from|by|the|via|microsoft|webex)|to join|meeting id|dial (?:in|by)|one tap|topic:|time:|"
    r"zoom meeting|remote (?:online|participation)|instructions (?:to|for)|note:|notes?:|next (?:regular )?meeting|"
    r"(?:the|our) next |the listing|the (?:items|matters|public|town|city|county|board|council|agenda)\b|"
    r"(?:any|all) (?:person|individual|schedule|materials)|persons |individuals |if (?:you|any|special)|"
    r"in (?:accordance|compliance)|(?:agenda )?posted|date posted|respectfully|americans with|ada\b|"
    r"[\w .]+ (?:town|city|village|board|district) clerk\b|_{4,}|cc:|https?://|www\.|\*+ ?\w+ (?:made|posted))",
    re.IGNORECASE,
)
NO_HEADING = re.compile(
    r"^\W*\d|^\W*agenda\W*$|\.(?:pdf|docx?)\b|^attachments?\b|^documents?\b|https?:|@", re.IGNORECASE
)
DETAIL = re.compile(
    r"^(?:recommend(?:ation|ed)|staff recommend|attachments?\b|documents?:|action:|background|contact|"
    r"sponsors?:|presenters?:|"
    r"proposed work|fiscal impact|environmental|time estimate|motion:|suggested motion|possible action|tab \d)",
    re.IGNORECASE,
)
REPORT_PART = re.compile(
    r"^\W*(recommendations?(?:\(s\))?|background|analysis|discussion|fiscal impact|conclusion|summary|"
    r"alternatives)\W*$",
    re.IGNORECASE,
)
ONLY_KIND = re.compile(r"^\W*(?:report|file|item|matter)\W*(?:\d[\d-]*)?\W*$", re.IGNORECASE)
OPEN_END = re.compile(
    r"(?:[,&/(–—-]|\b(?:and|or|of|the|for|to|a|an|in|on|at|by|with|from|re|regarding))\s*$", re.IGNORECASE
)
OPEN_START = re.compile(r"^(?:and|or|of|for|with|in|by|from|under|between)\s", re.IGNORECASE)
LONGEST_TITLE = 400
LONGEST_TAIL = 40
"""Printed lines after which the last item's text is rather something else."""


def heading_of(text: str) -> str | None:
    """Return the heading that a line is by itself ("CONSENT CALENDAR", "New Business:"), or None."""
    stripped = " ".join(text.split())
    if not stripped or len(stripped) > 80 or label_of(text) is not None or not HEADING.match(stripped):
        return None
    if " " not in stripped and not stripped.isupper() and not stripped.endswith(":"):
        # "Minutes" alone may be the end of a sentence in a narrow column.
        return None if stripped.rstrip(".").casefold() not in ("adjourn", "adjournment", "announcements") else stripped
    return stripped.rstrip(":").strip()


def heading_like(lines: Sequence[Line], at: int) -> bool:
    """Whether a line looks like a heading though its words are none we know: short, in capitals, not running on."""
    text = " ".join(lines[at].text.split())
    words = [word for word in re.findall(r"[A-Za-z][\w'’]*", text) if len(word) > 3]
    if not 3 < len(text) <= 70 or not words or text.endswith((".", ",", ";", ")")) or NO_HEADING.search(text):
        return False
    if DETAIL.match(text) or REPORT_PART.match(text):
        return False
    before = next((lines[back].text for back in range(at - 1, -1, -1) if lines[back].text.strip()), "")
    if before and runs_on(before, text, line_width(lines, at)) and not text.isupper():
        return False
    if OPEN_END.search(before):
        return False
    return all(word[0].isupper() for word in words) and label_of(lines[at].text) is None


def title_lines(lines: Sequence[Line], at: int, rest: str, labelled: frozenset[int] | None = None) -> tuple[str, int]:
    """Return the title after a label, with its last line: the rest of the label's line, and the lines it runs on into.

    `labelled` are the lines known to bear labels; without it every line that may bear one ends the title.
    """
    parts = [rest] if rest else []
    width = line_width(lines, at)
    near = lines[max(0, at - 12) : at + 12]
    # In a text of double-spaced lines a blank one ends nothing.
    spaced = sum(1 for line in near if not line.text.strip()) > 0.33 * len(near)
    previous, last = lines[at].text, at
    for index in range(at + 1, min(at + 16, len(lines))):
        line = lines[index]
        text = line.text.strip()
        if line.furniture:
            continue
        if not text:
            if parts and not spaced:
                break
            continue
        label = label_of(line.text)
        if (index in labelled) if labelled is not None else (label is not None and not label.bare):
            break
        worded = any(re.search(r"[A-Za-z]{3}", part) and not ONLY_KIND.match(part) for part in parts)
        if (parts and DETAIL.match(text)) or (
            worded and (sum(map(len, parts)) > LONGEST_TITLE or not runs_on(previous, text, width))
        ):
            break
        parts.append(text)
        previous, last = line.text, index
    return " ".join(" ".join(parts).split()), last


def runs_on(previous: str, text: str, width: int) -> bool:
    """Whether a line continues the one before it: that was full, or ends or begins in the middle of a phrase."""
    if (
        DETAIL.match(text)
        or re.match(r"^[•*·▪●◦-]|^o\s", text)
        or (not text[0].isalnum() and text[0] not in "(\"“'‘#$&")
    ):
        return False
    if text[0].islower() or OPEN_END.search(previous) or OPEN_START.match(text):
        return True
    if previous.rstrip().endswith((".", ";", ":", "!", "?", ".”", '."')):
        return False
    if heading_of(text) is not None:
        return False
    if text.isupper() and len(text) > 8 and not previous.isupper():
        return False
    filled = len(previous.rstrip())
    if previous.rstrip().endswith(")"):
        return filled >= 0.9 * width
    return filled >= 0.65 * width or filled + 1 + min(len(text.split(maxsplit=1)[0]), 12) > width


def line_width(lines: Sequence[Line], at: int) -> int:
    """Return the measure of the text around a line: what a full line there reaches."""
    lengths = sorted(len(line.text.rstrip()) for line in lines[max(0, at - 12) : at + 12] if line.text.strip())
    return max(50, lengths[int(len(lengths) * 0.9)]) if lengths else 50


def joined(lines: Sequence[Line]) -> str:
    """Return the text of lines without page furniture, white space at line ends dropped."""
    kept = [line.text.rstrip() for line in lines if not line.furniture]
    return "\n".join(kept).strip("\n")


def starts_packet(lines: Sequence[Line], at: int) -> bool:
    """Whether a line is the head of another document: minutes, a memorandum, a staff report."""
    text = " ".join(lines[at].text.split())
    if PACKET.match(text):
        # "Minutes" is also a line of nearly every agenda; a document says who was there or who writes.
        following = " ".join(line.text for line in lines[at + 1 : at + 14])
        return bool(
            re.search(
                r"\bto:|\bfrom:|\battend(?:ees|ance)|\bpresent\b|\bsubmitted by\b|\bsubject:", following, re.IGNORECASE
            )
        )
    return bool(IN_MINUTES.search(text)) and not text.startswith(("1.", "I."))


def is_report(lines: Sequence[Line]) -> bool:
    """Whether the text is a staff report or memorandum on one matter, whose lists are no agenda."""
    parts = {match[1].lower() for line in lines if (match := REPORT_PART.match(line.text))}
    head = " ".join(line.text for line in [line for line in lines if line.text.strip()][:12])
    memo = bool(re.search(r"\bstaff report\b|\bTO:.*\bFROM:|\bFROM:.*\bTO:|\bSUBJECT:|\bDEPT\.:", head))
    return len(parts) >= 3 or (memo and len(parts) >= 2)


def tail_end(lines: Sequence[Line], title_end: int, end: int | None) -> int:
    """Return the line after the last item's text: before instructions, notices or a packet."""
    stop = min(len(lines), end if end is not None and end > title_end else len(lines))
    printed = 0
    for index in range(title_end + 1, stop):
        text = lines[index].text.strip()
        if not text or lines[index].furniture:
            continue
        printed += 1
        if AFTERWARDS.match(text) or starts_packet(lines, index) or printed > LONGEST_TAIL:
            return index
    return stop
