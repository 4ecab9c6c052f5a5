"""What a site's own log says of our crawls: robots, Retry-After, one at a time, nothing private, within budgets."""

import gzip
from pathlib import Path

import pytest
from site_on_loopback import Site, page, serve

from config.sources import Source
from crawler.child import Job
from crawler.health import judge
from crawler.pipelines.spool import read_items, read_result
from crawler.process import run_child

ROW = """<tr id="row1" class="catAgendaRow"><td><h3><strong aria-label="Agenda for June 3, 2026">Jun 3, 2026</strong></h3>
<p><a href="/AgendaCenter/ViewFile/Agenda/_06032026-{n}" target="_blank">Council agenda {n}</a></p></td></tr>"""
FRONT = "<html><head><title>Agenda Center</title></head><body>{}</body></html>"
LISTING = FRONT.format(
    '<div id="agendaCenterContainer"><div class="listing listingCollapse noHeader"><h2 onclick="x">City Council</h2>'
    f"<table>{''.join(ROW.format(n=n) for n in range(1, 7))}</table></div></div>"
)
FILES = {
    f"/AgendaCenter/ViewFile/Agenda/_06032026-{n}": page("an agenda", Content_Type="text/plain") for n in range(1, 7)
}


def crawl(site: Site, folder: Path, **changes):
    row = {
        "slug": "ex_council",
        "platform": "civicplus",
        "jurisdiction": "ocd-division/country:us/state:ma/place:exampleville",
        "name": "Exampleville",
        "url": site.url,
        "timezone": "America/New_York",
        "options": {"days_back": 1000, "days_ahead": 400},
    }
    job = {"folder": folder, "agent": "watchbill/test (+https://example.org)", "delay": 0.05, "retry_pause": 0.2}
    folder.mkdir(parents=True, exist_ok=True)
    source = Source(**{**row, **changes.pop("row", {})})
    run_child(Job(source=source, sessions=[], **{**job, "private_hosts": ["127.0.0.1"], **changes}))
    items, result = read_items(folder), read_result(folder)
    return items, judge(items, result, source.expect), result


def test_a_disallowed_path_is_not_asked_for_even_by_parallel_requests(tmp_path):
    robots = page("User-agent: *\nDisallow: /AgendaCenter/ViewFile/", Content_Type="text/plain")
    with serve({"/robots.txt": robots, "/AgendaCenter": page(LISTING), **FILES}, delay=0.05) as site:
        _, verdict, _ = crawl(site, tmp_path / "run")
    assert [path for path in site.paths() if "ViewFile" in path] == []
    assert site.paths().count("/robots.txt") == 1
    assert not verdict.complete


def test_a_disallowed_list_is_a_blocked_run(tmp_path):
    robots = page("User-agent: *\nDisallow: /", Content_Type="text/plain")
    with serve({"/robots.txt": robots, "/AgendaCenter": page(LISTING)}) as site:
        _, verdict, _ = crawl(site, tmp_path / "run")
    assert site.paths() == ["/robots.txt"]
    assert (verdict.outcome, verdict.reason) == ("blocked", "robots_disallowed")


@pytest.mark.parametrize(
    "robots", [page("oops", "503 Service Unavailable"), b"", page("wait", "429 Too Many Requests")]
)
def test_robots_that_can_not_be_read_means_stop(tmp_path, robots):
    with serve({"/robots.txt": robots, "/AgendaCenter": page(LISTING)}) as site:
        _, verdict, _ = crawl(site, tmp_path / "run")
    assert "/AgendaCenter" not in site.paths()
    assert (verdict.outcome, verdict.reason) == ("blocked", "robots_unavailable")


@pytest.mark.parametrize("robots", [page("no", "404 Not Found"), page("<html>Welcome</html>")])
def test_no_robots_rules_means_none(tmp_path, robots):
    with serve({"/robots.txt": robots, "/AgendaCenter": page(LISTING), **FILES}) as site:
        _, verdict, _ = crawl(site, tmp_path / "run")
    assert verdict.outcome == "ok", verdict
    assert verdict.complete
    assert len([path for path in site.paths() if "ViewFile" in path]) == 6


def test_one_request_at_a_time_and_the_crawl_delay_between_them(tmp_path):
    robots = page("User-agent: *\nCrawl-delay: 0.4", Content_Type="text/plain")
    with serve({"/robots.txt": robots, "/AgendaCenter": page(LISTING), **FILES}, delay=0.05) as site:
        crawl(site, tmp_path / "run")
    assert max(asked.in_flight for asked in site.log) == 1
    times = [asked.at for asked in site.log if asked.path != "/robots.txt"]
    gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    assert len(gaps) == 6
    assert min(gaps) >= 0.38


def test_retry_after_holds_every_request_to_that_host(tmp_path):
    state = {"refused": 0}

    def refuse_once(_asked):
        state["refused"] += 1
        if state["refused"] == 1:
            return page("slow down", "429 Too Many Requests", Retry_After="1")
        return page("an agenda", Content_Type="text/plain")

    answers = {"/AgendaCenter": page(LISTING), **FILES, "/AgendaCenter/ViewFile/Agenda/_06032026-1": refuse_once}
    with serve(answers) as site:
        _, verdict, _ = crawl(site, tmp_path / "run")
    refused = next(n for n, asked in enumerate(site.log) if asked.path.endswith("-1"))
    assert site.log[refused + 1].at - site.log[refused].at >= 0.98
    assert verdict.outcome == "ok", verdict


def test_a_wait_longer_than_the_run_ends_it_as_blocked_after_one_request(tmp_path):
    with serve({"/AgendaCenter": page("no", "429 Too Many Requests", Retry_After="86400")}) as site:
        _, verdict, _ = crawl(site, tmp_path / "run")
    assert site.paths().count("/AgendaCenter") == 1
    assert (verdict.outcome, verdict.reason) == ("blocked", "too_many_requests")


def test_an_unchanged_page_is_answered_304_and_read_again_from_the_cache(tmp_path):
    def listing(asked):
        if asked.headers.get("if-none-match") == '"v1"':
            return b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nConnection: close\r\n\r\n'
        return page(LISTING, ETag='"v1"')

    with serve({"/AgendaCenter": listing, **FILES}) as site:
        first, _, _ = crawl(site, tmp_path / "one", cache=tmp_path / "cache")
        second, verdict, result = crawl(site, tmp_path / "two", cache=tmp_path / "cache")
    assert result["not_modified"] == 1
    assert verdict.outcome == "ok"
    keys = [[getattr(item, "key", None) for item in items] for items in (first, second)]
    assert keys[0] == keys[1]


def test_a_constant_blank_etag_is_never_believed(tmp_path):
    with serve({"/AgendaCenter": page(LISTING, ETag='" "'), **FILES}) as site:
        crawl(site, tmp_path / "one", cache=tmp_path / "cache")
        crawl(site, tmp_path / "two", cache=tmp_path / "cache")
    assert all("if-none-match" not in asked.headers for asked in site.log)


def test_a_server_that_fails_is_not_hidden_by_the_cache(tmp_path):
    state = {"down": False}

    def listing(_asked):
        return page("oops", "503 Service Unavailable") if state["down"] else page(LISTING, ETag='"v1"')

    with serve({"/AgendaCenter": listing, **FILES}) as site:
        crawl(site, tmp_path / "one", cache=tmp_path / "cache")
        state["down"] = True
        _, verdict, _ = crawl(site, tmp_path / "two", cache=tmp_path / "cache")
    assert (verdict.outcome, verdict.reason) == ("broken", "server_error")


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.2:{port}/x", "http://localhost:{port}/x", "http://2130706434:{port}/x", "file:///etc/hostname"],
)
def test_a_redirect_into_a_private_place_is_refused(tmp_path, target):
    with serve({}) as canary:
        location = target.format(port=canary.port)
        with serve({"/AgendaCenter": page("", "302 Found", Location=location)}) as site:
            _, verdict, _ = crawl(site, tmp_path / "run")
        assert canary.log == []
    assert not verdict.good


def test_a_private_address_in_the_row_is_refused_without_connecting(tmp_path):
    with serve({"/AgendaCenter": page(LISTING)}) as site:
        _, verdict, _ = crawl(site, tmp_path / "run", private_hosts=[])
    assert site.log == []
    assert (verdict.outcome, verdict.reason) == ("broken", "private_address")


def test_a_gzip_bomb_is_refused_at_the_limit(tmp_path):
    bomb = gzip.compress(b"<p>" + b"0" * 60_000_000)
    with serve({"/AgendaCenter": page(bomb, Content_Encoding="gzip")}) as site:
        _, verdict, _ = crawl(site, tmp_path / "run", max_bytes=2_000_000)
    assert not verdict.good
    assert len(site.log) <= 2 + 2


def test_a_run_that_uses_up_its_requests_is_never_complete(tmp_path):
    with serve({"/AgendaCenter": page(LISTING), **FILES}) as site:
        _, verdict, result = crawl(site, tmp_path / "run", max_requests=3)
    assert result["truncated"] == "request_budget"
    assert len([path for path in site.paths() if path != "/robots.txt"]) == 3
    assert not verdict.complete


def test_a_challenge_stops_the_crawl_at_once(tmp_path):
    challenge = page("<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>")
    answers = {"/AgendaCenter": page(LISTING), **dict.fromkeys(FILES, challenge)}
    with serve(answers) as site:
        _, verdict, _ = crawl(site, tmp_path / "run", delay=0.3)
    assert (verdict.outcome, verdict.reason) == ("blocked", "challenge")
    assert len([path for path in site.paths() if "ViewFile" in path]) <= 2


def test_the_user_agent_says_who_asks(tmp_path):
    with serve({"/AgendaCenter": page(LISTING), **FILES}) as site:
        crawl(site, tmp_path / "run")
    assert {asked.headers["user-agent"] for asked in site.log} == {"watchbill/test (+https://example.org)"}
