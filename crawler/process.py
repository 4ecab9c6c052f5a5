"""Starting and ending a crawl's child process, and the lock that keeps a source to one crawl at a time."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.child import Job

GRACE = 30
"""Seconds that a child gets to end by itself after its time budget or a stop."""


def run_child(job: Job) -> list[str]:
    """Run the crawl's process to its end; it and all it started are killed when it outlives its budget."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WATCHBILL_")}
    child = subprocess.Popen(
        [sys.executable, "-m", "crawler.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=environment,
    )
    try:
        _, log = child.communicate(job.model_dump_json(), timeout=job.timeout + GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        _, log = child.communicate()
    except BaseException:
        # Ctrl-C or SIGTERM of the parent: the child ends cleanly, so that nothing is left running.
        os.killpg(child.pid, signal.SIGTERM)
        child.wait(timeout=GRACE)
        raise
    return [line for line in log.splitlines() if line.strip()][-5:] if child.returncode else []


@contextmanager
def lock(path: Path) -> Iterator[bool]:
    """Hold a file lock while inside; False if another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
