"""What is told of a matter: its changes as lines, none twice, and the section a reader looks for it in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from notifier.archive import Filter
from notifier.happenings import SECTION_OF, Happening, Reading, happening_of, spoken_day
from notifier.places import within
from notifier.plain import described
from store.views import ChangeView

SECTION_ORDER = ("new", "decided", "moved", "text")
OF_MEETINGS = ("new", "agenda_item_added", "agenda_item_removed")
"""What agenda items tell of their meeting."""
ACTIONS = ("action", "referral", "report")
WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Told:
    """A change that goes into a digest; it `may_repeat` when an earlier mail perhaps told it already."""

    change: ChangeView
    may_repeat: bool = False


def happenings_of(told: Sequence[Told], reading: Reading) -> list[Happening]:
    """Return a matter's changes in words, its meeting first; what two of its records tell is said once."""
    lines: dict[Happening, bool] = {}
    by_meeting = sorted(told, key=lambda item: not tells_meeting(item.change))
    for item in without_echoes(by_meeting):
        line = happening_of(item.change, reading)
        line = dated(line, item.change, told, reading)
        lines[line] = lines.get(line, True) and item.may_repeat
    return [replace(line, may_repeat=may_repeat) for line, may_repeat in lines.items()]


def tells_meeting(change: ChangeView) -> bool:
    """Return whether a change says when something is on an agenda."""
    return change.record.kind == "agenda_item" and change.kind in OF_MEETINGS


def without_echoes(told: Sequence[Told]) -> list[Told]:
    """Return the changes without the actions that a told status repeats word for word."""
    statuses = {spoken_words(item.change) for item in told if item.change.kind == "status"} - {""}
    return [item for item in told if item.change.kind not in ACTIONS or spoken_words(item.change) not in statuses]


def dated(line: Happening, change: ChangeView, told: Sequence[Told], reading: Reading) -> Happening:
    """Return a status with the day of the action that brought it, if one with the same words was told."""
    if change.kind != "status":
        return line
    for item in told:
        value = item.change.after
        if item.change.kind in ACTIONS and spoken_words(item.change) == spoken_words(change):
            day = spoken_day(value.get("date"), reading) if isinstance(value, dict) else ""
            # A long status is shown by its changed words alone; whole, as the action has it, it says more.
            words = f"Status: {described(change.after)}" if line.words == "Status" else line.words
            return Happening(f"{day}: {words}" if day else words)
    return line


def spoken_words(change: ChangeView) -> str:
    """Return the words of a change's new value alone, small, for comparing."""
    return " ".join(WORDS.findall(described(change.after).lower()))


def section_of(told: Sequence[Told], wanted: Sequence[Filter]) -> str:
    """Return the section of a matter's changes: the one a reader would look for it in first."""
    sections = {SECTION_OF.get(item.change.kind, "moved") for item in told if item.change.kind != "mention_entered"}
    for item in told:
        if item.change.kind == "mention_entered":
            sections.add("text" if was_followed(item.change, told, wanted) else "new")
    return next(section for section in SECTION_ORDER if section in sections)


def was_followed(change: ChangeView, told: Sequence[Told], wanted: Sequence[Filter]) -> bool:
    """Return whether a record whose text mentions a further topic matched a reader's wishes before."""
    if not topic_of(change.after):
        return False
    record = change.record
    before = dict(record.topics)
    for item in told:
        if item.change.record.id == record.id and item.change.kind in ("mention_entered", "mention_left"):
            before.pop(topic_of(item.change.after), None)
            if isinstance(item.change.before, dict) and topic_of(item.change.before):
                before[topic_of(item.change.before)] = str(item.change.before.get("strength"))
    return any(
        within(record.jurisdiction, filter_.divisions)
        and (not filter_.topics or topic in filter_.topics)
        and (strength == "strong" or not filter_.strong_only)
        for filter_ in wanted
        for topic, strength in before.items()
    )


def topic_of(value: Any) -> str:
    """Return the topic that a change's before or after names, or nothing."""
    topic = value.get("topic") if isinstance(value, dict) else None
    return topic if isinstance(topic, str) else ""
