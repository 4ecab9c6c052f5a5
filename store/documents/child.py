"""The limited process in which files are read: `python -m store.documents.child`, started by the Extractor.

Reads requests on its standard input and answers on its standard output until the input ends. A file that
makes it crash, loop or grow takes this process with it and nothing else.
"""

import io
import json
import os
import resource
import signal
import sys
import time
from typing import Any

from store.documents.inline import extract_inline, unreadable
from store.documents.limits import Limits
from store.documents.protocol import LENGTH_BYTES, frame, length
from store.observed import ObservedText

# Past the parent's own limit, so that it only ends a child whose parent is gone.
_GRACE_SECONDS = 15


def main() -> int:
    """Serve requests until the parent closes the pipe."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # A library that prints must not write into the answers.
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (header := _read_message(requests)) is not None:
        data = requests.read(header["size"])
        if len(data) < header["size"]:
            break
        limits = Limits(**header["limits"])
        _limit(limits)
        result, healthy = _extract(data, header["media_type"], limits, answers, ocr=header["ocr"])
        signal.alarm(0)
        _send(answers, {"result": result.model_dump(), "last": not healthy})
    return 0


def _extract(
    data: bytes, media_type: str | None, limits: Limits, answers: io.BufferedWriter, *, ocr: bool
) -> tuple[ObservedText, bool]:
    def before_ocr(pages: int) -> None:
        signal.alarm(int(limits.ocr_seconds + limits.ocr_page_seconds) + _GRACE_SECONDS)
        _send(answers, {"ocr_pages": pages})

    try:
        return extract_inline(data, media_type, limits=limits, ocr=ocr, before_ocr=before_ocr), True
    except MemoryError:
        # What the failed reading held may not all come back: the next file gets a fresh process.
        return unreadable(data, media_type, f"needs more than {limits.memory_bytes} bytes of memory"), False


def _limit(limits: Limits) -> None:
    """Bound what this process may use for one file; the limit on CPU time counts from its start."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, resource.RLIM_INFINITY))
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + limits.cpu_seconds, hard))
    signal.alarm(int(limits.wall_seconds) + _GRACE_SECONDS)


def _read_message(stream: io.BufferedReader) -> dict[str, Any] | None:
    prefix = stream.read(LENGTH_BYTES)
    if len(prefix) < LENGTH_BYTES:
        return None
    message: dict[str, Any] = json.loads(stream.read(length(prefix)))
    return message


def _send(stream: io.BufferedWriter, message: dict[str, Any]) -> None:
    stream.write(frame(message))
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
