"""The demo, whole, as a stranger runs it; and the folder it may touch."""

import contextlib
import email
import email.policy
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from cli.demo import EXPECTED, FALSE_FRIENDS, PARTNER, STAFF
from cli.demo_world import BANNER, DEMO, MARKER, SUBSCRIBED_AT, demo_folder, free_port
from config.errors import ConfigError
from store.changes import changes_observed
from store.database import open_archive, session
from store.views import ChangeView

slow = pytest.mark.slow

SERVE = """
import sys
from pathlib import Path
from cli.demo import serve
from cli.demo_world import DemoContext
from config.settings import load_settings
serve(DemoContext(load_settings(Path(sys.argv[1])), int(sys.argv[2])))
"""


@dataclass(frozen=True)
class Run:
    folder: Path
    elsewhere: Path
    status: int
    out: str
    errors: str

    def mails(self) -> dict[str, EmailMessage]:
        files = sorted((self.folder / "outbox").glob("*.eml"))
        policy = email.policy.default
        return {
            path.name[:17].rstrip("-"): email.message_from_bytes(path.read_bytes(), policy=policy) for path in files
        }

    def text(self, name: str) -> str:
        return " ".join(self.mails()[name].get_body(("plain",)).get_content().split())

    def changes(self) -> list[ChangeView]:
        with session(open_archive(f"sqlite:///{self.folder / 'archive.db'}"), read_only=True) as db:
            return changes_observed(db, since=SUBSCRIBED_AT)


def watchbill(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One whole demo in a pipe, with an archive named in the environment that it must leave alone."""
    place = tmp_path_factory.mktemp("demo")
    elsewhere = place / "real.db"
    done = watchbill("demo", "--data-dir", "data", cwd=place, WATCHBILL_DATABASE_URL=f"sqlite:///{elsewhere}")
    return Run(place / "data", elsewhere, done.returncode, done.stdout, done.stderr)


@slow
def test_the_demo_ends_well_and_says_that_nothing_in_it_is_real(run):
    assert (run.status, run.errors) == (0, "")
    assert run.out.startswith(f"watchbill demo: {BANNER}")
    assert "Everything went as it should." in run.out


@slow
def test_invented_bills_reach_no_archive_that_the_environment_names(run):
    assert not run.elsewhere.exists()
    assert (run.folder / "archive.db").is_file()


@slow
def test_every_mail_says_in_subject_text_and_html_that_it_is_a_demonstration(run):
    mails = run.mails()
    assert list(mails) == ["2026-03-02-daily", "2026-03-02-weekly", "2026-03-09-daily", "2026-03-09-weekly"]
    for mail in mails.values():
        assert BANNER in mail["Subject"]
        assert all(BANNER in mail.get_body((kind,)).get_content() for kind in ("plain", "html"))


@slow
def test_the_weekly_digest_is_printed_whole(run):
    weekly = run.mails()["2026-03-09-weekly"]
    assert weekly["To"] == STAFF
    printed = [line.removeprefix("  |").strip() for line in run.out.splitlines() if line.startswith("  |")]
    assert printed == [line.strip() for line in weekly.get_body(("plain",)).get_content().splitlines()]


@slow
def test_the_second_week_shows_every_kind_of_change_that_the_demo_promises(run):
    kinds = {change.kind for change in run.changes()}
    assert kinds >= EXPECTED


@slow
def test_the_weekly_digest_tells_each_thing_that_policy_staff_must_not_miss(run):
    text = run.text("2026-03-09-weekly")
    for words in (
        "New on an agenda: Police Commission Regular Meeting, Thu, Mar 12, 5:30 PM EDT",
        "Bill reported favorably by committee and referred to the committee on House Ways and Means",
        "now: Thu, Mar 19, 1:00 PM EDT, B-1, 24 Beacon Street",
        "cancelled: Judiciary Committee Public Hearing, Wed, Mar 11, 10:00 AM EDT",
        "set: Judiciary Committee Public Hearing, Mon, Mar 16, 10:30 AM EDT",
        "Registration will close on Friday, March 13, 2026 at 3:00 P.M.",
        "Added to an agenda already published: City Council, Tue, Mar 10, 7:00 PM EDT",
        "Attachment replaced: Agreement",
        "municipalities that buy *automated license plate readers*",
        "page 2",
        "Outcome: Order Adopted (Pass)",
        "passed (25 yes, 11 no)",
        "4 of 4 sources checked.",
    ):
        assert words in text, words


@slow
def test_the_late_agenda_item_came_less_than_three_days_before_its_meeting(run):
    late = next(change for change in run.changes() if change.kind == "agenda_item_added")
    assert datetime.fromisoformat(late.event.starts_at) - late.observed_at < timedelta(hours=72)


@slow
def test_a_keyword_that_entered_by_amendment_is_told(run):
    entered = {change.record.identifier for change in run.changes() if change.kind == "mention_entered"}
    assert "HB 9832" in entered


@slow
def test_press_shields_specialty_plates_and_poultry_are_in_no_mail(run):
    for name in run.mails():
        text = run.text(name).lower()
        for words in (*FALSE_FRIENDS, "poultry", "journalist", "distinctive"):
            assert words.lower() not in text, (name, words)


@slow
def test_the_partner_in_connecticut_gets_nothing_of_massachusetts(run):
    daily = run.mails()["2026-03-09-daily"]
    assert daily["To"] == PARTNER
    assert "Massachusetts" not in run.text("2026-03-09-daily")
    assert "Sampleton" in run.text("2026-03-09-daily")


@slow
def test_the_first_mails_bring_no_flood_of_old_records(run):
    for name in ("2026-03-02-daily", "2026-03-02-weekly"):
        text = run.text(name)
        assert "COMING UP" in text
        assert "NEW (" not in text


@slow
def test_a_third_crawl_of_the_same_captures_changes_nothing_and_mails_nobody(run):
    assert "0 changes, 0 mails" in run.out
    assert len({change.observed_at for change in run.changes()}) == 1


@slow
def test_the_pages_bear_the_banner_and_ctrl_c_ends_them_well(run):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serving = subprocess.Popen([sys.executable, "-c", SERVE, str(run.folder), str(port)], stdout=subprocess.DEVNULL)
    try:
        assert BANNER in fetched(f"http://127.0.0.1:{port}/search?q=flock")
        serving.send_signal(signal.SIGINT)
        assert serving.wait(timeout=20) == 0
    finally:
        serving.kill()
        serving.wait()


def fetched(url: str) -> str:
    """The page at an address, once somebody serves it."""
    end = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def test_a_folder_with_an_archive_of_its_own_is_refused_and_left_alone(tmp_path):
    archive = tmp_path / "archive.db"
    archive.write_bytes(b"years of work")
    done = watchbill("demo", "--data-dir", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert "no demo made" in done.stderr
    assert "--data-dir" in done.stderr
    assert archive.read_bytes() == b"years of work"
    assert not (tmp_path / MARKER).exists()


def test_an_earlier_demo_is_wiped_but_nothing_else_in_its_folder(tmp_path):
    with demo_folder(tmp_path) as wiped:
        assert not wiped
        (tmp_path / "archive.db").write_text("old")
        (tmp_path / "outbox").mkdir()
        (tmp_path / "outbox" / "old.eml").write_text("old")
        (tmp_path / "notes.txt").write_text("mine")
    with demo_folder(tmp_path) as wiped:
        assert wiped
        assert sorted(path.name for path in tmp_path.iterdir()) == [MARKER, "notes.txt"]


def test_two_demos_do_not_share_a_folder(tmp_path):
    with demo_folder(tmp_path), pytest.raises(ConfigError, match="another demo"), demo_folder(tmp_path):
        pass


def test_a_folder_that_is_a_file_is_named_in_the_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="can't be used"), demo_folder(tmp_path / "file"):
        pass


def test_the_pages_take_another_port_when_the_usual_one_is_taken():
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Somebody else on this machine may have it already, which serves as well.
        with contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        port = free_port()
        assert port != 8000
    with socket.socket() as free:
        free.bind(("127.0.0.1", port))


@pytest.mark.parametrize("index", sorted(DEMO.glob("world/*/*/capture.toml")), ids=lambda path: str(path.parent.name))
def test_every_file_of_the_demos_world_is_used_and_says_what_it_is(index):
    text = index.read_text(encoding="utf-8")
    assert "demonstration data" in text
    named = {row["file"] for row in tomllib.loads(text)["response"]}
    assert named == {path.name for path in index.parent.iterdir()} - {"capture.toml"}
