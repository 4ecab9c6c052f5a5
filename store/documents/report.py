"""What was read from a file, for people at a terminal and for programs."""

import mimetypes
from pathlib import Path
from typing import Any

from config.errors import WatchbillError
from store.documents.extractor import Extractor
from store.documents.limits import Limits
from store.documents.struck import CLOSE, OPEN
from store.observed import ObservedText

_TERMINAL_MARKS = str.maketrans({OPEN: "[-", CLOSE: "-]"})


def extract_json(path: Path, *, media_type: str | None = None, limits: Limits | None = None) -> dict[str, Any]:
    """Return the text of the file at `path` by page, how it was read, and warnings; raises WatchbillError."""
    limits = limits or Limits()
    content = _content(path, limits.max_bytes)
    with Extractor(limits) as extractor:
        return as_json(path, extractor.extract(content, media_type or mimetypes.guess_type(path.name)[0]))


def as_json(path: Path, text: ObservedText) -> dict[str, Any]:
    """Return what was read as the JSON object that `watchbill extract --json` prints."""
    return {
        "file": str(path),
        "media_type": text.media_type,
        "sha256": text.sha256,
        "how": text.how,
        "readable": text.readable,
        "pages": [
            {"page": number, "text": page, "characters": len(page)} for number, page in enumerate(text.pages, start=1)
        ],
        "warnings": text.warnings,
    }


def as_text(report: dict[str, Any]) -> str:
    """Return the report for a terminal: one line about the file, warnings, then the pages under their numbers.

    Text that the source strikes out stands between [- and -].
    """
    pages = report["pages"]
    count = f"{len(pages)} page{'' if len(pages) == 1 else 's'}"
    characters = sum(page["characters"] for page in pages)
    state = f"read by {report['how']}" if report["readable"] else "not readable"
    lines = [f"{report['file']}: {report['media_type']}, {count}, {characters} characters, {state}"]
    lines += [f"warning: {warning}" for warning in report["warnings"]]
    for page in pages:
        lines += ["", f"--- page {page['page']} ---", page["text"].translate(_TERMINAL_MARKS)]
    return "\n".join(lines)


def _content(path: Path, most: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > most:
            raise WatchbillError(f"{path} has {size} bytes, more than the {most} that are read")
        return path.read_bytes()
    except OSError as error:
        raise WatchbillError(f"{path} can't be read: {error.strerror or error}") from error
