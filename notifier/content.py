"""What one digest says, before it is written as HTML and text: sections, meetings, coverage, counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from notifier.archive import Coverage, Filter
from notifier.entries import Entry, entry_of, filter_words, safe_entry
from notifier.happenings import Reading
from notifier.letterhead import Letterhead
from notifier.matters import matter_keys
from notifier.meetings import DAMAGED, Meeting, meetings_of
from notifier.places import STATES, division_name, state_name
from notifier.plain import one_line
from notifier.telling import Told
from notifier.times import day_words, moment_words, span_words
from store.views import RecordView, SourceView

TITLES = {"new": "New", "moved": "Moved", "text": "Text or agenda changed", "decided": "Decided"}
COUNTED = {"new": "new", "moved": "moved", "text": "text changed", "decided": "decided"}
MOST_FAILING = 12
LATE_HOURS = 6
PLACES_NAMED = 3


@dataclass(frozen=True)
class Section:
    """One part of a digest, its entries by state and place."""

    key: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class CoverageWords:
    """The last block of every digest."""

    summary: str
    gaps: tuple[str, ...]
    more_gaps: int
    trial: str


@dataclass(frozen=True)
class DigestContent:
    """Everything a digest says to everyone with the same wishes; nothing in it tells who reads it."""

    cadence: str
    since: str
    dates: str
    window: str
    places: str
    late: str
    meetings: tuple[Meeting, ...]
    sections: tuple[Section, ...]
    older_added: int
    coverage: CoverageWords
    subscriptions: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    poisoned: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell but what was checked."""
        return not self.meetings and not self.sections

    @property
    def brief_counts(self) -> tuple[tuple[str, int], ...]:
        """The counts with all changed records together, for where room is short."""
        changed = sum(len(section.entries) for section in self.sections)
        coming = tuple(pair for pair in self.counts if pair[0] not in COUNTED.values())
        return (*coming, ("changed", changed)) if changed else coming

    @property
    def repeats(self) -> bool:
        """Whether an entry may have been told before."""
        return any(entry.may_repeat for section in self.sections for entry in section.entries)


@dataclass(frozen=True)
class Edition:
    """The frame of a digest: for which cadence, span and reader's zone, and by which subscriptions."""

    cadence: str
    zone: ZoneInfo
    since: datetime
    now: datetime
    due_at: datetime
    wanted: tuple[Filter, ...]

    @property
    def divisions(self) -> tuple[str, ...]:
        """All places of the subscriptions; none means everywhere."""
        if any(not filter_.divisions for filter_ in self.wanted):
            return ()
        return tuple(sorted({place for filter_ in self.wanted for place in filter_.divisions}))


def content_of(
    edition: Edition,
    told: Iterable[Told],
    upcoming: Iterable[RecordView],
    coverage: Coverage,
    older_added: int,
    letterhead: Letterhead,
) -> DigestContent:
    """Return the content of a digest; a record whose stored text is damaged is replaced by a safe line and named."""
    reading = Reading(edition.zone, edition.now.astimezone(edition.zone).date())
    entries = entries_of(told, edition.wanted, letterhead, reading)
    meetings, damaged = meetings_of(upcoming, letterhead, reading)
    by_section = {key: [entry for entry in entries if entry.section == key] for key in TITLES}
    sections = tuple(Section(key, TITLES[key], tuple(found)) for key, found in by_section.items() if found)
    start, end = edition.since.astimezone(edition.zone), edition.now.astimezone(edition.zone)
    return DigestContent(
        cadence=edition.cadence,
        since=start.date().isoformat(),
        dates=span_words(start.date(), end.date()),
        window=f"{moment_words(edition.since, edition.zone)} to {moment_words(edition.now, edition.zone)}",
        places=places_words(edition, entries, meetings),
        late=late_words(edition),
        meetings=tuple(meetings),
        sections=sections,
        older_added=older_added,
        coverage=coverage_words(coverage, edition),
        subscriptions=tuple(filter_words(filter_) for filter_ in edition.wanted),
        counts=counts_of(meetings, sections),
        poisoned=(*damaged, *(entry.record_id for entry in entries if entry.poisoned)),
    )


def entries_of(told: Iterable[Told], wanted: Sequence[Filter], letterhead: Letterhead, reading: Reading) -> list[Entry]:
    """Return one entry per matter, in reading order."""
    ordered = sorted(told, key=lambda item: (item.change.observed_at, item.change.id))
    keys = matter_keys(item.change.record for item in ordered)
    entries: list[Entry] = []
    for changes in grouped(ordered, keys):
        try:
            entries.append(entry_of(changes, wanted, letterhead, reading))
        except DAMAGED:
            # One damaged record must not stop the mail of everyone who follows its state, nor hide its matter's others.
            for own in grouped(changes, {}):
                try:
                    entries.append(entry_of(own, wanted, letterhead, reading))
                except DAMAGED:
                    entries.append(safe_entry(own, wanted, letterhead))
    return sorted(entries, key=lambda entry: (entry.state, entry.poisoned, entry.order))


def grouped(told: Iterable[Told], keys: Mapping[str, str]) -> list[list[Told]]:
    """Return the changes by the keys of their records, or by record where there is no key."""
    groups: dict[str, list[Told]] = {}
    for item in told:
        groups.setdefault(keys.get(item.change.record.id, item.change.record.id), []).append(item)
    return list(groups.values())


def counts_of(meetings: Sequence[Meeting], sections: Sequence[Section]) -> tuple[tuple[str, int], ...]:
    """Return what subject line and heading count, in reading order; only what is there."""
    counts: list[tuple[str, int]] = []
    hearings = sum(meeting.hearing for meeting in meetings)
    others = len(meetings) - hearings
    if hearings:
        counts.append((f"hearing{'s' if hearings > 1 else ''}{'' if others else ' coming up'}", hearings))
    if others:
        counts.append((f"meeting{'s' if others > 1 else ''} coming up", others))
    counts += [(COUNTED[section.key], len(section.entries)) for section in sections]
    return tuple(counts)


def places_words(edition: Edition, entries: Sequence[Entry], meetings: Sequence[Meeting]) -> str:
    """Return the states a digest is about: those with something to tell, or else those that are followed."""
    # Scraped state codes that are none would read "United States" beside real ones.
    known = set(STATES.values())
    states = ({entry.state for entry in entries} | {meeting.state for meeting in meetings}) & known
    if not states:
        states = {division_name(place).rpartition(", ")[2] for place in edition.divisions}
    if not states:
        return "all states"
    return ", ".join(sorted(states)) if len(states) <= PLACES_NAMED else f"{len(states)} states"


def late_words(edition: Edition) -> str:
    """Return the sentence that a mail which comes much after its hour starts with."""
    if (edition.now - edition.due_at).total_seconds() < LATE_HOURS * 3600:
        return ""
    return (
        f"This mail is late: it was due {moment_words(edition.due_at, edition.zone)}. It covers everything since then."
    )


def coverage_words(coverage: Coverage, edition: Edition) -> CoverageWords:
    """Return what was checked and what was not, in sentences."""
    view = coverage.view
    if view.total == 0:
        where = ", ".join(division_name(place) for place in edition.divisions) or "any state"
        summary = f"Nothing was checked: no source in {where} is watched yet."
    else:
        summary = f"{len(view.checked)} of {view.total} sources checked"
        summary += "." if not view.failing and not view.never_checked else "; not checked:"
    gaps = [gap_words(source, edition) for source in view.failing]
    gaps += [f"{source_words(source)}: never checked yet" for source in view.never_checked]
    trial = ""
    if coverage.trial:
        noun = "source is" if coverage.trial == 1 else "sources are"
        trial = f"{coverage.trial} more {noun} on trial: shown on the pages, not mailed."
    return CoverageWords(summary, tuple(gaps[:MOST_FAILING]), max(0, len(gaps) - MOST_FAILING), trial)


def gap_words(source: SourceView, edition: Edition) -> str:
    """Return one source that was not checked: since when, and why."""
    # A run that ended well is no failure, only too long ago; nor is a pause.
    failed = source.outcome not in ("ok", "empty") and source.status != "paused"
    since = "never worked yet"
    if source.last_ok_at is not None:
        day = day_words(source.last_ok_at.astimezone(edition.zone).date(), weekday=False)
        since = f"failing since {day}" if failed else f"last checked {day}"
    if source.status == "paused":
        since = f"paused, {since}"
    given = (source.outcome, source.reason) if failed else (source.reason,)
    reason = ": ".join(one_line(part, 100).replace("_", " ") for part in given if part)
    return f"{source_words(source)}: {since}" + (f" ({reason})" if reason else "")


def source_words(source: SourceView) -> str:
    """Return a source's name with its state."""
    name, state = one_line(source.name, 120), state_name(source.state)
    return name if state in name else f"{name}, {state}"
