"""Reads pages that are pictures, with the tesseract program where it is installed."""

import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any

from store.documents.limits import Limits

_DPI = 200
_MOST_PIXELS = 30_000_000


def find_tesseract() -> str | None:
    """Return the path of tesseract, None where it is not installed."""
    return shutil.which("tesseract")


class OcrRun:
    """Reads pages one by one until their number or their time is spent."""

    def __init__(self, program: str, limits: Limits) -> None:
        self.program = program
        self.limits = limits
        self.ends = time.monotonic() + limits.ocr_seconds
        self.read = 0

    @property
    def spent(self) -> bool:
        """Whether no further page may be read."""
        return self.read >= self.limits.ocr_pages or time.monotonic() >= self.ends

    def page(self, page: Any) -> str | None:
        """Return the text of one page as printed; None when tesseract failed or took too long."""
        self.read += 1
        seconds = min(self.limits.ocr_page_seconds, max(1.0, self.ends - time.monotonic()))
        # The image goes through the pipe as PGM, so that no file of it is left behind if this process is killed.
        try:
            done = subprocess.run(
                [self.program, "stdin", "stdout", "--dpi", str(_DPI), "--psm", "3"],
                input=_grey_image(page),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                check=True,
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError, OSError):
            return None
        return done.stdout.decode("utf-8", "replace")


def read_by_ocr(
    document: Any, indexes: Sequence[int], limits: Limits, before: Callable[[int], None]
) -> tuple[dict[int, str], list[str]]:
    """Return the text of those pages of `document` that could be read, by index, and a warning for what was not.

    `before` is told how many pages will be read, as their time is not the time of ordinary reading.
    """
    program = find_tesseract()
    if program is None:
        return {}, ["text not readable: scanned pages and no tesseract"]
    before(min(len(indexes), limits.ocr_pages))
    run = OcrRun(program, limits)
    found: dict[int, str] = {}
    failed: list[int] = []
    left: list[int] = []
    for index in indexes:
        if run.spent:
            left.append(index + 1)
            continue
        page = document[index]
        text = run.page(page)
        page.close()
        if text is None:
            failed.append(index + 1)
        else:
            found[index] = text
    warnings = []
    if failed:
        warnings.append(f"text not readable on {page_list(failed)}: OCR failed")
    if left:
        warnings.append(f"text not readable on {page_list(left)}: more scanned pages than are read from one file")
    return found, warnings


def page_list(numbers: Sequence[int]) -> str:
    """Return "page 4" or "pages 4, 7 and 9-12", from numbers that count from one."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in runs]
    text = " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
    return f"page{'s' if len(numbers) > 1 else ''} {text}"


def _grey_image(page: Any) -> bytes:
    width, height = page.get_size()
    # A poster-sized page at full resolution would take gigabytes.
    scale = min(_DPI / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    try:
        rows = bytes(bitmap.buffer)
        pixels = bitmap.width
        if bitmap.stride != pixels:
            rows = b"".join(
                rows[start : start + pixels] for start in range(0, bitmap.stride * bitmap.height, bitmap.stride)
            )
        return b"P5\n%d %d\n255\n" % (pixels, bitmap.height) + rows
    finally:
        bitmap.close()
