"""An agenda's text cut into lines by its own numbering: Roman, arabic, letters, nested, or times; pure.

The labels at the heads of lines are read as an outline: each one continues a list that is open or begins
a new one below it. What fits no list is text ("23 Union Street", a name's initial). The agenda ends with
adjournment, or where a packet, minutes or instructions begin, so that their lists become no false items.
"""

import re
from collections.abc import Sequence

from crawler.agenda_lines import SEPARATOR, AgendaLine, AgendaSplit, Label, Line, label_of, lines_of
from crawler.agenda_outline import (
    ADJOURN,
    INSTRUCTION,
    OPENING,
    TELLING,
    Entry,
    Outline,
    begins,
    capitals,
    read_outline,
)
from crawler.agenda_titles import (
    CLOSING,
    CONSENT,
    heading_like,
    heading_of,
    is_report,
    joined,
    starts_packet,
    tail_end,
    title_lines,
)

TAKING_PART = re.compile(
    r"\byour?\b|\bzoom\b|\be-?mail\b|\be-?comment|\bin person\b|\bphone\b|\bspeakers?\b|\bparticipat", re.IGNORECASE
)
LONGEST_AGENDA = 4000
MOST_STARTS = 30
AGENDA_LINE = re.compile(r"^\W*(?:[\w ]{0,40}\b)?agenda(?:\s*\(.{0,40}\))?\W*$", re.IGNORECASE)
TIME_LABEL = re.compile(
    r"^\s*(?P<time>(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>[ap])\.?\s?m\b\.?"
    r"|(?P<bare>\d{1,2}:[0-5]\d)(?=\s|$)(?!\s*[ap]\.?m))\s*(?:[-–—:]+\s*)?(?P<rest>.*)$",
    re.IGNORECASE,
)


def split_agenda(pages: Sequence[str]) -> AgendaSplit:
    """Return the agenda's items with what stands before and after them; nothing of the text is lost."""
    whole = SEPARATOR.join(pages)
    if not whole.strip():
        return AgendaSplit([], whole, reason="no_text")
    lines = lines_of(pages)
    # What follows thousands of lines is a packet: its lists are no agenda, and reading them takes minutes.
    labels = [None if line.furniture or at > LONGEST_AGENDA else label_of(line.text) for at, line in enumerate(lines)]
    if is_report(lines):
        return AgendaSplit([], whole, reason="not_an_agenda")
    outline = best_outline(lines, labels)
    if apart(outline, lines, labels):
        return AgendaSplit([], whole, reason="numbers_apart_from_text")
    outline = outline or by_time(lines)
    if outline is None:
        return AgendaSplit([], whole, reason="no_numbering")
    items, warnings = cut(outline, lines, len(whole))
    if len(items) < 2:
        return AgendaSplit([], whole, reason="no_numbering")
    return AgendaSplit(items, whole[: items[0].start], whole[items[-1].end :], warnings=warnings)


def best_outline(lines: list[Line], labels: list[Label | None]) -> Outline | None:
    """Return the reading with the best score: from each place where a list may begin, without and with bare numbers."""
    found: list[tuple[float, int, Outline]] = []
    packet = next((at for at in range(len(lines)) if at > 20 and starts_packet(lines, at)), len(lines))
    for bare in (False, True):
        usable = [
            label if label is not None and (bare or not label.bare or len(label.parts) > 1) else None
            for label in labels
        ]
        starts = [
            at for at, label in enumerate(usable) if label is not None and begins(label) and worded(lines, at, label)
        ]
        for start in starts[:MOST_STARTS]:
            outline = read_outline(lines, usable, start)
            if len(outline.entries) >= 2:
                score = outline.score() - (3 if bare else 0) - (20 if start > packet else 0)
                found.append((score, -start, outline))
    if not found:
        return None
    score, start, best = max(found, key=lambda entry: entry[:2])
    for earlier_score, earlier, outline in found:
        # A reading that begins earlier and runs through this one is the whole agenda, not a part of it.
        whole = (
            earlier > start
            and any(entry.line == -start for entry in outline.entries)
            and (opens(lines, outline) or not opens(lines, best))
            and not any(AGENDA_LINE.match(line.text) for line in lines[-earlier:-start])
        )
        if whole and earlier_score > 0.5 * score:
            score, start, best = earlier_score, earlier, outline
    best = without_instructions(lines, best)
    telling = any(TELLING.search(title_lines(lines, entry.line, entry.rest)[0]) for entry in best.entries)
    if score <= 0 or len(best.entries) < (2 if telling else 3):
        return None
    # Two or three numbers at the very end of a long text are its list of attachments.
    late = best.entries[0].line > 0.85 * len(lines) and len(lines) > 60
    return None if late and len(best.entries) <= 3 and not best.adjourned else best


def without_instructions(lines: list[Line], outline: Outline) -> Outline:
    """Drop a list that stands before the agenda's own, which begins anew at 1: how to take part, rules of order."""
    again = next(
        (at for at, entry in enumerate(outline.entries) if at and entry.level == 0 and begins(entry_label(entry))), None
    )
    if again is None:
        return outline
    first = [entry for entry in outline.entries[:again] if entry.level == 0]
    titles = [title_lines(lines, entry.line, entry.rest)[0] for entry in first]
    if 2 * sum(1 for title in titles if INSTRUCTION.search(title) or TAKING_PART.search(title)) < len(titles):
        return outline
    return Outline(outline.entries[again:], outline.cost, outline.end, outline.adjourned)


def entry_label(entry: Entry) -> Label:
    """Return the label of an entry, for asking whether it begins a list."""
    return Label((entry.path[-1],), ".", "")


def opens(lines: list[Line], outline: Outline) -> bool:
    """Whether an outline begins as meetings do: with the call to order, the roll or the pledge."""
    first = outline.entries[0]
    return bool(OPENING.search(title_lines(lines, first.line, first.rest)[0]))


def worded(lines: list[Line], at: int, label: Label) -> bool:
    """Whether a label has a title that may head an agenda; noise of a scan and "Join by phone" do not."""
    title = title_lines(lines, at, label.rest)[0]
    return bool(re.search(r"[A-Za-z]{4}", title[:60])) and not title[0].islower() and not INSTRUCTION.search(title)


def by_time(lines: list[Line]) -> Outline | None:
    """Return an agenda without numbers whose lines begin with times of day, in order."""
    entries: list[Entry] = []
    latest = -1
    for index, line in enumerate(lines):
        match = None if line.furniture else TIME_LABEL.match(line.text)
        if match is None:
            continue
        hour, minute = (match["bare"] or f"{match['hour']}:{match['minute'] or 0}").split(":")
        moment = (int(hour) % 12 + (12 if (match["half"] or "").lower() == "p" else 0)) * 60 + int(minute)
        if moment < latest:
            break
        latest = moment
        entries.append(Entry(index, " ".join(match["time"].split()), 0, match["rest"].strip()))
    return Outline(entries) if len(entries) >= 3 else None


def apart(outline: Outline | None, lines: list[Line], labels: list[Label | None]) -> bool:
    """Whether the numbers stand in a column of their own, away from the titles: the text lost its order."""
    lonely = 0
    reach = outline.entries[-1].line + 40 if outline else len(labels)
    for at, label in enumerate(labels[:reach]):
        if label is None or label.rest:
            continue
        after = next((later for later in range(at + 1, len(lines)) if lines[later].text.strip()), None)
        next_label = labels[after] if after is not None else None
        if (
            after is None
            or (next_label is not None and not next_label.rest)
            or re.match(r"^\W*documents?:?\W*$", lines[after].text, re.IGNORECASE)
        ):
            lonely += 1
    return lonely >= max(4, len(outline.entries) // 2 if outline else 0)


def cut(outline: Outline, lines: list[Line], size: int) -> tuple[list[AgendaLine], list[str]]:
    """Turn an outline's entries into items that follow each other without a gap, with warnings."""
    entries, titles, warnings = with_titles(outline, lines)
    if not entries:
        return [], warnings
    last = entries[-1]
    stop_all = titles[last.line][1] + 1
    if not (outline.adjourned and outline.entries[-1] is last):
        stop_all = tail_end(lines, titles[last.line][1], outline.end)
    starts = boundaries(entries, titles, lines, stop_all)
    if starts[-1][1] is None and ADJOURN.search(lines[starts[-1][0]].text):
        # Adjournment has no text of its own.
        stop_all = starts[-1][0] + 1
    items: list[AgendaLine] = []
    trail: list[tuple[str, bool]] = []
    heading: tuple[int, str, bool] | None = None
    for place, (at, entry) in enumerate(starts):
        stop = starts[place + 1][0] if place + 1 < len(starts) else stop_all
        level = entry.level if entry else next((later.level for _, later in starts[place:] if later), 0)
        trail = trail[:level]
        if heading is not None and (level < heading[0] or entry is None or outranked(heading[1], titles, entry)):
            heading = None
        inherited = any(consent for _, consent in trail) or (heading is not None and heading[2])
        above = heading[1] if heading is not None and heading[0] == level else (trail[-1][0] if trail else None)
        title = titles[entry.line][0] if entry else " ".join(lines[at].text.split()).rstrip(":").strip()
        consent = inherited or bool(CONSENT.search(title)) or (entry is not None and entry.consent)
        if entry is not None:
            trail.append((title, consent))
        elif not CLOSING.search(title):
            heading = (level, title, consent)
        items.append(
            AgendaLine(
                number=entry.label if entry else None,
                title=title,
                page=lines[at].page,
                text=joined(lines[at:stop]),
                section=above,
                consent=consent,
                start=lines[at].start,
                end=lines[stop].start if stop < len(lines) else size,
                level=level,
            )
        )
    return items, warnings


def outranked(heading: str, titles: dict[int, tuple[str, int]], entry: Entry) -> bool:
    """Whether a numbered line in capitals ends what a heading in small letters began."""
    if entry.level > 0 or heading.isupper() or CONSENT.search(heading):
        return False
    return capitals(titles[entry.line][0])


def with_titles(outline: Outline, lines: list[Line]) -> tuple[list[Entry], dict[int, tuple[str, int]], list[str]]:
    """Return the entries that have words of their own, their titles, and what is doubtful about the outline."""
    labelled = frozenset(entry.line for entry in outline.entries)
    titles = {entry.line: title_lines(lines, entry.line, entry.rest, labelled) for entry in outline.entries}
    kept: list[Entry] = []
    untitled_before = False
    for entry in outline.entries:
        # Numbers in a column of their own: which of them the words below belong to can't be told.
        doubtful = not titles[entry.line][0] or (untitled_before and not entry.rest)
        if not doubtful:
            kept.append(entry)
        untitled_before = doubtful
    warnings = []
    if len(kept) < len(outline.entries):
        warnings.append(f"{len(outline.entries) - len(kept)} numbers stand apart from their titles")
    if not outline.adjourned:
        warnings.append("the agenda does not end with adjournment")
    return kept, titles, warnings


def boundaries(
    entries: list[Entry], titles: dict[int, tuple[str, int]], lines: list[Line], stop: int
) -> list[tuple[int, Entry | None]]:
    """Where items begin: the accepted labels, and the unnumbered headings before, between and after them."""
    numbered = {entry.line: entry for entry in entries}
    in_titles = {line for at, (_, last) in titles.items() for line in range(at, last + 1)}
    headings = {entry.heading for entry in entries if entry.heading is not None} - in_titles
    first = next((at for at in range(entries[0].line - 1, -1, -1) if lines[at].text.strip()), 0)
    if heading_of(lines[first].text) is not None:
        headings.add(first)
    for at in range(entries[0].line, stop):
        if at in in_titles or lines[at].furniture or not lines[at].text.strip():
            continue
        after = next((later for later in range(at + 1, stop) if lines[later].text.strip()), None)
        if heading_of(lines[at].text) is not None or (
            after in numbered and lines[at].text.isupper() and heading_like(lines, at)
        ):
            headings.add(at)
    return sorted([*numbered.items(), *((at, None) for at in headings if at not in numbered)], key=lambda pair: pair[0])
