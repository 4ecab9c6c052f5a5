"""Builders of archive views, and an archive in memory that answers as the store does."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from notifier.archive import Coverage, Filter
from notifier.letterhead import Letterhead
from notifier.places import state_name, within
from store.views import ChangeView, CoverageView, EventView, MentionView, RecordView, SourceView

MONDAY = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
"""Five past eight in the morning, New York time."""
LETTERHEAD = Letterhead(
    name="watchbill",
    address="digest@watchbill.example",
    base_url="https://watchbill.example",
    contact="https://watchbill.example/contact",
    postal_line="Example Coalition, 1 Main Street, Springfield",
)
SNIPPET = "The department may not keep data of an automated license plate reader for more than 21 days."


def mention(snippet=SNIPPET, term="license plate reader", **changes):
    start = snippet.find(term)
    base = MentionView(
        topic="license-plate-readers",
        term=term,
        field="text",
        snippet=snippet,
        mark=(start, start + len(term)) if start >= 0 else (0, 0),
        strength="strong",
        reason="literal phrase",
    )
    return replace(base, **changes)


def event(key="ev1", **changes):
    base = EventView(
        id=key,
        name="Public hearing on surveillance bills",
        body="Joint Committee on Public Safety",
        starts_at="2026-11-30T13:00:00-05:00",
        start_text=None,
        timezone="America/New_York",
        location="Room A-1, State House, Boston",
        status="confirmed",
        url="https://malegislature.gov/Events/Hearings/Detail/9001",
        testimony="Written testimony by noon on Nov 29 to the committee’s address; sign up to speak online.",
    )
    return replace(base, **changes)


def record(key="r1", state="ma", **changes):
    base = RecordView(
        id=key,
        kind="bill",
        jurisdiction=f"ocd-division/country:us/state:{state}",
        state=state,
        place=state_name(state),
        source=f"{state}_legislature",
        source_name=f"{state_name(state)} General Court",
        body="House",
        session="2025-2026",
        identifier="H 3755",
        title="An Act establishing driver privacy protections (demonstration data)",
        status="In committee",
        url="https://malegislature.gov/Bills/194/H3755",
        source_urls=("https://malegislature.gov/Bills/194/H3755",),
        topics={"license-plate-readers": "strong"},
        mentions=(mention(),),
        aspects={},
        event=None,
        first_seen_at=MONDAY - timedelta(days=3),
        last_seen_at=MONDAY,
        last_changed_at=MONDAY - timedelta(days=1),
    )
    return replace(base, **changes)


def town_item(key="t1", **changes):
    given = {
        "kind": "agenda_item",
        "jurisdiction": "ocd-division/country:us/state:ma/place:cambridge",
        "place": "Cambridge",
        "source": "ma_cambridge_city_council",
        "source_name": "Cambridge City Council",
        "body": "City Council",
        "session": None,
        "identifier": "2026-141",
        "title": "Contract for advanced public safety technology (demonstration data)",
        "status": None,
        "url": "https://cambridgema.legistar.com/LegislationDetail.aspx?ID=141",
        "source_urls": ("https://cambridgema.legistar.com/LegislationDetail.aspx?ID=141",),
        "mentions": (
            mention("A contract with Flock Group, Inc. for 24 license plate reader cameras.", field="packet", page=143),
        ),
        "aspects": {
            "purposes": ["contract"],
            "vendor": "Flock Group, Inc.",
            "amounts": ["$76,500"],
            "cameras": 24,
            "term": "2 years",
        },
    }
    return record(key, **(given | changes))


def change(number=1, kind="new", of=None, **changes):
    base = ChangeView(
        id=number,
        kind=kind,
        observed_at=MONDAY - timedelta(days=1),
        before=None,
        after=None,
        record=of or record(),
    )
    return replace(base, **changes)


def source(slug="ma_legislature", **changes):
    base = SourceView(
        slug=slug,
        name="Massachusetts General Court",
        state="ma",
        status="active",
        outcome="ok",
        reason=None,
        last_run_at=MONDAY,
        last_ok_at=MONDAY,
    )
    return replace(base, **changes)


@dataclass
class MemoryArchive:
    """An archive made of lists; counts how often it was asked, so that caching can be tested."""

    stored: list[ChangeView] = field(default_factory=list)
    bulk: list[ChangeView] = field(default_factory=list)
    records: list[RecordView] = field(default_factory=list)
    checked: tuple[SourceView, ...] = (source(),)
    failing: tuple[SourceView, ...] = ()
    never: tuple[SourceView, ...] = ()
    trial: int = 0
    asked: int = 0

    def changes(self, wanted: Filter, *, since: datetime, until: datetime) -> list[ChangeView]:
        self.asked += 1
        return [item for item in self.stored if fits(item, wanted) and since <= item.observed_at <= until]

    def older_added(self, wanted: Filter, *, since: datetime, until: datetime) -> int:
        return sum(fits(item, wanted) and since <= item.observed_at <= until for item in self.bulk)

    def upcoming(self, wanted: Filter, *, now: datetime, until: datetime) -> list[RecordView]:
        return [
            item
            for item in self.records
            if item.event
            and matches(item, wanted)
            and now.date().isoformat() <= (item.event.starts_at or "")[:10] <= until.date().isoformat()
        ]

    def coverage(self, divisions: tuple[str, ...], *, since: datetime, now: datetime) -> Coverage:
        return Coverage(CoverageView(self.checked, self.failing, self.never), self.trial)


def matches(item: RecordView, wanted: Filter) -> bool:
    topics = {topic for topic, strength in item.topics.items() if strength == "strong" or not wanted.strong_only}
    return bool(topics & set(wanted.topics) if wanted.topics else topics) and within(
        item.jurisdiction, wanted.divisions
    )


def fits(item: ChangeView, wanted: Filter) -> bool:
    return matches(item.record, wanted) and (not wanted.kinds or item.kind in wanted.kinds)


def busy_week() -> MemoryArchive:
    """Two states, a town, every section, a failing source: what a reader might get on a Monday."""
    hearing = event()
    bill = record("h3755", event=hearing)
    second = record(
        "s1001",
        identifier="S 1001",
        body="Senate",
        title="An Act protecting lawful care (demonstration data)",
        topics={"shield-laws": "strong"},
        event=hearing,
        mentions=(
            mention(
                "No officer shall assist an investigation of legally protected health care activity.",
                term="legally protected health care activity",
                topic="shield-laws",
            ),
        ),
    )
    council = event(
        "ev2",
        name="Regular Meeting",
        body="City Council",
        starts_at="2026-11-24T17:30:00-05:00",
        location="Sullivan Chamber, City Hall, 795 Massachusetts Avenue",
        testimony=None,
        url="https://cambridgema.legistar.com/MeetingDetail.aspx?ID=77",
    )
    item = town_item("cam141", event=council)
    ct = record(
        "sb10",
        "ct",
        identifier="SB 10",
        body="Senate",
        title="An Act concerning automated license plate readers (demonstration data)",
        url="https://www.cga.ct.gov/asp/cgabillstatus/cgabillstatus.asp?selBillType=Bill&bill_num=SB10",
        source_urls=("https://www.cga.ct.gov/x",),
    )
    moved = record("h900", identifier="H 900", title="An Act on data brokers (demonstration data)")
    decided = town_item(
        "cam99",
        identifier="2026-99",
        title="Order to end the camera pilot (demonstration data)",
        event=None,
        aspects={"purposes": ["limit_or_ban"]},
    )
    old = "An agency shall delete data collected by a reader within 30 days unless it is evidence in a case."
    new = "An agency shall delete data collected by a reader within 21 days unless it is evidence in a case or a hold."
    return MemoryArchive(
        stored=[
            change(1, "new", bill),
            change(
                2,
                "hearing_scheduled",
                bill,
                after={"starts_at": hearing.starts_at, "location": hearing.location},
                event=hearing,
            ),
            change(3, "agenda_item_added", item, event=council),
            change(4, "new", ct),
            change(
                5,
                "action",
                moved,
                after={"date": "2026-11-18", "description": "Reported favorably and referred to House Ways and Means"},
            ),
            change(6, "status", moved, before="In committee", after="House Ways and Means"),
            change(
                7,
                "hearing_moved",
                second,
                before={"starts_at": "2026-11-25T10:00:00-05:00", "location": "Room B-2"},
                after={"starts_at": hearing.starts_at, "location": hearing.location},
                event=hearing,
            ),
            change(
                8,
                "text_version",
                record("h77", identifier="H 77", title="An Act on reader data (demonstration data)"),
                before={"name": "As introduced", "text": old},
                after={
                    "name": "Committee redraft",
                    "kind": "version",
                    "url": "https://malegislature.gov/Bills/194/H77.pdf",
                    "text": new,
                },
            ),
            change(
                9,
                "vote",
                decided,
                after={
                    "motion": "Adopt as amended",
                    "date": "2026-11-16",
                    "passed": True,
                    "counts": {"yes": 7, "no": 2},
                },
            ),
            change(10, "outcome", decided, after="adopted"),
        ],
        records=[bill, second, item],
        checked=tuple(source(f"s{n}", name=f"Source {n}") for n in range(46)),
        failing=(
            source(
                "me_committees",
                name="Maine committee calendar",
                state="me",
                outcome="blocked",
                reason="challenge page",
                last_ok_at=MONDAY - timedelta(days=6),
            ),
            source(
                "x", name="Town of Example Select Board", outcome="broken", reason="layout changed", last_ok_at=None
            ),
        ),
        never=(source("y", name="City of Sample Council", last_run_at=None, last_ok_at=None, outcome=None),),
        trial=12,
    )
