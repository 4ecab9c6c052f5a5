"""The reading child seen from its parent: started without secrets, asked with a deadline, ended with its group."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

import store
from store.documents.limits import Limits
from store.documents.protocol import LENGTH_BYTES, length, request

_CHUNK = 1 << 16
# Escaped JSON takes up to twelve bytes for a character, and each page a little more.
_BYTES_PER_CHARACTER = 12
# What a child may see of our environment: where programs and their data are, and nothing that is secret.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "TMPDIR")


class ChildLost(Exception):
    """The child process ended, or had to be ended, before it answered."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ReadingProcess:
    """One process, its pipes, and what it wrote to its standard error."""

    def __init__(self) -> None:
        self.files = 0
        self.spent = False
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        root = str(Path(store.__file__).resolve().parent.parent)
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        # A session of its own makes one group of it and of tesseract, so that both can be ended at once.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "store.documents.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**environment, "PYTHONPATH": root, "OMP_THREAD_LIMIT": "1"},
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._stdin, False)
        os.set_blocking(self._stdout, False)

    @property
    def pid(self) -> int:
        """The number of the process, and of its group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs; it is not waited for, so that its number stays its own until `end`."""
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def ask(self, data: bytes, media_type: str | None, limits: Limits, *, ocr: bool) -> dict[str, Any]:
        """Return the child's answer on one file; raises ChildLost."""
        seconds = limits.wall_seconds
        deadline = time.monotonic() + seconds
        self._write(request(len(data), media_type, limits, ocr=ocr), deadline, seconds)
        self._write(data, deadline, seconds)
        most = _BYTES_PER_CHARACTER * limits.max_characters + 1_000_000
        while True:
            message = self._message(deadline, seconds, most)
            if "result" in message:
                self.spent = bool(message["last"])
                result: dict[str, Any] = message["result"]
                return result
            # Ordinary reading is done; OCR has a time of its own and ends itself before it.
            seconds = limits.ocr_seconds + limits.ocr_page_seconds
            deadline = time.monotonic() + seconds

    def end(self) -> None:
        """Kill the process with its whole group and wait for it."""
        if self._process.returncode is None:
            self._kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                pipe.close()

    def _write(self, data: bytes, deadline: float, seconds: float) -> None:
        view = memoryview(data)
        while view:
            self._wait(self._stdin, select.POLLOUT, deadline, seconds)
            try:
                view = view[os.write(self._stdin, view[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise ChildLost(self._how_it_ended(seconds)) from None

    def _message(self, deadline: float, seconds: float, most: int) -> dict[str, Any]:
        size = length(self._read(LENGTH_BYTES, deadline, seconds))
        if size > most:
            raise ChildLost("the reader answered with more text than it may")
        message: dict[str, Any] = json.loads(self._read(size, deadline, seconds))
        return message

    def _read(self, size: int, deadline: float, seconds: float) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            self._wait(self._stdout, select.POLLIN, deadline, seconds)
            try:
                part = os.read(self._stdout, min(_CHUNK, size - len(parts)))
            except BlockingIOError:
                continue
            if not part:
                raise ChildLost(self._how_it_ended(seconds))
            parts += part
        return bytes(parts)

    def _wait(self, descriptor: int, event: int, deadline: float, seconds: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise ChildLost(f"reading took more than {seconds:g} seconds")

    def _how_it_ended(self, seconds: float) -> str:
        # Its pipes close a moment before it is gone; killed in that moment it would not say what happened.
        ends = time.monotonic() + 2.0
        while self.alive and time.monotonic() < ends:
            time.sleep(0.01)
        self._kill()
        status = self._process.wait()
        if status == -signal.SIGXCPU:
            return "reading took more CPU time than allowed"
        if status == -signal.SIGALRM:
            return f"reading took more than {seconds:g} seconds"
        if status < 0:
            return f"the reader crashed or ran out of memory ({signal.Signals(-status).name})"
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return f"the reader failed ({lines[-1] if lines else f'exit status {status}'})"

    def _kill(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            # The whole group is gone already (macOS answers so for a group of zombies).
            return
