"""The demo's surroundings: its recorded world, a data folder of its own, and two weeks to look at it."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from cli.common import Context
from config.errors import ConfigError
from config.settings import Settings
from config.sources import Sources, load_sources

DEMO = Path(__file__).parent.parent / "demo"
BANNER = "demonstration data, not real bills"
MARKER = "DEMO"
OURS = (
    *("captures", "httpcache", "locks", "outbox", "secret.key"),
    *(f"{name}.db{end}" for name in ("archive", "subscribers") for end in ("", "-wal", "-shm", "-journal")),
)
"""Everything that a run leaves in a data folder; nothing else in it is ever touched."""

USUAL_PORT = 8000


@dataclass(frozen=True)
class Week:
    """One look at the recorded world: its captures, and when the mails after it fall due (Boston's time)."""

    captures: Path
    mailed_at: datetime


# Between the two Mondays the clocks go forward: eight in the morning is another hour of UTC.
FIRST = Week(DEMO / "world" / "first", datetime.fromisoformat("2026-03-02T08:00:00-05:00"))
SECOND = Week(DEMO / "world" / "second", datetime.fromisoformat("2026-03-09T08:00:00-04:00"))
SUBSCRIBED_AT = datetime.fromisoformat("2026-03-01T18:00:00-05:00")
LATER_AT = datetime.fromisoformat("2026-03-09T12:00:00-04:00")


class DemoContext(Context):
    """A command's surroundings whose sources are invented and whose databases lie in the demo's folder alone."""

    def __init__(self, settings: Settings, port: int) -> None:
        super().__init__(settings.data_dir, settings.config_dir)
        # Invented bills must never reach an archive or a subscriber store that the environment names.
        own: dict[str, object] = {"database_url": None, "subscribers_url": None, "key_file": None, "secret_key": None}
        self.settings = settings.model_copy(update=own | {"base_url": f"http://127.0.0.1:{port}"})

    @cached_property
    def sources(self) -> Sources:
        """The four invented sources."""
        from crawler.spiders.registry import check_sources

        sources = load_sources(DEMO)
        check_sources(sources)
        return sources


@contextmanager
def demo_folder(folder: Path) -> Iterator[bool]:
    """Hold an empty data folder marked as a demo's; says whether an earlier demo was wiped from it.

    Raises ConfigError if the folder holds what no demo made, if another demo is using it, or without a world to show.
    """
    from crawler.process import lock

    if not DEMO.is_dir():
        raise ConfigError("there is no such folder", file=str(DEMO), remedy="Run the demo from a clone: make demo")
    held = [name for name in OURS if (folder / name).exists()]
    marker = folder / MARKER
    if held and not marker.is_file():
        raise ConfigError(
            f"holds an archive that no demo made ({held[0]})",
            file=str(folder),
            remedy="Give the demo a folder of its own: watchbill demo --data-dir var/demo",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Written first, so that an interrupted demo is known as one by the next.
        marker.write_text(f"Made by `watchbill demo`, which wipes and remakes it: {BANNER}.\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"can't be used: {error.strerror}", file=str(folder), remedy="Give --data-dir") from error
    with lock(marker) as free:
        if not free:
            raise ConfigError("another demo is using it", file=str(folder), remedy="End that one, or give --data-dir")
        for name in held:
            path = folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        yield bool(held)


def free_port() -> int:
    """Return the usual port of the pages if nobody has it, else any free one."""
    for port in (USUAL_PORT, 0):
        with socket.socket() as probe:
            # A demo that ended a moment ago leaves the port waiting, which keeps nobody from serving there.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ConfigError("no port is free on 127.0.0.1", remedy="End another program that serves there")
