"""The text that full-text search reads of a record: folded, capped, the sentences of its mentions first."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from store import models
from store.matching.model import TextField

BODY_BYTES = 250_000
"""PostgreSQL refuses a text whose index entry passes one megabyte; four times less is safe for any text."""
TITLE_BYTES = 10_000

BORDER = re.compile(r"(?<=[^\W\d_])(?=\d)")
MARKS = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": " ", "§": " ", "¶": " ", "•": " "}
)


def fold(text: str) -> str:
    """Return text without accents and typographic marks, which the two databases would treat differently."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(MARKS))
    return "".join(mark for mark in plain if not unicodedata.combining(mark))


def capped(text: str, limit: int) -> str:
    """Return the text, cut at that many bytes and never inside a character."""
    if len(text) * 4 <= limit:
        return text
    return text.encode()[:limit].decode("utf-8", "ignore")


def index_row(
    row: RowMapping, names: Sequence[str], fields: Sequence[TextField], snippets: Iterable[str]
) -> dict[str, Any]:
    """The row of record_text for one record."""
    head = dict.fromkeys((*((row["identifier"],) if row["identifier"] else ()), *names))
    # A number is printed "H. 1234" and asked for as "H1234", or the other way round: both are found.
    joined = ("".join(part for part in name if part.isalnum()) for name in head)
    spaced = (BORDER.sub(" ", name) for name in head)
    parts = [" ".join(dict.fromkeys((*head, *joined, *spaced))), *dict.fromkeys(snippets)]
    room = BODY_BYTES
    for field in fields:
        if field.field != "title" and room > 0:
            parts.append(field.text)
            room -= len(field.text)
    return {
        "record_pk": row["pk"],
        "title": capped(fold(row["title"]), TITLE_BYTES),
        "body": capped(fold("\n".join(parts)), BODY_BYTES),
    }


def write_index(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put those rows in the index, in place of what it has of the same records."""
    if not rows:
        return
    table = models.record_texts
    pks = [row["record_pk"] for row in rows]
    stored = {
        row.record_pk: (row.title, row.body)
        for row in session.execute(table.select().where(table.c.record_pk.in_(pks)))
    }
    differing = [row for row in rows if stored.get(row["record_pk"]) != (row["title"], row["body"])]
    if differing:
        session.execute(table.delete().where(table.c.record_pk.in_([row["record_pk"] for row in differing])))
        session.execute(table.insert(), list(differing))
