"""What storing a run came to: the numbers that a crawl prints and a run row keeps."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Counts:
    """Numbers of one run; `unannounced` are the differences that a first run (`baseline`) stored without telling."""

    records: dict[str, int] = field(default_factory=lambda: {"insert": 0, "update": 0, "noop": 0})
    events: int = 0
    documents: int = 0
    mentions: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    baseline: bool = False
    unannounced: int = 0
    bulk: int = 0
    unknown_seen: int = 0
    """Rows that the source was said to still list and the archive has never had."""

    def as_json(self) -> dict[str, Any]:
        """The run row's `counts`, and the part of a crawl's printed result that the archive knows."""
        return {
            "records": dict(self.records),
            "events": self.events,
            "documents": self.documents,
            "mentions": self.mentions,
            "changes": dict(sorted(self.changes.items())),
            "baseline": self.baseline,
            "unannounced": self.unannounced,
            "bulk": self.bulk,
            "unknown_seen": self.unknown_seen,
        }
