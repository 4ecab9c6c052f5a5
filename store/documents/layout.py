"""Builds the text of a flowing document: blocks become lines, table rows become one line each."""

from store.documents.struck import CLOSE, OPEN

_NOTHING, _SPACE, _CELL, _LINE = range(4)
_SEPARATORS = ("", " ", "\t", "\n")


class TextBuilder:
    """Collects runs of text and the breaks between them.

    Cells of a row are joined by a tab: it is white space, so a phrase that runs over two cells of a layout
    table stays whole, and it shows where the columns were.
    """

    def __init__(self, max_characters: int) -> None:
        self.left = max_characters
        self.printed_lines = False
        self._parts: list[str] = []
        self._pending = _NOTHING
        self._empty = True
        self._struck = 0
        self._open = False
        self._cell_start = False
        self._row_fresh = True
        self._row_began = 0

    @property
    def full(self) -> bool:
        """Whether the limit on characters was reached; text added later is not kept."""
        return self.left <= 0

    def add(self, text: str) -> None:
        """Add running text, its white space collapsed."""
        words = text.split()
        if not words:
            if text:
                self._wait(_SPACE)
            return
        if text[0].isspace():
            self._wait(_SPACE)
        self._emit(" ".join(words))
        if text[-1].isspace():
            self._wait(_SPACE)

    def add_verbatim(self, text: str) -> None:
        """Add text whose lines are as printed, such as the inside of <pre>."""
        self.printed_lines = True
        for number, line in enumerate(text.split("\n")):
            if number:
                self.line()
            self.add(line)

    def line(self) -> None:
        """Begin a new line before the next text."""
        if not self._cell_start:
            self._wait(_LINE)

    def row(self) -> None:
        """Begin a row of a table."""
        self.end_row()
        self._row_began = len(self._parts)
        self._row_fresh = True

    def end_row(self) -> None:
        """End a row of a table; the outer row that a nested table stood in goes on."""
        self._cell_start = False
        self._wait(_LINE)

    def cell(self) -> None:
        """Begin a cell: paragraphs that end the cell before it, or begin this one, don't break the row."""
        if self._row_fresh:
            self._row_fresh = False
            self._cell_start = True
        else:
            self.next_cell()

    def next_cell(self) -> None:
        """Begin any cell of a row but the first."""
        if len(self._parts) > self._row_began:
            self._pending = _CELL
        self._cell_start = True

    def strike(self) -> None:
        """Strike out the text that follows, until `unstrike`."""
        self._struck += 1

    def unstrike(self) -> None:
        """End what `strike` began; they nest."""
        self._struck -= 1

    def text(self) -> str:
        """Return everything added so far."""
        if self._open:
            self._parts.append(CLOSE)
            self._open = False
        return "".join(self._parts)

    def _wait(self, separator: int) -> None:
        if not self._empty:
            self._pending = max(self._pending, separator)

    def _emit(self, text: str) -> None:
        if self.full:
            return
        if self._open and not self._struck:
            self._parts.append(CLOSE)
            self._open = False
        self._parts.append(_SEPARATORS[self._pending])
        if self._struck and not self._open:
            self._parts.append(OPEN)
            self._open = True
        self._parts.append(text[: self.left])
        self.left -= len(text)
        self._pending = _NOTHING
        self._empty = False
        self._cell_start = False
