"""The proof of records: the archived responses that their facts came from, gathered into one WARC."""

from pathlib import Path

from sqlalchemy.orm import Session

from crawler.captures import WarcFile, read_capture
from store.export import export_records
from store.runs import captures_of

BATCH = 200


def write_proof(
    db: Session, output: Path, captures: Path, *, all_records: bool, state: str | None, topic: str | None
) -> int:
    """Write the newest stored copy of each address behind the exported records; returns how many were written.

    `captures` is the folder of the crawls' WARC files; copies that were pruned are left out.
    """
    addresses: dict[str, None] = {}
    for record in export_records(db, all_records=all_records, state=state, topic=topic):
        addresses.update(dict.fromkeys(record["source_urls"]))
        addresses.update(dict.fromkeys(document["url"] for document in record["documents"]))
    output.unlink(missing_ok=True)
    warc = WarcFile(output)
    written = 0
    try:
        wanted = list(addresses)
        for begin in range(0, len(wanted), BATCH):
            for stored in captures_of(db, wanted[begin : begin + BATCH]):
                path = captures / stored.warc_file
                if path.exists():
                    warc.write(read_capture(path, stored.warc_offset))
                    written += 1
    finally:
        warc.close()
    return written
