"""What spiders yield: pydantic models, so that a bad item fails where it is made.

A Scraped… object says what a page says, cleaned only of markup; `None` means "this page does not tell",
an empty list "this page tells that there is none". The normalise step turns them into store.observed's.
"""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

EventStatus = Literal["confirmed", "tentative", "cancelled", "rescheduled", "passed"]


class Scraped(BaseModel):
    """Base of the scraped classes."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    @field_validator("*", mode="before")
    @classmethod
    def blank_is_absent(cls, value: object) -> object:
        # Platforms print "" and "   " for "no value"; kept as text they would later look like a change.
        if isinstance(value, str):
            value = value.strip()
            return value or None
        return value


class ScrapedDocument(Scraped):
    """A link to a file; `fetch` asks the crawl to read its text."""

    kind: str
    url: str
    name: str | None = None
    date: dt.date | None = None
    media_type: str | None = None
    fetch: bool = True


class ScrapedFile(Scraped):
    """The body of a document that was fetched: where the crawl put it, and its hash."""

    url: str
    media_type: str
    sha256: str
    size: int
    path: str | None = None
    fetched_at: str | None = None


class ScrapedAction(Scraped):
    """One dated step in the source's words."""

    date: dt.date | None
    description: str
    classification: list[str] = Field(default_factory=list)
    chamber: str | None = None


class ScrapedSponsor(Scraped):
    name: str
    classification: str = "sponsor"
    primary: bool = False


class ScrapedVote(Scraped):
    motion: str
    date: dt.date | None = None
    passed: bool | None = None
    counts: dict[str, int] = Field(default_factory=dict)
    url: str | None = None
    identifier: str | None = None


class ScrapedLineage(Scraped):
    relation: str
    identifier: str
    session: str | None = None
    jurisdiction: str | None = None


class ScrapedEvent(Scraped):
    """A meeting or hearing; fields as store.observed.ObservedEvent."""

    key: str
    name: str
    body: str | None = None
    starts_at: str | None = None
    start_text: str | None = None
    timezone: str | None = None
    location: str | None = None
    status: EventStatus | None = None
    url: str | None = None
    source_urls: list[str] = Field(default_factory=list)
    documents: list[ScrapedDocument] | None = None
    description: str | None = None
    bills: list[str] | None = None
    testimony: str | None = None


class ScrapedBill(Scraped):
    """A bill or local matter; fields as store.observed.ObservedBill."""

    key: str
    identifier: str
    title: str | None = None
    """None where the page does not tell it (a history file); a record needs one page that does."""
    session: str | None = None
    body: str | None = None
    classification: str | None = None
    status: str | None = None
    summary: str | None = None
    text: str | None = None
    """Full text that stands in the page or JSON itself; stored as a document of kind "version"."""
    url: str | None = None
    source_urls: list[str] = Field(default_factory=list)
    marker: str | None = None
    aliases: list[str] | None = None
    subjects: list[str] | None = None
    actions: list[ScrapedAction] | None = None
    sponsors: list[ScrapedSponsor] | None = None
    documents: list[ScrapedDocument] | None = None
    votes: list[ScrapedVote] | None = None
    lineage: list[ScrapedLineage] | None = None
    reporting_date: dt.date | None = None
    outcome: str | None = None


class ScrapedAgendaItem(Scraped):
    """One line of an agenda; fields as store.observed.ObservedAgendaItem."""

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
    source_urls: list[str] = Field(default_factory=list)
    bill_key: str | None = None
    sponsors: list[ScrapedSponsor] | None = None
    documents: list[ScrapedDocument] | None = None
    votes: list[ScrapedVote] | None = None


class ScrapedSeen(Scraped):
    """Still listed, marker unchanged, not fetched again."""

    kind: Literal["bill", "event", "agenda_item"]
    key: str


class ScrapedSkip(Scraped):
    """A row or page that was understood and left out, with the reason, which is counted."""

    reason: str
    url: str | None = None
    what: str | None = None


class ScrapedCoverage(Scraped):
    """What this run listed completely; fields as store.observed.Window. Several are merged."""

    sessions: list[str] = Field(default_factory=list)
    events_from: dt.date | None = None
    events_to: dt.date | None = None
    agendas: list[str] = Field(default_factory=list)
