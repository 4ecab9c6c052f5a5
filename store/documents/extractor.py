"""Reads files in a limited child process, which is kept warm for many files and replaced when it dies."""

import threading
from types import TracebackType
from typing import Self

from store.documents.inline import unreadable
from store.documents.limits import Limits
from store.documents.process import ChildLost, ReadingProcess
from store.observed import ObservedText


class Extractor:
    """Reads file after file in one child process; safe to share between threads, which then take turns.

    >>> with Extractor() as extractor:
    ...     text = extractor.extract(data, "application/pdf")
    """

    def __init__(self, limits: Limits | None = None, *, files_per_child: int = 200) -> None:
        self.limits = limits or Limits()
        self.files_per_child = files_per_child
        self._child: ReadingProcess | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The number of the child process; None before the first file, and after one that ended it."""
        return self._child.pid if self._child is not None else None

    def extract(self, data: bytes, media_type: str | None, *, ocr: bool = True) -> ObservedText:
        """Return the text of one file; whatever is wrong with it comes back as `readable` false and a warning."""
        if len(data) > self.limits.max_bytes:
            return unreadable(data, media_type, f"the file has {len(data)} bytes, more than {self.limits.max_bytes}")
        with self._lock:
            child = self._ready_child()
            try:
                answer = child.ask(data, media_type, self.limits, ocr=ocr)
            except ChildLost as lost:
                self._end_child()
                return unreadable(data, media_type, lost.reason)
            child.files += 1
            if child.spent or child.files >= self.files_per_child:
                self._end_child()
            return ObservedText.model_validate(answer)

    def close(self) -> None:
        """End the child process, and all that it started."""
        with self._lock:
            self._end_child()

    def _ready_child(self) -> ReadingProcess:
        if self._child is not None and not self._child.alive:
            self._end_child()
        if self._child is None:
            self._child = ReadingProcess()
        return self._child

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None
