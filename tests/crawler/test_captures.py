"""What was captured answers again, byte for byte, and a wrong capture folder is named."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import ConfigError
from crawler.captures import Capture, WarcFile, load_captures, read_capture

INDEX = """
fetched_at = "2026-03-04T12:00:00Z"
[[response]]
url = "https://example.com/list?b=2&a=1"
content_type = "text/html"
file = "1.html"
[[response]]
url = "https://example.com/list?a=1&b=2"
content_type = "text/html"
file = "2.html"
[[response]]
url = "https://example.com/form"
method = "POST"
request_body = "page=2"
file = "2.html"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "capture.toml").write_text(INDEX, encoding="utf-8")
    (tmp_path / "1.html").write_text("first", encoding="utf-8")
    (tmp_path / "2.html").write_text("second", encoding="utf-8")
    return tmp_path


def test_the_same_address_twice_is_answered_in_order_and_the_last_again(folder):
    captures = load_captures(folder)
    bodies = [captures.answer("GET", "https://example.com/list?a=1&b=2").body for _ in range(3)]
    assert bodies == [b"first", b"second", b"second"]


def test_what_was_not_captured_has_no_answer(folder):
    captures = load_captures(folder)
    assert captures.answer("GET", "https://example.com/other") is None
    assert captures.answer("GET", "https://example.com/form") is None
    assert captures.answer("POST", "https://example.com/form", b"page=2").body == b"second"


def test_the_clock_stands_at_the_capture(folder):
    assert load_captures(folder).fetched_at == datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("recorded", "day"),
    [
        ("2026-03-04", "2026-03-04"),
        ("2026-03-4 (freeze_time)", "2026-03-04"),
        ("<=2026-03-04 (commit; deleted later)", "2026-03-04"),
        ("2026-03", "2026-03-01"),
        ("2026 (session)", "2026-01-01"),
        ("<=None (commit)", None),
    ],
)
def test_a_recordings_loose_date_is_understood(folder, recorded, day):
    text = INDEX.replace('fetched_at = "2026-03-04T12:00:00Z"', "").replace(
        "file =", f'recorded = "{recorded}"\nfile ='
    )
    (folder / "capture.toml").write_text(text, encoding="utf-8")
    moment = load_captures(folder).fetched_at
    assert (moment.date().isoformat() if moment else None) == day


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('file = "1.html"', 'file = "../secret.html"', "file"),
        ('file = "1.html"', 'file = "missing.html"', "file"),
        ('url = "https://example.com/form"', "", "url"),
    ],
)
def test_a_wrong_row_is_named(folder, old, new, field):
    (folder / "capture.toml").write_text(INDEX.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_captures(folder)
    assert raised.value.field == field


def test_a_folder_without_its_index_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"capture\.toml"):
        load_captures(tmp_path)


def test_a_warc_gives_back_every_byte(tmp_path):
    moment = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
    first = Capture("https://example.com/a?x=1", "GET", 200, b"\x00\xff body", (("Content-Type", "text/html"),), moment)
    second = Capture("https://example.com/a", "POST", 404, b"", (), moment, request_body=b"q=\xc3\xa9")
    warc = WarcFile(tmp_path / "run.warc.gz")
    offsets = [warc.write(first), warc.write(second)]
    warc.close()
    captures = load_captures(tmp_path / "run.warc.gz")
    assert captures.fetched_at == moment
    back = captures.answer("GET", "https://example.com/a?x=1")
    assert (back.body, back.status, back.content_type) == (first.body, 200, "text/html")
    assert captures.answer("POST", "https://example.com/a", b"q=\xc3\xa9").status == 404
    assert read_capture(tmp_path / "run.warc.gz", offsets[1]).request_body == b"q=\xc3\xa9"


def test_a_callers_key_is_neither_kept_nor_needed_to_find_a_capture():
    from crawler.captures import capture_key, without_secrets

    address = "https://webapi.legistar.com/v1/nyc/events?$top=5&token=canary&$skip=0"
    assert "canary" not in without_secrets(address)
    assert "$top=5" in without_secrets(address)
    assert capture_key("GET", address) == capture_key("get", address.replace("canary", "other"))
    plain = "https://example.gov/a?ID=1&GUID=2&ID=3#x"
    assert without_secrets(plain) == plain


def test_a_file_that_is_no_warc_is_refused(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<html>", encoding="utf-8")
    with pytest.raises(ConfigError, match="WARC"):
        load_captures(path)
