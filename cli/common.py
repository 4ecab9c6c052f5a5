"""What the commands share: loaded settings, sources, topics and databases, and how values are printed."""

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from config.clock import Clock, FixedClock, SystemClock
from config.errors import ConfigError
from config.settings import Settings, load_settings
from config.sources import Sources, load_sources

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from config.topics import Topics
    from crawler.run import World
    from notifier.crypto import Vault
    from notifier.database import Sessions
    from store.matching import Matcher


@dataclass(frozen=True)
class Private:
    """The subscriber store and the key that opens it."""

    sessions: "Sessions"
    vault: "Vault"


class Context:
    """One command's surroundings; each part is loaded when it is first used, so that --help stays quick."""

    def __init__(self, data_dir: Path | None, config_dir: Path | None) -> None:
        self.settings: Settings = load_settings(data_dir, config_dir)

    @cached_property
    def sources(self) -> Sources:
        """All source rows, checked against their spiders' options."""
        from crawler.spiders.registry import check_sources

        sources = load_sources(self.settings.config_dir)
        check_sources(sources)
        return sources

    @cached_property
    def matcher(self) -> "Matcher":
        """The matcher over the configured topics."""
        from store.matching import Matcher

        return Matcher(self.topics)

    @cached_property
    def engine(self) -> "Engine":
        """The archive, brought to the newest schema."""
        from store.database import migrate, open_archive

        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        migrate(self.settings.archive_url)
        return open_archive(self.settings.archive_url)

    @cached_property
    def topics(self) -> "Topics":
        """The configured topics."""
        from config.topics import load_topics

        return load_topics(self.settings.config_dir)

    @cached_property
    def private(self) -> Private:
        """The subscriber store with its key, brought to the newest schema; the key is made on first use."""
        from notifier.crypto import create_key_file, open_vault
        from notifier.database import migrate, open_sessions

        settings = self.settings
        text = settings.secret_key.get_secret_value() if settings.secret_key else None
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        store = settings.data_dir / "subscribers.db"
        # A key is made only together with a new store: one that was lost must not be replaced in silence.
        if text is None and not settings.secret_path.exists() and (settings.subscribers_url or not store.exists()):
            create_key_file(settings.secret_path)
        migrate(settings.private_url)
        return Private(open_sessions(settings.private_url), open_vault(settings.secret_path, text))

    def archive(self, *, read_only: bool = False) -> "AbstractContextManager[Session]":
        """One transaction on the archive."""
        from store.database import session

        return session(self.engine, read_only=read_only)

    def world(self, clock: Clock) -> "World":
        """What crawls need."""
        from crawler.run import World

        return World(self.settings, self.sources, self.engine, self.matcher, clock)


def context_of(context: typer.Context) -> Context:
    """The command's surroundings out of Typer's own context."""
    found = context.obj
    assert isinstance(found, Context)
    return found


def clock_of(now: str | None) -> Clock:
    """The clock for --now: ISO with a zone; the machine's clock without it."""
    if now is None:
        return SystemClock()
    try:
        moment = datetime.fromisoformat(now.replace("Z", "+00:00"))
    except ValueError as error:
        raise ConfigError(
            f"{now!r} is not a moment", field="--now", remedy="Write 2026-11-23T08:00:00-05:00"
        ) from error
    if moment.tzinfo is None:
        raise ConfigError(f"{now!r} has no time zone", field="--now", remedy="Add an offset, or Z for UTC")
    return FixedClock(moment)


def moment_of(text: str | None, name: str) -> datetime | None:
    """A date or moment given as an option, in UTC; a bare date begins at midnight UTC."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise ConfigError(f"{text!r} is neither a date nor a moment", field=name, remedy="Write 2026-11-01") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def put_json(value: Any) -> None:
    """Print one JSON value on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def put_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """Print rows as a table: drawn on a terminal, tab-separated in a pipe."""
    from store.text import clean

    cells = [["" if cell is None else clean(str(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(columns), *cells]:
            sys.stdout.write("\t".join(" ".join(cell.split()) for cell in row) + "\n")
        return
    table = Table(title=title, header_style="bold", title_justify="left", expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    Console().print(table)


def note(line: str) -> None:
    """Say something to the person at the terminal; quiet when the errors are read by a program."""
    if sys.stderr.isatty():
        print(line, file=sys.stderr)
