"""Agenda rows have no time, calendar entries no agenda: this joins the two lists of one site."""

import re
from collections.abc import Iterator
from typing import Any

from crawler.items import ScrapedEvent, ScrapedSkip

COMMON = frozenset(
    (
        "a",
        "agenda",
        "agendas",
        "and",
        "at",
        "board's",
        "city",
        "county",
        "for",
        "in",
        "joint",
        "meeting",
        "meetings",
        "of",
        "public",
        "regular",
        "session",
        "special",
        "the",
        "town",
        "township",
        "village",
        "workshop",
        "notice",
        "amended",
        "cancelled",
        "canceled",
    )
)


def telling_words(text: str | None) -> frozenset[str]:
    """Return the words of a name that tell bodies apart."""
    return frozenset(re.findall(r"[a-z][a-z']+", (text or "").casefold())) - COMMON


def complete_with_times(
    events: list[ScrapedEvent], times: list[dict[str, Any]], *, first_page: bool, years: set[int]
) -> Iterator[ScrapedEvent | ScrapedSkip]:
    """Yield the agendas' events, those that one calendar entry of the day fits with its time and place.

    Entries without an agenda yet are events of their own: the hearing is announced before its papers.
    Two entries that fit the same agenda complete nothing, since either may be the wrong one. `first_page`
    is false for a year's fragment, which leaves the other entries to the list that asked for it.
    """
    entries = [ScrapedEvent.model_validate(entry) for entry in times]
    used: set[str] = set()
    for event in events:
        fitting = [entry for entry in entries if same_meeting(event, entry)]
        used.update(entry.key for entry in fitting)
        if len(fitting) == 1:
            entry = fitting[0]
            event.starts_at, event.start_text, event.timezone = entry.starts_at, entry.start_text, entry.timezone
            event.location = entry.location
            if entry.status == "cancelled":
                event.status = entry.status
        yield event
    if not first_page:
        return
    for entry in entries:
        if entry.key in used:
            continue
        if int((entry.starts_at or "0000")[:4]) in years:
            # Its agenda may stand in the fragment of that year, still to come.
            yield ScrapedSkip(reason="calendar_entry_of_another_year", url=entry.url, what=entry.name)
        else:
            yield entry


def same_meeting(event: ScrapedEvent, entry: ScrapedEvent) -> bool:
    """Whether a calendar entry is this agenda's meeting: the same day, and one name within the other."""
    if (event.starts_at or "")[:10] != (entry.starts_at or "x")[:10]:
        return False
    body, title, announced = telling_words(event.body), telling_words(event.name), telling_words(entry.name)
    return bool(announced) and (announced <= body | title or (bool(body) and body <= announced))
