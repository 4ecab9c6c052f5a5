"""Text extraction by page: ours, in its limited child process, against bare pypdfium2 on the same file."""

import sys
import time
from collections.abc import Sequence

from store.documents import Extractor

PAGES = 200
LINES = 40
ROUNDS = 5


def made_pdf(pages: int) -> bytes:
    """A PDF of plain text pages, written by hand so that the bench needs no file."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for page in range(1, pages + 1):
        lines = [
            f"(Item {page}-{line}: The department may keep captured plate data for {line} days.) Tj T*"
            for line in range(LINES)
        ]
        stream = ("BT /F1 11 Tf 14 TL 60 760 Td " + " ".join(lines) + " ET").encode()
        kids.append(len(objects) + 1)
        parent = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents "
        )
        objects.append(parent + f"{len(objects) + 2} 0 R >>".encode())
        objects.append(f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream")
    objects[1] = f"<< /Type /Pages /Count {pages} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    body = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    tail = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n".encode()
    return body + head + table + tail


def bare(data: bytes) -> int:
    """Characters that pypdfium2 alone reads."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    return sum(len(document[number].get_textpage().get_text_bounded()) for number in range(len(document)))


def main(argv: Sequence[str]) -> int:
    """Print pages per second of both, and the ratio."""
    del argv
    data = made_pdf(PAGES)
    with Extractor() as extractor:
        extractor.extract(data, "application/pdf")
        bare(data)
        ours, alone = [], []
        # In turns, and the quickest of each: what else the machine does then slows both or neither.
        for _ in range(ROUNDS):
            began = time.perf_counter()
            text = extractor.extract(data, "application/pdf")
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            bare(data)
            alone.append(time.perf_counter() - began)
    print(f"{len(text.pages)} pages, {sum(map(len, text.pages))} characters")
    print(f"bare pypdfium2   {PAGES / min(alone):8.0f} pages/s")
    ratio = min(ours) / min(alone)
    print(f"ours             {PAGES / min(ours):8.0f} pages/s, {ratio:.2f} x the time (with limits and cleaning)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
