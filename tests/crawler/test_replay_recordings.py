"""Recorded sites replayed as crawls: what their calendars hold is listed, and what was not recorded is counted."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.sources import Source
from crawler.captures import load_captures
from crawler.child import Job
from crawler.health import judge
from crawler.pipelines.spool import read_items, read_result
from crawler.process import run_child

LISTED = {
    "alleghenycounty.legistar.com": 100,
    "chicagoparkdistrict.legistar.com": 19,
    "clerk.kcmo.gov": 58,
    "fresno.legistar.com": 12,
    "mwrd.legistar.com": 3,
    "nashville.legistar.com": 71,
}
"""Meetings on each recorded calendar, counted by hand in its rows (a meeting listed twice once)."""


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(("site", "meetings"), LISTED.items())
def test_a_recorded_calendar_replays_to_the_meetings_it_lists(shared: Path, tmp_path: Path, site: str, meetings: int):
    folder = shared / "recordings" / "platforms" / "legistar_html" / site
    captures = load_captures(folder)
    source = Source(
        slug="replayed_council",
        platform="legistar",
        jurisdiction="ocd-division/country:us",
        name=site,
        url=f"https://{urlsplit(captures.captures[0].url).hostname}",
        timezone="America/New_York",
        options={"api": False},
    )
    run_child(Job(source=source, sessions=[], folder=tmp_path, agent="test", replay=folder, now=captures.fetched_at))
    items, result = read_items(tmp_path), read_result(tmp_path)
    verdict = judge(items, result, source.expect)
    assert (verdict.outcome, verdict.listed) == ("ok", meetings)
    assert verdict.complete == (result["not_captured"] == 0)
