"""What a meeting's own words say of its state: cancelled or rescheduled; pure, and silent when in doubt."""

import re

from crawler.items import EventStatus

CANCELLED = re.compile(
    r"\bcancel(?:l)?ed\b"
    r"|\b(?:notice|notification) of cancel(?:l)?ation\b"
    r"|\bcancel(?:l)?ation (?:notice|of (?:the |this )?(?:[\w/&'-]+ ){0,6}(?:meeting|hearing|session|workshop))\b"
    r"|\b(?:meeting|hearing|session|workshop) (?:[-–—:] ?)?cancel(?:l)?ation\b"
    r"|(?:^|[-–—:(*,.]\s*)cancel(?:l)?ation\W*$|\bcalled off\b",
    re.IGNORECASE,
)
RESCHEDULED = re.compile(
    r"\bre-?scheduled\b|\bpostpone(?:d|ment)\b|\b(?:meeting|hearing|session) (?:has been |is |was )?moved to\b"
    r"|\b(?:date|time) change(?:d)? to\b",
    re.IGNORECASE,
)
OTHER_MEETING = re.compile(
    r"\b(?:in lieu of|in place of|instead of|replac(?:es|ing)|replacement (?:for|of)|make-?up (?:for|of)"
    r"|re-?scheduled from|postponed from|moved from|continued from|previously|formerly|originally|not)\b"
    r"[^.;]{0,60}$",
    re.IGNORECASE,
)
"""Words after which "cancelled" tells of another meeting, the one this meeting stands in for."""

FROM_ANOTHER_DAY = re.compile(r"^\s*(?:from|of)\b", re.IGNORECASE)


def meeting_status(*texts: str | None) -> EventStatus | None:
    """Return "cancelled" or "rescheduled" when one of the texts says so of this meeting, else None."""
    found: EventStatus | None = None
    for text in texts:
        if not text:
            continue
        if any(not OTHER_MEETING.search(text[: match.start()]) for match in CANCELLED.finditer(text)):
            return "cancelled"
        for match in RESCHEDULED.finditer(text):
            # "Rescheduled from June 3" heads the agenda of the meeting that takes place.
            if FROM_ANOTHER_DAY.match(text[match.end() :]) or OTHER_MEETING.search(text[: match.start()]):
                continue
            found = "rescheduled"
    return found
