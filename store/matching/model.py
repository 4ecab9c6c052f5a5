"""What matching takes and gives: texts by field and page, and the mentions found in them."""

from dataclasses import dataclass, field
from typing import Any, Literal

Strength = Literal["strong", "possible"]


@dataclass(frozen=True)
class TextField:
    """One text of a record: its title, its summary, or one page of one of its documents."""

    field: str
    text: str
    document_url: str | None = None
    page: int | None = None


@dataclass(frozen=True)
class Mention:
    """One term found in one text: `text[start:end]` of that field are the quoted words.

    `snippet` is their sentence with its white space made plain, and `mark` is where the words stand in it.
    """

    topic: str
    term: str
    field: str
    start: int
    end: int
    snippet: str
    mark: tuple[int, int]
    strength: Strength
    reason: str
    document_url: str | None = None
    page: int | None = None


@dataclass(frozen=True)
class TopicMatch:
    """A topic that a record is about, or may be about, and why."""

    topic: str
    strength: Strength
    reason: str


@dataclass(frozen=True)
class Match:
    """All that matching found in one record; both tuples are empty when it is about nothing watched."""

    topics: tuple[TopicMatch, ...] = ()
    mentions: tuple[Mention, ...] = ()
    aspects: dict[str, Any] = field(default_factory=dict)
