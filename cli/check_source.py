"""The dry run behind `sources check`: an ordinary crawl into an archive that is thrown away."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.common import Context
from config.clock import Clock
from config.sources import Source

if TYPE_CHECKING:
    from crawler.run import RunReport


def dry_run(
    source: Source, surroundings: Context, clock: Clock, replay: Path | None, progress: Callable[[str], None]
) -> "tuple[RunReport, list[dict[str, Any]]]":
    """Crawl one source into a scratch data folder; returns the report and the records as `export` gives them."""
    from crawler.run import World, crawl_source
    from store.database import migrate, open_archive, session
    from store.export import export_records

    with tempfile.TemporaryDirectory(prefix="watchbill-check-") as folder:
        settings = surroundings.settings.model_copy(
            update={"data_dir": Path(folder), "database_url": None, "subscribers_url": None}
        )
        migrate(settings.archive_url)
        engine = open_archive(settings.archive_url)
        world = World(settings, surroundings.sources, engine, surroundings.matcher, clock)
        report = crawl_source(source, world, replay=replay, progress=progress)
        with session(engine) as db:
            records = list(export_records(db, all_records=True))
        engine.dispose()
    return report, records
