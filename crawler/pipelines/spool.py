"""Reads back what a crawl's child process wrote: its items, line by line, and its plain facts."""

import json
from pathlib import Path
from typing import Any

from crawler import items as scraped
from crawler.items import Scraped
from crawler.spiders.base import ScrapedError

CLASSES: dict[str, type[Scraped]] = {
    cls.__name__: cls
    for cls in (
        scraped.ScrapedBill,
        scraped.ScrapedEvent,
        scraped.ScrapedAgendaItem,
        scraped.ScrapedDocument,
        scraped.ScrapedFile,
        scraped.ScrapedSeen,
        scraped.ScrapedSkip,
        scraped.ScrapedCoverage,
        ScrapedError,
    )
}


def read_items(folder: Path) -> list[Scraped]:
    """The items of one run in the order they came; a last line cut by a killed process is left out."""
    path = folder / "items.jsonl"
    if not path.exists():
        return []
    found: list[Scraped] = []
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if line.endswith("\n"):
                row = json.loads(line)
                found.append(CLASSES[row["type"]].model_validate(row["data"]))
    return found


def read_result(folder: Path) -> dict[str, Any] | None:
    """The child's plain facts, or None if it died before writing them."""
    path = folder / "result.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def read_captures(index: Path) -> list[dict[str, Any]]:
    """The facts of each capture of the run's WARC."""
    if not index.exists():
        return []
    with index.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream if line.endswith("\n")]
