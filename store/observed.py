"""What one crawl run observed, in the archive's own terms: the input of store.upsert.

The crawler's Scraped… items become these in its normalise step: words cleaned, dates typed, identifiers
without padding. A field that is None was *not observed* and never overwrites what is stored; an empty
list was observed to be empty.
"""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

EventStatus = Literal["confirmed", "tentative", "cancelled", "rescheduled", "passed"]


class Observed(BaseModel):
    """Base of the observed classes: unknown fields are a programming error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ObservedText(Observed):
    """The extracted text of one document: one string per page (one for HTML), in reading order."""

    pages: list[str]
    sha256: str
    media_type: str
    readable: bool = True
    how: str = "text"
    warnings: list[str] = Field(default_factory=list)


class ObservedDocument(Observed):
    """A file of a record or event; `text` only if its body was fetched in this run."""

    kind: str
    url: str
    name: str | None = None
    date: dt.date | None = None
    media_type: str | None = None
    fetched_at: dt.datetime | None = None
    text: ObservedText | None = None


class ObservedAction(Observed):
    """One dated step of a bill, in the source's words; classification in Open Civic Data's."""

    date: dt.date | None
    description: str
    classification: list[str] = Field(default_factory=list)
    chamber: str | None = None


class ObservedSponsor(Observed):
    """Who backs a bill: a person or a body."""

    name: str
    classification: str = "sponsor"
    primary: bool = False


class ObservedVote(Observed):
    """One roll call: counts by option, and the motion."""

    motion: str
    date: dt.date | None = None
    passed: bool | None = None
    counts: dict[str, int] = Field(default_factory=dict)
    url: str | None = None
    identifier: str | None = None


class ObservedLineage(Observed):
    """A relation to another record: replaces, replaced_by, accompanies, similar, carried_over, …"""

    relation: str
    identifier: str
    session: str | None = None
    jurisdiction: str | None = None


class ObservedEvent(Observed):
    """A meeting or hearing; `key` is stable within the source.

    `starts_at` is ISO 8601 with the place's offset, or a date alone where no time is printed;
    `start_text` keeps what the source printed when a time could not be read from it.
    """

    key: str
    name: str
    body: str | None = None
    starts_at: str | None = None
    start_text: str | None = None
    timezone: str | None = None
    location: str | None = None
    status: EventStatus | None = None
    url: str | None = None
    source_urls: list[str] = Field(min_length=1)
    documents: list[ObservedDocument] | None = None
    description: str | None = None
    bills: list[str] | None = None
    """Identifiers of the bills on its agenda (a legislature's hearing); None where not observed."""
    testimony: str | None = None
    """How and by when to testify, in the source's words."""


class ObservedBill(Observed):
    """A bill, order, resolution or local matter; `key` is stable within the source."""

    key: str
    identifier: str
    title: str | None = None
    """None where the page did not tell it; a bill never seen with a title is stored under its identifier."""
    session: str | None = None
    body: str | None = None
    classification: str | None = None
    status: str | None = None
    summary: str | None = None
    url: str | None = None
    source_urls: list[str] = Field(min_length=1)
    marker: str | None = None
    """The platform's own change marker, kept so that an unchanged record need not be fetched again."""
    aliases: list[str] | None = None
    subjects: list[str] | None = None
    actions: list[ObservedAction] | None = None
    sponsors: list[ObservedSponsor] | None = None
    documents: list[ObservedDocument] | None = None
    votes: list[ObservedVote] | None = None
    lineage: list[ObservedLineage] | None = None
    reporting_date: dt.date | None = None
    outcome: str | None = None


class ObservedAgendaItem(Observed):
    """One line of a meeting's agenda; `event_key` names its ObservedEvent."""

    key: str
    event_key: str
    title: str
    identifier: str | None = None
    number: str | None = None
    position: int | None = None
    section: str | None = None
    body: str | None = None
    status: str | None = None
    outcome: str | None = None
    text: str | None = None
    url: str | None = None
    source_urls: list[str] = Field(min_length=1)
    bill_key: str | None = None
    sponsors: list[ObservedSponsor] | None = None
    documents: list[ObservedDocument] | None = None
    votes: list[ObservedVote] | None = None


class ObservedSeen(Observed):
    """The source still lists this record and its marker did not move: nothing else was fetched."""

    kind: Literal["bill", "event", "agenda_item"]
    key: str


Observation = ObservedBill | ObservedEvent | ObservedAgendaItem | ObservedSeen


class Window(Observed):
    """Which part of a source a run covered whole; only what lies inside may be called gone.

    `sessions` for bills (all bills of these sessions were listed), `events_from`/`events_to` for
    meetings by local date; agenda items are covered when `agendas` names their event's key.
    """

    sessions: list[str] = Field(default_factory=list)
    events_from: dt.date | None = None
    events_to: dt.date | None = None
    agendas: list[str] = Field(default_factory=list)
