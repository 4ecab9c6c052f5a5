"""The child process of one crawl: reads its job from standard input, writes what it scraped to a folder.

Run as `python -m crawler.child`. Scrapy's reactor can be started once per process, and a spider that
leaks, hangs or crashes takes only itself down. The child never sees a database.
"""

import asyncio
import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler

from config.clock import FixedClock, SystemClock
from config.sources import LegislativeSession, Source
from crawler.items import Scraped
from crawler.middlewares.polite import drop_waiting
from crawler.spiders.base import ScrapedError
from crawler.spiders.registry import spider_class


class Job(BaseModel):
    """What a child needs to know; JSON on its standard input."""

    model_config = ConfigDict(extra="forbid")

    source: Source
    sessions: list[LegislativeSession]
    folder: Path
    agent: str
    warc: Path | None = None
    replay: Path | None = None
    now: datetime | None = None
    markers: dict[str, str] = {}
    watched: list[str] = []
    cache: Path | None = None
    delay: float = 1.0
    retry_pause: float = 5.0
    max_bytes: int = 10_000_000
    max_requests: int = 5000
    timeout: int = 3600
    private_hosts: list[str] = []


class Spool:
    """Extension: every item becomes a JSON line of items.jsonl; a fatal error ends the crawl."""

    def __init__(self, crawler: Crawler, stream: IO[str]) -> None:
        self.crawler = crawler
        self.stream = stream
        self.count = 0
        self.fatal: ScrapedError | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        path = Path(crawler.settings["WATCHBILL_FOLDER"]) / "items.jsonl"
        spool = cls(crawler, path.open("w", encoding="utf-8"))
        crawler.signals.connect(spool.item_scraped, signals.item_scraped)
        crawler.signals.connect(spool.closed, signals.engine_stopped)
        return spool

    def item_scraped(self, item: Any) -> None:
        """Write one item; after a challenge or a refusal nothing more is asked of the site."""
        assert isinstance(item, Scraped)
        self.count += 1
        row = {"type": type(item).__name__, "data": item.model_dump(mode="json", exclude_none=True)}
        self.stream.write(json.dumps(row, ensure_ascii=True) + "\n")
        if isinstance(item, ScrapedError) and item.fatal and self.fatal is None:
            self.fatal = item
            drop_waiting(self.crawler)
            if self.crawler.engine is not None:
                # Scrapy keeps a reference to the task; the close itself waits for what is in flight.
                self.closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=item.reason))

    def closed(self) -> None:
        self.stream.close()


def settings_of(job: Job) -> dict[str, Any]:
    """Scrapy's settings for one crawl; each that differs from its default says why."""
    replaying = job.replay is not None
    expect = job.source.expect
    settings: dict[str, Any] = {
        "USER_AGENT": job.agent,
        "LOG_LEVEL": "WARNING",
        # Scrapy's defaults favour reach; ours favour the site and this machine.
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_REQUESTS": 4,
        "DOWNLOAD_DELAY": 0 if replaying else job.delay,
        "DOWNLOAD_TIMEOUT": 60,
        "DOWNLOAD_MAXSIZE": expect.max_bytes or job.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "COOKIES_ENABLED": True,
        "DEPTH_LIMIT": 200,
        "REDIRECT_MAX_TIMES": 8,
        "RETRY_TIMES": 0 if replaying else 2,
        "RETRY_HTTP_CODES": [429, 500, 502, 503, 504, 522, 524, 408],
        # Every status reaches the spider, whose first step names what it means; dropped, it would be silence.
        "HTTPERROR_ALLOW_ALL": True,
        "CLOSESPIDER_TIMEOUT": job.timeout,
        "TWISTED_DNS_RESOLVER": "crawler.middlewares.guard.PublicResolver",
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.middlewares.guard.AddressGuard": 50,
            "crawler.middlewares.polite.RobotsRules": 100,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawler.middlewares.guard.RequestBudget": 110,
            "crawler.middlewares.polite.PatientRetry": 550,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            "crawler.middlewares.revisit.AlwaysAsk": 890,
            "crawler.middlewares.revisit.MeaningfulTags": 910,
        },
        "EXTENSIONS": {"crawler.child.Spool": 100},
        "WATCHBILL_FOLDER": str(job.folder),
        "WATCHBILL_SCHEMES": list(expect.schemes),
        "WATCHBILL_PRIVATE_HOSTS": job.private_hosts,
        "WATCHBILL_MAX_REQUESTS": expect.max_requests or job.max_requests,
        "WATCHBILL_RETRY_PAUSE": job.retry_pause,
        "WATCHBILL_REPLAYING": replaying,
        "WATCHBILL_NOW": job.now.isoformat() if job.now else None,
    }
    if replaying:
        handler = "crawler.middlewares.replay.ReplayHandler"
        settings["WATCHBILL_REPLAY"] = str(job.replay)
        settings["DOWNLOAD_HANDLERS"] = {"http": handler, "https": handler, "ftp": handler, "file": None, "data": None}
    else:
        settings["DOWNLOAD_HANDLERS"] = {"file": None, "data": None, "s3": None}
        if job.cache is not None:
            settings["HTTPCACHE_ENABLED"] = True
            settings["HTTPCACHE_DIR"] = str(job.cache)
            settings["HTTPCACHE_POLICY"] = "crawler.middlewares.revisit.OnlyNotModified"
            settings["HTTPCACHE_GZIP"] = True
    if job.warc is not None:
        settings["WATCHBILL_WARC"] = str(job.warc)
        settings["EXTENSIONS"]["crawler.middlewares.replay.CaptureWriter"] = 90
    return settings


def crawl(job: Job) -> dict[str, Any]:
    """Run the spider and return the run's plain facts for result.json."""
    bodies = job.folder / "bodies"
    bodies.mkdir(parents=True, exist_ok=True)
    process = AsyncCrawlerProcess(settings_of(job))
    crawler = process.create_crawler(spider_class(job.source.platform))
    began = time.monotonic()
    process.crawl(
        crawler,
        source=job.source,
        sessions=tuple(job.sessions),
        clock=FixedClock(job.now) if job.now else SystemClock(),
        markers=job.markers,
        watched=frozenset(job.watched),
        bodies=bodies,
        zone=ZoneInfo(job.source.timezone),
    )
    process.start()
    stats = crawler.stats.get_stats() if crawler.stats else {}
    return {
        "finish_reason": stats.get("finish_reason"),
        "requests": count_of(stats, "downloader/request_count"),
        "responses": count_of(stats, "downloader/response_count"),
        "bytes": count_of(stats, "downloader/response_bytes"),
        "not_captured": count_of(stats, "watchbill/not_captured"),
        "not_modified": count_of(stats, "httpcache/revalidate"),
        "truncated": stats.get("watchbill/truncated"),
        "spider_exceptions": count_of(stats, "spider_exceptions/count"),
        "seconds": round(time.monotonic() - began, 3),
    }


def count_of(stats: dict[str, Any], name: str) -> int:
    """An integer of Scrapy's stats, 0 when absent."""
    value = stats.get(name, 0)
    return int(value) if isinstance(value, int | float) else 0


def main() -> None:
    """Entry point of the child."""
    job = Job.model_validate_json(sys.stdin.read())
    result = crawl(job)
    (job.folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
