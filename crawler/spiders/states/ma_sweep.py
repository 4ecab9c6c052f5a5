"""Which bills of the General Court's one list are read in this run, so that a run stays short and polite.

The list has every bill and no date of change, and a bill's text and history are two more answers each.
Reading all of them would take hours, so a run reads every watched bill, and of the others as many as its
budget allows: first those that are new or whose row changed, then those never read, then the stalest.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crawler.spiders.states.ma_documents import Numbers

LISTED, READ = "list", "read"


@dataclass(frozen=True)
class Marker:
    """What the archive keeps of the last look at a bill: how far it was read, its row's digest, and when."""

    depth: str
    digest: str
    day: dt.date | None = None

    def __str__(self) -> str:
        return ":".join([self.depth, self.digest] + ([self.day.isoformat()] if self.day else []))

    @classmethod
    def parse(cls, text: str | None) -> "Marker | None":
        """Return the marker of a kept text; None where there is none, or one that an older version wrote."""
        parts = (text or "").split(":")
        if parts[0] == LISTED and len(parts) == 2:
            return cls(LISTED, parts[1])
        if parts[0] == READ and len(parts) == 3:
            try:
                return cls(READ, parts[1], dt.date.fromisoformat(parts[2]))
            except ValueError:
                return None
        return None


@dataclass(frozen=True)
class Listed:
    """One bill of the list: its numbers, its row's digest, and whether there is a document to ask for."""

    numbers: Numbers
    digest: str
    readable: bool


def changed(bill: Listed, markers: Mapping[str, str]) -> bool:
    """Return whether the bill is new or its row says something else than at the last look."""
    kept = Marker.parse(markers.get(bill.numbers.key))
    return kept is None or kept.digest != bill.digest


def to_read(
    bills: Iterable[Listed],
    markers: Mapping[str, str],
    watched: frozenset[str],
    today: dt.date,
    *,
    budget: int,
    refresh_days: int,
) -> list[Listed]:
    """Return the bills whose document is read in this run, in that order; watched ones are beyond the budget."""
    always: list[Listed] = []
    queue: list[tuple[int, int, int, Listed]] = []
    for bill in bills:
        if not bill.readable:
            continue
        kept = Marker.parse(markers.get(bill.numbers.key))
        if bill.numbers.key in watched:
            always.append(bill)
        elif kept is None or kept.digest != bill.digest:
            queue.append((0, *newest_first(bill.numbers), bill))
        elif kept.depth == LISTED:
            queue.append((1, *newest_first(bill.numbers), bill))
        elif kept.day is not None and (today - kept.day).days >= refresh_days:
            # A history that nobody looks at again would show a bill in committee years after it became law.
            queue.append((2, kept.day.toordinal(), 0, bill))
    queue.sort(key=lambda entry: entry[:3])
    return always + [entry[3] for entry in queue[:budget]]


def newest_first(numbers: Numbers) -> tuple[int, int]:
    """Return a sorting key: drafts without a docket first (they are the newest), then high numbers before low."""
    digits = int("".join(filter(str.isdigit, numbers.docket or numbers.identifier)))
    return (1 if numbers.docket else 0, -digits)


def shrunk(keys: Sequence[str], court: int, markers: Mapping[str, str]) -> int | None:
    """Return how many bills of a court the archive knows if a list has less than half of them, else None."""
    known = sum(1 for key in markers if key.startswith(f"{court}:"))
    return known if known > 20 and len(keys) * 2 < known else None
