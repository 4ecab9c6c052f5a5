"""One crawl from start to end: child process, verdict, texts, matching and the one transaction that stores it."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from config.clock import Clock
from config.settings import Settings
from config.sources import Source, Sources
from crawler import health
from crawler.captures import load_captures
from crawler.child import Job
from crawler.pipelines.meetings import meeting_records
from crawler.pipelines.normalise import normalise, window_of
from crawler.pipelines.spool import read_captures, read_items, read_result
from crawler.pipelines.texts import extract_texts
from crawler.process import lock, run_child
from store import runs
from store.database import session
from store.known import known_keys, known_texts
from store.matching import Matcher
from store.upsert import Counts, store_run


@dataclass(frozen=True)
class World:
    """What every crawl of this installation shares."""

    settings: Settings
    sources: Sources
    engine: Engine
    matcher: Matcher
    clock: Clock


@dataclass
class RunReport:
    """What one run brought: the JSON object of `watchbill crawl --json`."""

    slug: str
    outcome: str
    reason: str | None = None
    message: str | None = None
    requests: int = 0
    not_captured: int = 0
    bytes: int = 0
    seconds: float = 0.0
    records: dict[str, int] = field(default_factory=lambda: {"insert": 0, "update": 0, "noop": 0})
    events: int = 0
    documents: int = 0
    mentions: int = 0
    changes: dict[str, int] = field(default_factory=dict)
    baseline: bool = False
    complete: bool = False
    problems: list[str] = field(default_factory=list)
    skips: dict[str, int] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return self.outcome in health.GOOD

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def crawl_source(
    source: Source,
    world: World,
    *,
    replay: Path | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> RunReport:
    """Crawl one source and store what it brought if the run was good; a run that was not changes no record.

    With `replay` every request is answered from that capture and the clock stands at its `fetched_at`, if it has one.
    A second crawl of the same source meanwhile is refused with the outcome `interrupted`, reason `running`.
    """
    now = (load_captures(replay).fetched_at if replay else None) or world.clock.now()
    if replay is None and not source.is_open(now):
        message = f"the site asks not to be crawled outside {source.expect.hours}"
        return RunReport(source.slug, "interrupted", reason="outside_hours", message=message)
    with lock(world.settings.data_dir / "locks" / f"{source.slug}.lock") as free:
        if not free:
            message = "another crawl of this source is running"
            return RunReport(source.slug, "interrupted", reason="running", message=message)
        with tempfile.TemporaryDirectory(prefix=f"watchbill-{source.slug}-") as folder:
            return run_locked(source, world, Path(folder), now, replay, progress)


def run_locked(
    source: Source,
    world: World,
    folder: Path,
    now: datetime,
    replay: Path | None,
    progress: Callable[[str], None],
) -> RunReport:
    """The run itself, in its scratch folder, with the source's lock held."""
    began = time.monotonic()
    with session(world.engine) as db:
        run_id = runs.open_run(db, source, now)
        runs.ensure_sessions(db, world.sources.sessions_of(source.jurisdiction))
        known = known_keys(db, source.slug)
        before = [
            run.listed for run in runs.previous_runs(db, source.slug, health.HISTORY) if run.outcome in health.GOOD
        ]
    warc = world.settings.captures / source.slug / f"{now:%Y%m%dT%H%M%SZ}-{run_id}.warc.gz"
    settings = world.settings
    job = Job(
        source=source,
        sessions=list(world.sources.sessions_of(source.jurisdiction)),
        folder=folder,
        agent=settings.agent,
        warc=warc,
        replay=replay.resolve() if replay else None,
        now=now if replay else None,
        markers=known.markers,
        watched=sorted(known.watched),
        cache=settings.data_dir / "httpcache",
        delay=settings.download_delay,
        max_bytes=settings.max_bytes,
        max_requests=settings.max_requests,
        timeout=settings.crawl_timeout,
        private_hosts=[host for host in settings.private_hosts.split(",") if host],
    )
    progress("asking the site" if replay is None else "reading the capture")
    log = run_child(job)
    items, result = read_items(folder), read_result(folder)
    verdict = health.judge(items, result, source.expect, before)
    facts = result or {}
    report = RunReport(
        source.slug,
        verdict.outcome,
        reason=verdict.reason,
        message=verdict.message,
        requests=facts.get("requests", 0),
        not_captured=facts.get("not_captured", 0),
        bytes=facts.get("bytes", 0),
        complete=verdict.complete,
        problems=[*verdict.problems, *log][:20],
        skips=verdict.skips,
    )
    observations: list[Any] = []
    if verdict.good:

        def texts_known(hashes: list[str]) -> Any:
            with session(world.engine, read_only=True) as db:
                return known_texts(db, hashes)

        texts = extract_texts(items, texts_known, progress)
        observations = normalise(items, source, texts, now)
        observations += meeting_records(observations)
    progress("storing")
    with session(world.engine) as db:
        runs.store_captures(db, run_id, warc, read_captures(warc.with_suffix(".gz.index")))
        counts = Counts()
        if verdict.good:
            counts = store_run(
                db,
                source=source,
                run_id=run_id,
                observations=observations,
                window=window_of(items),
                complete=verdict.complete,
                now=now,
                matcher=world.matcher,
            )
        report.seconds = round(time.monotonic() - began, 3)
        fill(report, counts)
        runs.close_run(
            db,
            run_id,
            outcome=verdict.outcome,
            reason=verdict.reason,
            listed=verdict.listed,
            complete=verdict.complete,
            report=report.as_dict(),
            now=now,
        )
    return report


def fill(report: RunReport, counts: Counts) -> None:
    """Copy what was stored into the report."""
    report.records = dict(counts.records)
    report.events = counts.events
    report.documents = counts.documents
    report.mentions = counts.mentions
    report.changes = dict(counts.changes)
    report.baseline = counts.baseline
