"""Small files of each format, written byte by byte: what a test puts in is what a reader must find."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

LINE_HEIGHT = 14
TOP = 740
LEFT = 72
SIZE = 11


@dataclass
class Page:
    """Text as (x, y, words), lines as (x0, x1, y), a picture as (width, height, grey bytes)."""

    texts: list[tuple[float, float, str]] = field(default_factory=list)
    rules: list[tuple[float, float, float]] = field(default_factory=list)
    picture: tuple[int, int, bytes] | None = None

    def content(self) -> bytes:
        parts = []
        if self.picture:
            parts.append("q 612 0 0 792 0 0 cm /Im0 Do Q")
        for x, y, words in self.texts:
            escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            parts.append(f"BT /F1 {SIZE} Tf {x} {y} Td ({escaped}) Tj ET")
        parts += [f"0.6 w {x0} {y} m {x1} {y} l S" for x0, x1, y in self.rules]
        return "\n".join(parts).encode("cp1252")


def lines_page(lines: Sequence[str], *, numbers: Sequence[int] | None = None) -> Page:
    """A page of lines from the top; `numbers` stand in the margin."""
    page = Page()
    for index, line in enumerate(lines):
        y = TOP - index * LINE_HEIGHT
        if numbers is not None:
            page.texts.append((40, y, str(numbers[index])))
        page.texts.append((LEFT, y, line))
    return page


def pdf(pages: Sequence[Page], *, extra_trailer: str = "") -> bytes:
    """A PDF 1.4 with Helvetica, a right cross-reference table and one picture a page at most."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for page in pages:
        content = page.content()
        resources = "/Font << /F1 3 0 R >>"
        if page.picture:
            width, height, grey = page.picture
            packed = zlib.compress(grey)
            objects.append(
                f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray"
                f" /BitsPerComponent 8 /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode()
                + packed
                + b"\nendstream"
            )
            resources += f" /XObject << /Im0 {len(objects)} 0 R >>"
        objects.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << {resources} >>"
            f" /Contents {len(objects)} 0 R >>".encode()
        )
        kids.append(len(objects))
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {extra_trailer} >>\n".encode()
    return bytes(out + f"startxref\n{start}\n%%EOF\n".encode())


def text_pdf(*pages: Sequence[str]) -> bytes:
    """A PDF whose pages hold these lines."""
    return pdf([lines_page(lines) for lines in pages])


def scanned_pdf(*pages: Sequence[str], stamp: str | None = None) -> bytes:
    """A PDF whose pages are pictures of these lines, with a line of real text on each if `stamp` is given."""
    import pypdfium2

    scans = []
    document = pypdfium2.PdfDocument(text_pdf(*pages))
    for page in document:
        bitmap = page.render(scale=150 / 72, grayscale=True)
        rows = [
            bytes(bitmap.buffer)[row * bitmap.stride : row * bitmap.stride + bitmap.width]
            for row in range(bitmap.height)
        ]
        texts = [(LEFT, 20.0, stamp)] if stamp else []
        scans.append(Page(texts=texts, picture=(bitmap.width, bitmap.height, b"".join(rows))))
    document.close()
    return pdf(scans)


_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, *, styles: str = "", declaration: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """A Word file with this body, styles and whatever other parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"{declaration}<w:document {_WORD}><w:body>{body}</w:body></w:document>")
        if styles:
            archive.writestr("word/styles.xml", f"<w:styles {_WORD}>{styles}</w:styles>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return file.getvalue()


def paragraph(*runs: str) -> str:
    """A Word paragraph of runs given as text or as ready XML."""
    made = (run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs)
    return f"<w:p>{''.join(made)}</w:p>"
