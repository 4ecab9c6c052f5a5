"""How records and events are named: their stable public id, their stored key, and a bill's number in one spelling."""

import base64
import hashlib
import re

from store.text import clean

KEY_LENGTH = 400
NORM_LENGTH = 200
_NUMBER_WORD = re.compile(r"\bNO\b\.?")
_JOINERS = re.compile(r"(?<=\d)\s*[-–—/]\s*(?=\d)")
_OTHER = re.compile(r"[^\w-]|_")
_STRAY_HYPHEN = re.compile(r"(?<!\d)-|-(?!\d)")
_PADDING = re.compile(r"(?<=[^\W\d_])0+(?=\d)")


def stored_key(key: str) -> str:
    """Return the key as both databases can index it; one that is too long keeps its head and a hash."""
    key = clean(key)
    if len(key) <= KEY_LENGTH:
        return key
    return key[: KEY_LENGTH - 65] + "~" + hashlib.sha256(key.encode()).hexdigest()


def public_id(source: str, kind: str, key: str) -> str:
    """Return the id that addresses and exports use: the same for the same source, kind and key, for ever."""
    digest = hashlib.sha256(f"{source}\x1f{kind}\x1f{key}".encode()).digest()
    return base64.b32encode(digest[:10]).decode().lower()


def norm(identifier: str) -> str:
    """Return a bill's number in one spelling: "H. 1234", "H1234" and "H 01234" are the same bill.

    >>> norm("H.B. No. 0012"), norm("LD 5"), norm("2026-0123")
    ('HB12', 'LD5', '2026-0123')
    """
    text = _NUMBER_WORD.sub(" ", clean(identifier).upper())
    text = _JOINERS.sub("-", text)
    text = _STRAY_HYPHEN.sub("", _OTHER.sub("", text))
    return _PADDING.sub("", text)[:NORM_LENGTH]
