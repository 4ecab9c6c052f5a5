"""What goes over the pipes to the reading child: frames of JSON behind their length, files behind a header."""

import dataclasses
import json
import struct
from typing import Any

from store.documents.limits import Limits

_LENGTH = struct.Struct(">I")
LENGTH_BYTES = _LENGTH.size


def frame(message: dict[str, Any]) -> bytes:
    """Return one message as it goes over a pipe; nothing in it can run code on the other side."""
    content = json.dumps(message).encode("ascii")
    return _LENGTH.pack(len(content)) + content


def length(prefix: bytes) -> int:
    """Return how long the message behind this prefix is."""
    return int(_LENGTH.unpack(prefix)[0])


def request(size: int, media_type: str | None, limits: Limits, *, ocr: bool) -> bytes:
    """Return the header of a file of `size` bytes, which follow it."""
    return frame({"size": size, "media_type": media_type, "ocr": ocr, "limits": dataclasses.asdict(limits)})
