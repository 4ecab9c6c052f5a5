"""One record as a digest shows it: where, what, what happened, the matched sentence, links, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from notifier.archive import Filter
from notifier.aspects import aspects_in_words
from notifier.happenings import Happening, Reading
from notifier.letterhead import Letterhead
from notifier.lines import Line, marked_snippet
from notifier.matters import combined
from notifier.mentions import best_mention, found_in
from notifier.places import division_name, is_local, state_name, within
from notifier.plain import host_of, one_line, safe_link
from notifier.telling import Told, happenings_of, section_of
from store.views import RecordView

MOST_HAPPENINGS = 8


@dataclass(frozen=True)
class Entry:
    """A record in a digest; every text is one clean line and every link leads to the web."""

    record_id: str
    section: str
    state: str
    place: str
    label: str
    title: str
    happenings: tuple[Happening, ...]
    more_happenings: int
    snippet: Line
    found_in: str
    aspects: str
    source_link: str | None
    source_words: str
    record_link: str
    why: str
    may_repeat: bool
    order: tuple[str, ...]
    poisoned: bool = False


def entry_of(told: Sequence[Told], wanted: Sequence[Filter], letterhead: Letterhead, reading: Reading) -> Entry:
    """Return the entry of one matter's changes; a senseless stored value raises one of meetings.DAMAGED."""
    record = combined(list({item.change.record.id: item.change.record for item in told}.values()))
    happenings = happenings_of(told, reading)
    mention = best_mention(record, wanted)
    link = safe_link(record.url) or next(filter(None, map(safe_link, record.source_urls)), None)
    return Entry(
        record_id=record.id,
        section=section_of(told, wanted),
        state=state_name(record.state),
        place=place_of(record),
        label=one_line(record.identifier or "", 60),
        title=one_line(record.title, 300) or "(no title)",
        happenings=tuple(happenings[:MOST_HAPPENINGS]),
        more_happenings=max(0, len(happenings) - MOST_HAPPENINGS),
        snippet=marked_snippet(mention.snippet, mention.mark) if mention else (),
        found_in=found_in(mention) if mention else "",
        aspects=aspects_in_words(record.aspects),
        source_link=link,
        source_words=host_of(link) if link else one_line(record.url or (record.source_urls or ("",))[0], 120),
        record_link=letterhead.link(f"records/{record_path(record)}"),
        why=why_of(record, wanted),
        may_repeat=any(item.may_repeat for item in told),
        order=order_of(record),
    )


def safe_entry(told: Sequence[Told], wanted: Sequence[Filter], letterhead: Letterhead) -> Entry:
    """Return an entry that says that its record can't be shown, in words that depend on nothing scraped."""
    record = told[-1].change.record
    return Entry(
        record_id=str(record.id),
        section=section_of(told, wanted),
        state=state_name(str(record.state)),
        place="",
        label="",
        title="One record can’t be shown here, because its stored text is damaged",
        happenings=(Happening("Something about it changed: please see its page"),),
        more_happenings=0,
        snippet=(),
        found_in="",
        aspects="",
        source_link=None,
        source_words="",
        record_link=letterhead.link(f"records/{record_path(record)}"),
        why="it matched what you follow",
        may_repeat=any(item.may_repeat for item in told),
        order=("~",),
        poisoned=True,
    )


def record_path(record: RecordView) -> str:
    """Return a record's id as part of an address."""
    return quote(str(record.id), safe="-_.~", errors="replace")


def place_of(record: RecordView) -> str:
    """Return town and body: "Cambridge · City Council", or the body alone for a legislature."""
    body = one_line(record.body or record.source_name, 120)
    place = one_line(record.place, 80)
    if not place or place == state_name(record.state) or body.lower().startswith(place.lower()):
        return body
    return f"{place} · {body}"


def order_of(record: RecordView) -> tuple[str, ...]:
    """Return what entries are sorted by: state, the legislature before towns, town and body, then identifier."""
    local = "1" if is_local(record.jurisdiction) else "0"
    number = one_line(record.identifier or "", 60)
    padded = "".join(part.zfill(8) if part.isdigit() else part for part in split_digits(number))
    return (state_name(record.state), local, place_of(record), padded, record.id)


def split_digits(text: str) -> list[str]:
    """Return the runs of digits and of other characters, so that H 9 sorts before H 10."""
    runs: list[str] = []
    for letter in text:
        if runs and runs[-1][-1].isdigit() == letter.isdigit():
            runs[-1] += letter
        else:
            runs.append(letter)
    return runs


def topic_words(topics: Sequence[str]) -> str:
    """Return topics in words: "license plate readers and shield laws"."""
    names = [one_line(topic, 60).replace("-", " ") for topic in topics]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def filter_words(wanted: Filter) -> str:
    """Return a subscription's wishes in words: "license plate readers in Massachusetts"."""
    topics = topic_words(wanted.topics) or "all topics"
    places = ", ".join(division_name(place) for place in wanted.divisions) or "all states"
    kinds = f" ({', '.join(kind.replace('_', ' ') for kind in wanted.kinds)})" if wanted.kinds else ""
    strength = "" if wanted.strong_only else ", possible matches too"
    return f"{topics} in {places}{kinds}{strength}"


def why_of(record: RecordView, wanted: Sequence[Filter]) -> str:
    """Return why this reader got this record, by the part of their subscriptions that it fits."""
    for filter_ in wanted:
        topics = [topic for topic in sorted(record.topics) if not filter_.topics or topic in filter_.topics]
        if topics and within(record.jurisdiction, filter_.divisions):
            places = [place for place in filter_.divisions if within(record.jurisdiction, (place,))]
            return filter_words(replace(filter_, topics=tuple(topics), divisions=tuple(places), kinds=()))
    return filter_words(wanted[0]) if wanted else "it matched what you follow"
