"""Matches records given one JSON object a line, for `watchbill match --jsonl`; holds one line at a time."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from store.matching.matcher import Matcher
from store.matching.model import Match, TextField


def match_lines(lines: Iterable[str], matcher: Matcher) -> Iterator[tuple[str, bool]]:
    """Yield one JSON line per input line, in order, and whether the input was right; a wrong one is an error line."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            identifier, fields = record(line)
        except ValueError as error:
            yield json.dumps({"line": number, "error": str(error)}), False
            continue
        yield json.dumps({"id": identifier, **found(matcher.match(fields))}, ensure_ascii=False), True


def record(line: str) -> tuple[Any, list[TextField]]:
    """Return the id and the texts of one line; ValueError says what is wrong with it."""
    try:
        entry = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"is not JSON: {error}") from error
    if not isinstance(entry, dict):
        raise ValueError("must be a JSON object with id, title and text")
    if "id" not in entry:
        raise ValueError("has no id")
    for name in ("title", "text"):
        if not isinstance(entry.get(name), str | None):
            raise ValueError(f"{name} must be a string")
    return entry["id"], [TextField(name, entry[name]) for name in ("title", "text") if entry.get(name)]


def found(match: Match) -> dict[str, Any]:
    """Return a match as plain values, with the names of the contract."""
    return {
        "topics": [{"topic": topic.topic, "strength": topic.strength} for topic in match.topics],
        "mentions": [
            {
                "topic": mention.topic,
                "term": mention.term,
                "field": mention.field,
                "start": mention.start,
                "end": mention.end,
                "snippet": mention.snippet,
                "strength": mention.strength,
                "reason": mention.reason,
            }
            for mention in match.mentions
        ],
        "aspects": match.aspects,
    }
