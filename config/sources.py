"""Sources are data: loads jurisdictions/*.toml into checked rows, and says exactly what is wrong in which."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from config.errors import ConfigError

OCD_ID = re.compile(r"^ocd-division/country:us(/(state|district|territory):[a-z]{2}(/[a-z_]+:[a-z0-9._~-]+)*)?$")
SLUG = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
CADENCE = re.compile(r"^(\d+)(m|h|d)$")
HOURS = re.compile(r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")


R = TypeVar("R", bound=BaseModel)


class Row(BaseModel):
    """Base of the config rows: an unknown field is a typing mistake and is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Expect(Row):
    """What a healthy run of this source looks like."""

    min_records: int = Field(default=0, ge=0)
    max_records: int | None = Field(default=None, ge=1)
    silent_after_days: int | None = Field(default=None, ge=1)
    may_be_empty: bool = False
    max_bytes: int | None = Field(default=None, ge=1)
    max_requests: int | None = Field(default=None, ge=1)
    schemes: tuple[Literal["http", "https", "ftp"], ...] = ("http", "https")
    hours: str | None = None

    @field_validator("hours")
    @classmethod
    def hours_are_a_span(cls, value: str | None) -> str | None:
        if value is not None and not HOURS.match(value):
            raise ValueError('must look like "21:00-06:00", in the source\'s own time zone')
        return value


class Source(Row):
    """One place we crawl: a row of a state's file."""

    slug: str
    platform: str
    jurisdiction: str
    name: str = Field(min_length=1)
    url: str
    timezone: str
    cadence: str = "6h"
    options: dict[str, Any] = Field(default_factory=dict)
    expect: Expect = Field(default_factory=Expect)
    status: Literal["trial", "active", "paused"] = "trial"
    reason: str | None = None
    verified: str = "never"

    @field_validator("slug")
    @classmethod
    def slug_is_plain(cls, value: str) -> str:
        if not SLUG.match(value):
            raise ValueError("must be small letters, digits and single underscores, like ma_cambridge_city_council")
        return value

    @field_validator("jurisdiction")
    @classmethod
    def jurisdiction_is_ocd(cls, value: str) -> str:
        if not OCD_ID.match(value):
            raise ValueError("must be an OCD division id like ocd-division/country:us/state:ma/place:cambridge")
        return value

    @field_validator("url")
    @classmethod
    def url_is_web(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https", "ftp") or not parts.hostname:
            raise ValueError("must be a whole http or https address")
        return value

    @field_validator("timezone")
    @classmethod
    def timezone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is not an IANA zone like America/New_York") from error
        return value

    @field_validator("cadence")
    @classmethod
    def cadence_is_a_span(cls, value: str) -> str:
        match = CADENCE.match(value)
        if not match or int(match[1]) == 0:
            raise ValueError('must be a number and m, h or d, like "6h"')
        return value

    @field_validator("verified", mode="before")
    @classmethod
    def verified_is_a_date_or_never(cls, value: object) -> object:
        if isinstance(value, date):
            return value.isoformat()
        if value != "never":
            try:
                date.fromisoformat(str(value))
            except ValueError as error:
                raise ValueError('must be "never" or the date of the last live look, like "2026-11-02"') from error
        return value

    @model_validator(mode="after")
    def paused_says_why(self) -> Self:
        if self.status == "paused" and not self.reason:
            raise ValueError('a paused source needs a reason = "…"')
        if urlsplit(self.url).scheme not in self.expect.schemes:
            raise ValueError(f"url scheme {urlsplit(self.url).scheme!r} is not among expect.schemes")
        return self

    @property
    def state(self) -> str:
        """The state's two letters, small; "us" for the country."""
        match = re.search(r"/(?:state|district|territory):([a-z]{2})", self.jurisdiction)
        return match[1] if match else "us"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def every(self) -> timedelta:
        """The cadence as a span of time."""
        match = CADENCE.match(self.cadence)
        assert match is not None  # the validator let nothing else in
        return timedelta(**{{"m": "minutes", "h": "hours", "d": "days"}[match[2]]: int(match[1])})

    def is_open(self, moment: datetime) -> bool:
        """Whether the site may be asked at that moment: inside the row's `hours`, which may span midnight."""
        if self.expect.hours is None:
            return True
        begin, end = self.expect.hours.split("-")
        clock = f"{moment.astimezone(self.zone):%H:%M}"
        return begin <= clock < end if begin <= end else clock >= begin or clock < end


class LegislativeSession(Row):
    """One session of a legislature, or one term of a council, by its official identifier."""

    identifier: str
    name: str
    jurisdiction: str
    classification: Literal["regular", "special"] = "regular"
    start: date
    end: date

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        return self

    def contains(self, day: date) -> bool:
        """Whether the session is open on that day."""
        return self.start <= day <= self.end


@dataclass(frozen=True)
class Sources:
    """All rows of all states' files, in the order of the files."""

    rows: tuple[Source, ...]
    sessions: tuple[LegislativeSession, ...]

    def get(self, slug: str) -> Source:
        """Return the row with that slug; ConfigError names near ones if there is none."""
        for row in self.rows:
            if row.slug == slug:
                return row
        near = [row.slug for row in self.rows if slug in row.slug or row.slug.startswith(slug[:4])][:5]
        hint = f"Near ones: {', '.join(near)}" if near else "`watchbill sources list` shows all"
        raise ConfigError(f"there is no source {slug!r}", remedy=hint)

    def sessions_of(self, jurisdiction: str) -> tuple[LegislativeSession, ...]:
        """The sessions of one jurisdiction, newest first."""
        own = (session for session in self.sessions if session.jurisdiction == jurisdiction)
        return tuple(sorted(own, key=lambda session: session.start, reverse=True))

    def of_state(self, state: str) -> tuple[Source, ...]:
        """The rows of one state, by its two letters in any case."""
        return tuple(row for row in self.rows if row.state == state.lower())


def load_sources(folder: Path) -> Sources:
    """Load `folder`/jurisdictions/*.toml; raises ConfigError with file, row, field and remedy."""
    directory = folder / "jurisdictions"
    if not directory.is_dir():
        raise ConfigError("there is no such folder", file=str(directory), remedy="Give --config a folder that has it")
    rows: list[Source] = []
    sessions: list[LegislativeSession] = []
    seen: dict[str, str] = {}
    for path in sorted(directory.glob("*.toml")):
        document = read_toml(path)
        unknown = set(document) - {"source", "session"}
        if unknown:
            raise ConfigError(
                f"unknown table {min(unknown)!r}", file=path.name, remedy="Use [[source]] and [[session]]"
            )
        for number, entry in enumerate(document.get("session", []), start=1):
            sessions.append(check_row(LegislativeSession, entry, path.name, f"session {number}"))
        for number, entry in enumerate(document.get("source", []), start=1):
            label = entry.get("slug") if isinstance(entry, dict) else None
            row = check_row(Source, entry, path.name, str(label or f"source {number}"))
            if row.slug in seen:
                raise ConfigError(
                    f"the slug is taken by a row of {seen[row.slug]}",
                    file=path.name,
                    row=row.slug,
                    field="slug",
                    remedy="Slugs are unique over all files: rename one",
                )
            seen[row.slug] = path.name
            rows.append(row)
    return Sources(rows=tuple(rows), sessions=tuple(sessions))


def read_toml(path: Path) -> dict[str, Any]:
    """Read one TOML file; raises ConfigError with the place of a syntax error."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not TOML: {error}", file=path.name, remedy="Mend the line it names") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"can't be read: {error}", file=str(path), remedy="It must be a readable UTF-8 file"
        ) from error


def check_row(model: type[R], entry: object, file: str, row: str) -> R:
    """Validate one row; the first thing wrong is raised as a ConfigError that names its field."""
    if not isinstance(entry, dict):
        raise ConfigError("must be a table", file=file, row=row, remedy="Write it as [[source]] with fields")
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        message = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            message, remedy = "is not a field of a row", f"Fields are {', '.join(model.model_fields)}"
        elif first["type"] == "missing":
            message, remedy = "is missing", "Add it"
        else:
            remedy = f"Found {first['input']!r}" if not isinstance(first["input"], dict) else "Change the row"
        raise ConfigError(message, file=file, row=row, field=field, remedy=remedy) from error
