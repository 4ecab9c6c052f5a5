"""Each command does its one thing, exits with the status it promises, and says what is wrong and what to do."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import main
from config.settings import CONFIG_FOLDER

DEMO = Path(__file__).parents[2] / "demo"
SLUG = "ma_exampleville_city_council"
FIRST, SECOND = DEMO / "world" / "first", DEMO / "world" / "second"


class Terminal:
    """Runs commands as the console script does, over one data folder and one config folder."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config"
        self.data = folder / "data"
        (self.config / "jurisdictions").mkdir(parents=True)
        for path in (DEMO / "jurisdictions").glob("*.toml"):
            shutil.copy(path, self.config / "jurisdictions")
        shutil.copy(CONFIG_FOLDER / "topics.toml", self.config)

    def run(self, *arguments: str, given: str | None = None):
        line = main.lift_common([*arguments, "--data-dir", str(self.data), "--config", str(self.config)])
        return CliRunner().invoke(main.app, line, input=given)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory) -> Terminal:
    """A terminal whose archive has seen two weeks of one council."""
    terminal = Terminal(tmp_path_factory.mktemp("terminal"))
    for world in (FIRST, SECOND):
        result = terminal.run("crawl", SLUG, "--replay", str(world), "--json")
        assert result.exit_code == 0, result.output
    terminal.last_crawl = json.loads(result.stdout.splitlines()[-1])
    return terminal


def test_a_crawl_reports_the_agreed_fields(terminal):
    agreed = {"slug", "outcome", "reason", "requests", "not_captured", "bytes", "seconds", "records", "events"}
    assert agreed | {"documents", "mentions", "changes"} <= terminal.last_crawl.keys()
    assert set(terminal.last_crawl["records"]) == {"insert", "update", "noop"}
    assert terminal.last_crawl["changes"]["agenda_item_added"] >= 1


def test_the_same_capture_again_changes_nothing(terminal):
    report = json.loads(terminal.run("crawl", SLUG, "--replay", str(SECOND), "--json").stdout)
    assert (report["outcome"], report["changes"]) == ("ok", {})
    assert (report["records"]["insert"], report["records"]["update"]) == (0, 0)


def test_an_empty_capture_is_an_honest_failure_that_changes_nothing(terminal, tmp_path):
    (tmp_path / "capture.toml").write_text('fetched_at = "2026-03-20T12:00:00Z"\n', encoding="utf-8")
    before = terminal.run("export", "--all").stdout
    result = terminal.run("crawl", SLUG, "--replay", str(tmp_path), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["outcome"] == "broken"
    assert terminal.run("export", "--all").stdout == before


def test_a_day_without_a_session_row_is_told_in_words(terminal, tmp_path):
    (tmp_path / "capture.toml").write_text('fetched_at = "1999-03-20T12:00:00Z"\n', encoding="utf-8")
    result = terminal.run("crawl", "ma_legislature", "--replay", str(tmp_path), "--json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["outcome"], report["reason"]) == (1, "broken", "not_configured")
    assert "session" in report["message"]


def test_export_is_one_record_a_line_with_the_agreed_fields(terminal):
    records = [json.loads(line) for line in terminal.run("export").stdout.splitlines()]
    assert records
    assert all(record["mentions"] or record["topics"] for record in records)
    assert len(terminal.run("export", "--all").stdout.splitlines()) > len(records)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_search_finds_in_every_format(terminal, form):
    result = terminal.run("search", 'flock "plate readers"', "--format", form)
    assert result.exit_code == 0
    assert "26-0131" in result.stdout


def test_show_tells_what_differs(terminal):
    found = json.loads(terminal.run("search", "26-0131", "--format", "json").stdout)["records"]
    shown = terminal.run("show", found[0]["id"], "--diff")
    assert shown.exit_code == 0
    assert "attachment replaced" in shown.stdout


def test_the_proof_of_records_is_a_warc_that_replays(terminal, tmp_path):
    output = tmp_path / "proof.warc.gz"
    assert terminal.run("export", "--format", "warc", "--output", str(output)).exit_code == 0
    from crawler.captures import load_captures

    assert load_captures(output).captures


def test_check_finds_both_databases_whole(terminal):
    added = terminal.run(
        "subscribers", "add", "reader@example.org", "--state", "MA", "--confirmed", "--now", "2026-03-01T12:00:00Z"
    )
    assert added.exit_code == 0, added.output
    result = terminal.run("check")
    assert (result.exit_code, result.stdout.strip()) == (0, "both databases hold together")


def test_subscribers_are_listed_without_their_addresses(terminal):
    terminal.run("subscribers", "add", "canary@example.org", "--now", "2026-03-01T12:00:00Z")
    assert "canary" not in terminal.run("subscribers", "list", "--json").stdout
    assert "canary@example.org" in terminal.run("subscribers", "list", "--show-addresses").stdout
    assert terminal.run("subscribers", "erase", "canary@example.org").exit_code == 0
    assert terminal.run("subscribers", "remove", "canary@example.org").exit_code == 1


def test_a_digest_is_built_and_written_once(terminal):
    terminal.run(
        "subscribers", "add", "weekly@example.org", "--state", "MA", "--confirmed", "--now", "2026-03-01T12:00:00Z"
    )
    now = "2026-03-09T14:00:00Z"
    assert terminal.run("digest", "build", "--now", now).exit_code == 0
    assert terminal.run("digest", "send", "--now", now).exit_code == 0
    mails = sorted((terminal.data / "outbox").glob("*.eml"))
    assert mails
    terminal.run("digest", "build", "--now", now)
    terminal.run("digest", "send", "--now", now)
    assert sorted((terminal.data / "outbox").glob("*.eml")) == mails
    states = [json.loads(line)["state"] for line in terminal.run("deliveries", "--json").stdout.splitlines()]
    assert set(states) == {"sent"}


def test_matching_again_with_the_same_topics_changes_nothing(terminal):
    report = json.loads(terminal.run("rematch", "--json", "--now", "2026-03-10T12:00:00Z").stdout)
    assert report["changes"] == {}


def test_status_is_good_only_while_everything_runs(terminal):
    late = terminal.run("status", "--json", "--now", "2026-04-20T12:00:00Z")
    assert late.exit_code == 1
    report = json.loads(late.stdout)
    assert report["ok"] is False
    assert {"slug", "state", "outcome", "reason", "last_ok_at", "newest_record_at", "silent_days"} <= report["sources"][
        0
    ].keys()


def test_match_keeps_order_and_names_the_bad_line():
    lines = '{"id": 1, "title": "ALPR policy", "text": ""}\nnope\n{"id": 3, "title": "Parks", "text": ""}\n'
    result = CliRunner().invoke(main.app, ["match", "--jsonl"], input=lines)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [row.get("id") for row in rows] == [1, None, 3]
    assert rows[1]["line"] == 2
    assert rows[0]["topics"] == [{"topic": "license-plate-readers", "strength": "strong"}]


def test_parse_prints_an_error_and_exits_1_for_a_page_that_is_not_the_platforms(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<html><head><title>Just a moment...</title></head><body>Checking</body></html>", encoding="utf-8")
    arguments = ["parse", "legistar", "--url", "https://exampleville.legistar.com/Calendar.aspx", str(page)]
    result = CliRunner().invoke(main.app, arguments)
    (row,) = (json.loads(line) for line in result.stdout.splitlines())
    assert (result.exit_code, row["type"], row["reason"]) == (1, "error", "challenge")


def test_sources_check_writes_nothing_to_the_archive(terminal):
    before = terminal.run("export", "--all").stdout
    result = terminal.run("sources", "check", SLUG, "--replay", str(FIRST))
    assert result.exit_code == 0
    assert "26-0131" in result.stdout
    assert terminal.run("export", "--all").stdout == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("crawl",),
        ("crawl", "nowhere"),
        ("search", "x", "--format", "xml"),
        ("search", "x", "--topic", "weather"),
        ("digest", "build", "--now", "2026-03-09T14:00:00"),
        ("parse", "nobody", "--url", "https://example.org", __file__),
    ],
)
def test_wrong_use_is_a_config_error_that_says_what_to_do(terminal, arguments):
    from config.errors import ConfigError

    result = terminal.run(*arguments)
    assert isinstance(result.exception, ConfigError)
    assert result.exception.remedy


def test_common_options_may_stand_anywhere():
    assert main.lift_common(["crawl", "x", "--data-dir", "d", "--json"]) == ["--data-dir", "d", "crawl", "x", "--json"]
    assert main.lift_common(["--config=c", "search", "--", "--data-dir"]) == [
        "--config=c",
        "search",
        "--",
        "--data-dir",
    ]
