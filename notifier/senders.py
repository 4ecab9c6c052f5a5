"""Ways to hand over a mail: a folder of .eml files, memory for tests; SMTP has its own module."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt, and what that means for the run.

    `stop` ends the run without blaming the reader; `suppress` means that the mailbox does not exist.
    """

    state: Literal["sent", "deferred", "failed", "uncertain"]
    reply: str
    stop: bool = False
    suppress: bool = False


class Sender(Protocol):
    """Hands one mail over; used as a context manager around a run, so that a connection may be kept."""

    def send(
        self, message: bytes, envelope_from: str, to: str, *, name: str, on_data_started: Callable[[], None]
    ) -> Outcome:
        """Attempt one mail and say what became of it.

        Calls `on_data_started` right before anything of the mail leaves, and lets what it raises pass, with
        nothing sent. `name` is the digest's own, for files and logs. Raises ServerRefused when no mail can go.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class EmlSender:
    """Writes each mail as a file of its own: the default, and what the demo uses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open between mails."""

    def send(
        self, message: bytes, envelope_from: str, to: str, *, name: str, on_data_started: Callable[[], None]
    ) -> Outcome:
        """Write the file whole or not at all: it appears under its name only when it is on the disk."""
        del envelope_from, to  # A file has no envelope, and its name must not tell an address.
        on_data_started()
        path, draft = self.folder / f"{name}.eml", self.folder / f".{name}.draft"
        try:
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
                file.write(message)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            return Outcome("deferred", f"the file could not be written: {error.strerror}", stop=True)
        return Outcome("sent", f"written to {path.name}")


@dataclass(frozen=True)
class Sent:
    """One mail that a MemorySender took."""

    message: bytes
    envelope_from: str
    to: str
    name: str

    def __repr__(self) -> str:
        return f"<Sent {self.name}>"


@dataclass
class MemorySender:
    """Keeps mails in a list; `outcomes` are answered one after the other before everything is accepted."""

    sent: list[Sent] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def send(
        self, message: bytes, envelope_from: str, to: str, *, name: str, on_data_started: Callable[[], None]
    ) -> Outcome:
        """Take the mail, or answer the next outcome."""
        on_data_started()
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome("sent", "250 kept in memory")
        if outcome.state == "sent":
            self.sent.append(Sent(message, envelope_from, to, name))
        return outcome
