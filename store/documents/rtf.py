"""Text of RTF files: groups, code pages, Unicode escapes, ignorable destinations, struck text, tables."""

import codecs
import re
from dataclasses import dataclass, replace

from store.documents.errors import Unreadable
from store.documents.layout import TextBuilder
from store.documents.limits import Limits
from store.documents.reading import Reading
from store.documents.struck import without_marks

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?"  # control word, its number, and the space that ends it
    rb"|\\'([0-9a-fA-F]{2})"
    rb"|\\([^a-zA-Z])"
    rb"|([{}])"
    rb"|[\r\n]+"
    rb"|([^\\{}\r\n]+)",
    re.DOTALL,
)
# Text of these groups is not part of the page; what stands behind \* is skipped wherever it is not known.
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf"
    b" fldinst listtable listoverridetable revtbl rsidtbl generator themedata datastore xmlnstbl latentstyles"
    b" pgdsctbl filetbl template bkmkstart bkmkend shpinst annotation atnid atnauthor atrfstart atrfend".split()
)
_KNOWN_OPTIONAL = frozenset({b"shptxt", b"nesttableprops", b"footnote"})
_LINES = frozenset({b"par", b"line", b"sect", b"page", b"softline", b"column"})
_CHARACTERS = {
    b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"bullet": "•", b"emspace": " ", b"enspace": " ", b"qmspace": " ", b"tab": " ",
}  # fmt: skip
_SYMBOLS = {b"~": " ", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
# Windows character sets of fonts, by number.
_CHARSETS = {
    0: "cp1252", 77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_MOST_GROUPS = 100_000


@dataclass(frozen=True)
class _State:
    """What a group inherits and gives back at its end."""

    skipped: bool = False
    struck: bool = False
    deleted: bool = False
    hidden: bool = False
    codec: str = "cp1252"
    unicode_skip: int = 1
    font_table: bool = False


def read_rtf(data: bytes, limits: Limits) -> Reading:
    """Read RTF; raises Unreadable when it nests groups without end."""
    reader = _Reader(limits)
    reader.read(data)
    warnings = [f"text cut at {limits.max_characters} characters"] if reader.builder.full else []
    return Reading(pages=[reader.builder.text()], warnings=warnings)


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self.builder = TextBuilder(limits.max_characters)
        self.state = _State()
        self.stack: list[_State] = []
        self.fonts: dict[int, str] = {}
        self.font = 0
        self.default = "cp1252"
        self.bytes = bytearray()
        self.skip = 0
        self.optional = False
        self.high = 0

    def read(self, data: bytes) -> None:
        """Read the whole file; a group left open at its end is taken as ended."""
        position = 0
        while position < len(data):
            found = _TOKEN.match(data, position)
            if found is None:
                # A lone backslash at the end of a cut file.
                break
            position = found.end()
            word, number, code, symbol, brace, text = found.groups()
            if word == b"bin":
                position += max(0, int(number or 0))
            elif word is not None:
                self._word(word, int(number) if number else None)
            elif code is not None:
                self._bytes(bytes([int(code, 16)]))
            elif symbol is not None:
                self._symbol(symbol)
            elif brace is not None:
                self._group(opens=brace == b"{")
            elif text is not None:
                self._bytes(text)
        self._flush()

    def _group(self, *, opens: bool) -> None:
        self._flush()
        self.skip = 0
        if opens:
            if len(self.stack) >= _MOST_GROUPS:
                raise Unreadable("the RTF nests groups without end")
            self.stack.append(self.state)
        elif self.stack:
            self._become(self.stack.pop())
        self.optional = False

    def _become(self, state: _State) -> None:
        was, now = self.state.struck or self.state.deleted, state.struck or state.deleted
        if now and not was:
            self.builder.strike()
        elif was and not now:
            self.builder.unstrike()
        self.state = state

    def _symbol(self, symbol: bytes) -> None:
        self._flush()
        if symbol == b"*":
            self.optional = True
        elif symbol in (b"\n", b"\r"):
            self._line()
        elif symbol in _SYMBOLS:
            self._text(_SYMBOLS[symbol])

    def _word(self, word: bytes, number: int | None) -> None:
        optional, self.optional = self.optional, False
        if word == b"u":
            self._unicode(number or 0)
            return
        self._flush()
        if word in _SKIPPED or (optional and word not in _KNOWN_OPTIONAL):
            self._become(replace(self.state, skipped=True, font_table=word == b"fonttbl"))
        elif self.state.font_table:
            self._font_entry(word, number)
        elif self.state.skipped:
            return
        elif word in _LINES:
            self._line()
        elif word in _CHARACTERS:
            self._text(_CHARACTERS[word])
        elif word in (b"cell", b"nestcell"):
            self.builder.next_cell()
        elif word in (b"row", b"nestrow"):
            self.builder.row()
        else:
            self._format(word, on=number != 0, number=number)

    def _format(self, word: bytes, *, on: bool, number: int | None) -> None:
        if word in (b"strike", b"striked"):
            self._become(replace(self.state, struck=on))
        elif word == b"deleted":
            self._become(replace(self.state, deleted=on))
        elif word == b"v":
            self._become(replace(self.state, hidden=on))
        elif word == b"plain":
            self._become(replace(self.state, struck=False, hidden=False, deleted=False))
        elif word == b"uc":
            self._become(replace(self.state, unicode_skip=max(0, number or 0)))
        elif word == b"ansicpg":
            self.default = _codec(f"cp{number}") or self.default
            self._become(replace(self.state, codec=self.default))
        elif word == b"mac":
            self.default = "mac-roman"
            self._become(replace(self.state, codec=self.default))
        elif word == b"f":
            self._become(replace(self.state, codec=self.fonts.get(number or 0, self.default)))

    def _font_entry(self, word: bytes, number: int | None) -> None:
        if word == b"f":
            self.font = number or 0
        elif word == b"fcharset" and number in _CHARSETS and number != 0:
            self.fonts[self.font] = _CHARSETS[number]

    def _line(self) -> None:
        if not self._is_silent():
            self._flush()
            self.builder.line()

    def _is_silent(self) -> bool:
        return self.state.skipped or self.state.hidden

    def _bytes(self, raw: bytes) -> None:
        if self.skip:
            # The characters behind a Unicode escape are its stand-in for programs without Unicode.
            dropped = min(self.skip, len(raw))
            self.skip -= dropped
            raw = raw[dropped:]
        if raw and not self._is_silent():
            self.bytes += raw

    def _flush(self) -> None:
        """Decode what was collected: a character may be of two bytes, each with its own escape."""
        if self.bytes:
            raw, self.bytes = bytes(self.bytes), bytearray()
            self._text(raw.decode(self.state.codec, "replace"))

    def _text(self, text: str) -> None:
        if not self._is_silent():
            self.builder.add(without_marks(text))

    def _unicode(self, number: int) -> None:
        self._flush()
        self.skip = self.state.unicode_skip
        unit = number & 0xFFFF
        if 0xD800 <= unit < 0xDC00:
            self.high = unit
            return
        if 0xDC00 <= unit < 0xE000 and self.high:
            unit = 0x10000 + ((self.high - 0xD800) << 10) + (unit - 0xDC00)
        self.high = 0
        self._text(chr(unit))


def _codec(name: str) -> str | None:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
