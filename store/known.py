"""What a crawl should know of its source before it asks the site: change markers, watched records, texts read."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models.documents import document_texts
from store.models.matches import record_topics
from store.models.records import records
from store.observed import ObservedText

BATCH = 500


@dataclass(frozen=True)
class KnownKeys:
    """Change markers by a record's key, and the keys of records that match a topic."""

    markers: dict[str, str]
    watched: frozenset[str]


def known_keys(db: Session, source: str) -> KnownKeys:
    """The keys that the archive holds of one source; records that were called gone are asked for anew."""
    rows = db.execute(
        select(records.c.key, records.c.marker).where(
            records.c.source == source, records.c.marker.is_not(None), records.c.removed_at.is_(None)
        )
    )
    watched = db.execute(
        select(records.c.key)
        .join(record_topics, record_topics.c.record_pk == records.c.pk)
        .where(records.c.source == source)
        .distinct()
    )
    return KnownKeys({row.key: row.marker for row in rows}, frozenset(watched.scalars()))


def known_texts(db: Session, hashes: Sequence[str]) -> dict[str, ObservedText]:
    """Texts that were read before, by the sha256 of their file; unreadable ones are tried again."""
    found: dict[str, ObservedText] = {}
    for begin in range(0, len(hashes), BATCH):
        rows = db.execute(
            select(document_texts).where(
                document_texts.c.sha256.in_(hashes[begin : begin + BATCH]), document_texts.c.readable.is_(True)
            )
        )
        for row in rows:
            found[row.sha256] = ObservedText(
                pages=json.loads(zlib.decompress(row.pages)),
                sha256=row.sha256,
                media_type=row.media_type,
                readable=row.readable,
                how=row.how,
                warnings=row.warnings,
            )
    return found
