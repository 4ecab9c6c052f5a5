"""Finds text that a PDF strikes through: the words are ordinary, and a thin line is drawn over their middle."""

import ctypes
from bisect import bisect_left, bisect_right
from typing import Any

from store.documents.struck import CLOSE, OPEN

_THICKEST = 2.5
_SHORTEST = 2.0
_MOST_LINES = 2000
# Heights above the baseline, as part of the font's height: an underline lies below, a table's rule above.
_LOWEST, _HIGHEST = 0.12, 0.60
# Of the box around a run, which reaches below the baseline only where a letter does.
_BOX_EDGE = 0.1
# A page with fewer lines than this is not worth asking for all its boxes.
_FEW_LINES = 12

_Line = tuple[float, float, float]
"""Left, right and height of a line."""


def mark_struck(page: Any, text_page: Any, text: str) -> str:
    """Return the page's `text` as pdfium gave it, with what is struck out marked."""
    lines = _thin_lines(page)
    if not lines or len(text) != text_page.count_chars():
        # Where pdfium left characters out of its text, positions on the page don't point into the string.
        return text
    crossing = lines if len(lines) < _FEW_LINES else _crossing_text(text_page, lines)
    spans = sorted({span for line in crossing if (span := _covered(text_page, text, *line)) is not None})
    return _with_marks(text, spans) if spans else text


def _thin_lines(page: Any) -> list[_Line]:
    """Return the horizontal lines, and thin filled boxes, drawn on the page."""
    import pypdfium2.raw as pdfium

    raw = page.raw
    get_object, get_type, get_bounds = (
        pdfium.FPDFPage_GetObject,
        pdfium.FPDFPageObj_GetType,
        pdfium.FPDFPageObj_GetBounds,
    )
    path = pdfium.FPDF_PAGEOBJ_PATH
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    lines = set()
    for index in range(pdfium.FPDFPage_CountObjects(raw)):
        item = get_object(raw, index)
        if get_type(item) != path:
            continue
        get_bounds(item, left, bottom, right, top)
        if top.value - bottom.value <= _THICKEST and right.value - left.value >= _SHORTEST:
            lines.add((left.value, right.value, (bottom.value + top.value) / 2))
            if len(lines) >= _MOST_LINES:
                break
    return sorted(lines)


def _crossing_text(text_page: Any, lines: list[_Line]) -> list[_Line]:
    """Return the lines that run through a run of text; to find the character itself costs a search of the page."""
    import pypdfium2.raw as pdfium

    raw, get_rect = text_page.raw, pdfium.FPDFText_GetRect
    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    boxes = []
    for index in range(text_page.count_rects()):
        get_rect(raw, index, left, top, right, bottom)
        boxes.append((bottom.value, top.value, left.value, right.value))
    boxes.sort()
    bottoms = [box[0] for box in boxes]
    tallest = max((box[1] - box[0] for box in boxes), default=0.0)
    return [
        line
        for line in lines
        if any(
            _crosses(line, box)
            for box in boxes[bisect_left(bottoms, line[2] - tallest) : bisect_right(bottoms, line[2])]
        )
    ]


def _crosses(line: _Line, box: tuple[float, float, float, float]) -> bool:
    bottom, top, left, right = box
    margin = (top - bottom) * _BOX_EDGE
    return bottom + margin <= line[2] <= top - margin and line[0] < right and line[1] > left


def _covered(text_page: Any, text: str, left: float, right: float, height: float) -> tuple[int, int] | None:
    """Return the range of characters whose middle the line goes through; None if it underlines or divides."""
    import pypdfium2.raw as pdfium

    raw = text_page.raw
    # Pens begin before the first letter and end behind the last one, so that the line's middle is tried as well.
    for x in (left + 0.5, (left + right) / 2):
        index = pdfium.FPDFText_GetCharIndexAtPos(raw, x, height, 3.0, 0.5)
        if index >= 0 and _through_middle(raw, index, height):
            break
    else:
        return None
    # The character found may be the neighbour of the first one that is struck.
    index += not _within(raw, index, left, right)
    if not _within(raw, index, left, right):
        return None
    start = _reach(raw, text, index, left, right, -1)
    end = _reach(raw, text, index, left, right, +1) + 1
    return (start, end) if text[start:end].strip() else None


def _reach(raw: Any, text: str, index: int, left: float, right: float, step: int) -> int:
    """Return the last character of the line of text, going by `step`, whose middle lies over the line."""
    last = index
    index += step
    while 0 <= index < len(text) and text[index] not in "\r\n":
        if not text[index].isspace():
            if not _within(raw, index, left, right):
                break
            last = index
        index += step
    return last


def _through_middle(raw: Any, index: int, height: float) -> bool:
    import pypdfium2.raw as pdfium

    x, baseline = ctypes.c_double(), ctypes.c_double()
    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetCharOrigin(raw, index, x, baseline) or not pdfium.FPDFText_GetLooseCharBox(
        raw, index, box
    ):
        return False
    size = box.top - box.bottom
    return bool(size > 0 and _LOWEST <= (height - baseline.value) / size <= _HIGHEST)


def _within(raw: Any, index: int, left: float, right: float) -> bool:
    """Tell whether the line passes the middle of the character: drawn too far, it reaches into the next word."""
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(raw, index, box):
        return False
    middle = (box.left + box.right) / 2
    return bool(left <= middle <= right)


def _with_marks(text: str, spans: list[tuple[int, int]]) -> str:
    parts = []
    position = 0
    for start, end in spans:
        # A line drawn twice, or a cell's rule over a strike, gives ranges that overlap.
        begin = max(start, position)
        if end > begin:
            parts.append(f"{text[position:begin]}{OPEN}{text[begin:end]}{CLOSE}")
            position = end
    parts.append(text[position:])
    return "".join(parts)
