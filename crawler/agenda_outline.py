"""The outline behind an agenda's labels: which of them continue a list, begin one below it, or are text."""

import re
from dataclasses import dataclass, field

from crawler.agenda_lines import Label, Line, values_of
from crawler.agenda_titles import heading_like, heading_of, starts_packet, title_lines

ADJOURN = re.compile(
    r"\badjourn(?:ment|ed)?\b(?!\s+(?:in)?to\s+(?:a\s+)?(?:closed|executive|open|regular|the)\b)", re.IGNORECASE
)
TELLING = re.compile(
    r"\b(call(?:ed|ing)?(?: the| this)?(?: meeting)? to order|roll call|pledge|invocation|minutes|"
    r"public (?:comment|hearing|forum|input|speak|participation)|"
    r"citizen|consent|(?:new|old|unfinished|other|continued) business|adjourn|reports?|correspondence|"
    r"communications?|"
    r"ordinances?|resolutions?|appointments?|executive session|closed session|announcements?|bills|warrants?|licens|"
    r"approv(?:e|al)|discussion|consider)",
    re.IGNORECASE,
)
CALL_TO_ORDER = re.compile(r"^\W*(?:\d{1,2}:\d\d\W*[ap]\.?m\.?\W*)?call\b.{0,24}\bto order\b", re.IGNORECASE)
OPENING = re.compile(
    r"\bcall(?:ed|ing)?(?: the| this)?(?: meeting)? to order\b|\broll call\b|\bpledge of\b|\binvocation\b|"
    r"^\W*open(?:ing)?\b",
    re.IGNORECASE,
)
INSTRUCTION = re.compile(
    r"^\W*(?:to join|join|dial|click|enter|visit|navigate|press|call in|please|use the|log ?in|password|"
    r"webinar|meeting id)\b",
    re.IGNORECASE,
)
REJECTED = 5.0
"""The cost from which a label is rather read as text."""

UNLIKELY = 3.5
MOST_DOUBTS = 3
"""So many unlikely lists, with no line of a list above between them, are no longer the agenda."""

DEEPEST = 5
"""Lists within lists beyond this stand in contracts and codes, not in agendas."""

NEAR = 14
"""Printed lines after adjournment within which the outline may still go on."""

RANK = {"I": 0, "A": 1, "AA": 1, "1": 1, "a": 2, "i": 3}
"""Capital letters and Roman numerals hardly ever stand below figures, small letters or small numerals."""

Fit = tuple[float, int, str, int]
"""Cost, depth, kind and value of one way to read a label."""


@dataclass
class Level:
    """One open list: kind of its labels, its latest value, and how its labels look."""

    kind: str
    value: int
    brackets: str
    indent: int
    capitals: bool
    dotted: bool = False


@dataclass
class Entry:
    """One accepted label, before titles and texts are cut; `heading` is the line of the heading above it."""

    line: int
    label: str
    level: int
    rest: str
    path: tuple[str, ...] = ()
    heading: int | None = None
    consent: bool = False


@dataclass
class Outline:
    """The labels of one reading of the text, and how well they hold together."""

    entries: list[Entry] = field(default_factory=list)
    cost: float = 0.0
    end: int | None = None
    """The line of adjournment, or the one at which another document begins."""

    adjourned: bool = False

    def score(self) -> float:
        """Higher for an agenda: telling titles and adjournment count, mere length hardly does."""
        telling = sum(1 for entry in self.entries if TELLING.search(entry.rest))
        instructions = sum(1 for entry in self.entries if INSTRUCTION.search(entry.rest))
        return (
            min(len(self.entries), 12)
            + 2.0 * min(telling, 12)
            + 5.0 * self.adjourned
            - min(self.cost, 8.0)
            - 4.0 * instructions
        )


def read_outline(lines: list[Line], labels: list[Label | None], start: int) -> Outline:
    """Read the labels from a line on as one outline, by the cheapest fit of each."""
    outline = Outline()
    levels: list[Level] = []
    before: int | None = None
    heading: int | None = None
    closed_at: int | None = None
    title_end = -1
    session = False
    doubts: list[tuple[int, int]] = []
    printed = 0
    last = max((at for at, label in enumerate(labels) if label is not None), default=start)
    for index in range(start, min(len(lines), last + NEAR)):
        line, label = lines[index], labels[index]
        if line.furniture or not line.text.strip():
            continue
        printed += 1
        if outline.entries and starts_packet(lines, index):
            outline.end = index
            break
        if closed_at is not None and printed - closed_at > NEAR:
            break
        if label is None:
            if index > title_end:
                if heading_of(line.text) is not None:
                    heading = index
                    session = session or (bool(outline.entries) and bool(CALL_TO_ORDER.search(line.text)))
                before = index
            continue
        above = heading
        if above is None and before is not None and begins(label) and heading_like(lines, before):
            above = before
        fit = cheapest(levels, label, line, headed=above is not None, first=not outline.entries)
        if begins(label) and (session or (len(outline.entries) > 1 and calls_to_order(lines, index, label))):
            # A second session of the day begins its own list.
            fit = (0.8, 0, values_of(label.parts[-1])[0][0], 1)
        before = None
        if closed_at is not None and (fit is None or fit[1] != 0 or fit[0] > 0.3 or fit[3] == 1):
            # The first list after adjournment that does not go on with the agenda's is another paper's.
            break
        if fit is None:
            continue
        if fit[0] >= UNLIKELY:
            doubts.append((len(outline.entries), fit[1]))
        elif doubts and fit[1] < doubts[-1][1] and fit[3] > 1:
            # The list above goes on: what was unlikely was part of it after all.
            doubts.clear()
        if len(doubts) == MOST_DOUBTS:
            # List upon list that fits nowhere: a contract or a code was attached.
            del outline.entries[doubts[0][0] :]
            outline.end = index
            break
        outline.cost += fit[0]
        accept(outline, levels, index, label, line, fit, above)
        heading, session = None, False
        title, title_end = title_lines(lines, index, label.rest)
        outline.adjourned = bool(ADJOURN.search(title[:60])) and fit[1] <= 1
        closed_at, outline.end = (printed, index) if outline.adjourned else (None, None)
    return outline


def calls_to_order(lines: list[Line], index: int, label: Label) -> bool:
    """Whether the line opens a meeting."""
    return bool(CALL_TO_ORDER.search(title_lines(lines, index, label.rest)[0][:60]))


def begins(label: Label) -> bool:
    """Whether a label can be the first of a list."""
    return any(value == 1 for _, value in values_of(label.parts[-1]))


def accept(
    outline: Outline, levels: list[Level], index: int, label: Label, line: Line, fit: Fit, heading: int | None
) -> None:
    """Add a label to the outline at its depth, closing the lists below it."""
    _, depth, kind, value = fit
    del levels[depth:]
    levels.append(Level(kind, value, label.brackets, line.indent, capitals(label.rest), len(label.parts) > 1))
    parents = [entry for entry in outline.entries if entry.level < depth]
    above = parents[-1].path if parents and depth > 0 else ()
    path = label.parts if len(label.parts) > 1 else (*above, label.parts[0])
    outline.entries.append(Entry(index, ".".join(path), depth, label.rest, path, heading, label.consent))


def cheapest(levels: list[Level], label: Label, line: Line, *, headed: bool, first: bool) -> Fit | None:
    """Return the depth at which a label fits best, with its cost; None if it is rather text."""
    options: list[Fit] = []
    prefix, own = label.parts[:-1], label.parts[-1]
    for kind, value in values_of(own):
        if prefix:
            options += dotted(levels, prefix, kind, value)
            continue
        for depth, level in enumerate(levels):
            if level.kind != kind:
                continue
            step = value - level.value
            # A skipped number is an item withdrawn, a repeated one a slip of the pen.
            cost = {1: 0.0, 2: 3.0, 3: 4.0, 0: 4.0}.get(step)
            if cost is not None and (step != 0 or depth == len(levels) - 1):
                options.append((cost + looks(level, label, line), depth, kind, value))
        if value == 1:
            options += openings(levels, kind, label, line, headed=headed, first=first)
    fitting = [option for option in options if option[0] < REJECTED]
    # Of two equal fits the deeper list goes on.
    return min(fitting, key=lambda option: (option[0], -option[1]), default=None)


def openings(levels: list[Level], kind: str, label: Label, line: Line, *, headed: bool, first: bool) -> list[Fit]:
    """Return the costs of beginning a list with this label: below the open ones, or anew under a heading."""
    if first:
        return [(0.0, 0, kind, 1)]
    below = 1.0
    same = [level for level in levels if level.kind == kind and level.brackets == label.brackets]
    if same and same[-1] is levels[-1]:
        # Figures right below figures of the same look: only an indent tells that from a list begun anew.
        below = 1.5 if line.indent - same[-1].indent >= 2 else 3.5
    elif same:
        below = 2.0
    if RANK[kind] < RANK[levels[-1].kind]:
        below += 1.5
    if label.bare:
        below += 2.0
    found = [(below, len(levels), kind, 1)] if len(levels) < DEEPEST else []
    for depth, level in enumerate(levels):
        if level.kind == kind:
            found.append((1.2 if headed else 4.0, depth, kind, 1))
        elif (level.kind, kind) == ("A", "AA"):
            found.append((0.8, depth, kind, 1))
    return found


def dotted(levels: list[Level], prefix: tuple[str, ...], kind: str, value: int) -> list[Fit]:
    """Return the costs of a label that spells its path out ("3.a", "12.1.4")."""
    heads = values_of(prefix[-1])
    if not levels:
        return [(1.0, 0, kind, 1)] if value == 1 and any(head == 1 for _, head in heads) else []
    for at, level in enumerate(levels):
        if any(head_kind == level.kind and head == level.value for head_kind, head in heads):
            below = levels[at + 1] if at + 1 < len(levels) else None
            if below is None or below.kind != kind:
                return [(0.0 if value == 1 else 2.0, at + 1, kind, value)]
            return [(0.0 if value == below.value + 1 else 2.0, at + 1, kind, value)] if value > below.value else []
    # Lists that print 1.1, 1.2, 2.1 and no 1 or 2 of their own.
    last = levels[0]
    if len(levels) == 1 and last.dotted and last.kind == kind and value in (1, last.value + 1):
        return [(0.5, 0, kind, value)]
    return []


def looks(level: Level, label: Label, line: Line) -> float:
    """Return what speaks against a label belonging to a list: other brackets, indent or capitals."""
    cost = 0.0
    if level.dotted:
        # "3" after "2.2" goes on with the list above.
        cost += 2.0
    if level.brackets != label.brackets:
        cost += 1.0
    if abs(level.indent - line.indent) > 6:
        cost += 0.6
    if label.rest and level.capitals != capitals(label.rest):
        cost += 0.4
    return cost


def capitals(text: str) -> bool:
    """Whether a title is printed in capitals."""
    letters = [letter for letter in text[:40] if letter.isalpha()]
    return bool(letters) and sum(letter.isupper() for letter in letters) > 0.8 * len(letters)
