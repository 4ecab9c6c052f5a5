"""Bytes to text: the byte order mark, then UTF-8, then what was declared, then a guess that is told."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Browsers read these as Windows-1252, because that is what pages labelled so contain.
_LATIN = {"iso8859-1", "ascii", "cp1252"}
_SAMPLE = 200_000
# What American offices write, or print their notices in; left free, the guess is as often Polish or Thai.
_LIKELY = ["cp1252", "mac_roman", "big5", "gb18030", "shift_jis", "euc_kr"]
# UTF-8 read as Windows-1252: a lead byte's letter followed by the characters that its trailing bytes become.
_TRAIL = "".join(bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xC0)).replace("\ufffd", "")
_TRAIL_SET = re.escape(_TRAIL + "\x81\x8d\x8f\x90\x9d")
_MOJIBAKE = re.compile(f"(?:[Â-ß][{_TRAIL_SET}]|[à-ï][{_TRAIL_SET}]{{2}}|[ð-ô][{_TRAIL_SET}]{{3}})+")


def wide_codec(data: bytes) -> str | None:
    """Return the codec of text with two or four bytes a character: by its mark, or by zeros at every other byte."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    head = data[:400]
    if len(head) < 4:
        return None
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.7 * half and even <= half // 10:
        return "utf-16-le"
    if even > 0.7 * half and odd <= half // 10:
        return "utf-16-be"
    return None


def decode(data: bytes, declared: str | None) -> tuple[str, list[str]]:
    """Return `data` as text, and a warning where bytes had to be guessed."""
    wide = wide_codec(data)
    if wide:
        return data.decode(wide, "replace").removeprefix("\ufeff"), []
    data = data.removeprefix(codecs.BOM_UTF8)
    # Valid UTF-8 with a multi-byte sequence is UTF-8 whatever the header says: other encodings don't form it by chance.
    try:
        return repaired(data.decode("utf-8")), []
    except UnicodeDecodeError:
        pass
    codec = _codec(declared)
    if codec == "utf-8":
        codec = None
    if codec is None and _mostly_utf8(data):
        return repaired(_mixed(data)), ["some characters were not UTF-8 and were read as Windows-1252"]
    if codec is None:
        codec = _guess(data)
        return repaired(_strict_or_latin(data, codec)), [f"encoding not declared, read as {codec}"]
    return repaired(_strict_or_latin(data, codec)), []


def repaired(text: str) -> str:
    """Return `text` with UTF-8 that was once read as Windows-1252 put right, where it is certain."""
    if not any(lead in text for lead in "ÂÃâðÄÅ"):
        return text
    return _MOJIBAKE.sub(_repair, text)


def _repair(found: re.Match[str]) -> str:
    try:
        return b"".join(_byte(character) for character in found.group()).decode("utf-8")
    except UnicodeError:
        return found.group()


def _byte(character: str) -> bytes:
    return bytes([ord(character)]) if ord(character) < 0x100 else character.encode("cp1252")


def _codec(name: str | None) -> str | None:
    try:
        found = codecs.lookup(name or "").name
    except LookupError:
        return None
    return "cp1252" if found in _LATIN else found


def _mostly_utf8(data: bytes) -> bool:
    """Tell a page pasted together from two encodings by many good sequences and few bad bytes."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for _ in re.finditer("[^\x00-\x7f\ufffd]", text))
    return good > 2 * bad


def _mixed(data: bytes) -> str:
    parts: list[str] = []
    position = 0
    while position < len(data):
        try:
            parts.append(data[position:].decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            parts.append(data[position : position + error.start].decode("utf-8"))
            bad = data[position + error.start : position + error.end]
            parts.append(bad.decode("cp1252", "replace"))
            position += error.end
    return "".join(parts)


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE], cp_isolation=_LIKELY).best()
    return _codec(best.encoding) or "cp1252" if best else "cp1252"


def _strict_or_latin(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return data.decode("cp1252", "replace")
