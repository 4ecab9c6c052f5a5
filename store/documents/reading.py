"""What the reader of one format hands back, before it becomes an ObservedText."""

from dataclasses import dataclass, field


@dataclass
class Reading:
    """Text by page in reading order, how it was read, and what a reader of it should know."""

    pages: list[str]
    how: str = "text"
    warnings: list[str] = field(default_factory=list)
    readable: bool = True
