"""Rows that are wrong are named with file, row, field and remedy before anything runs."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.settings import CONFIG_FOLDER
from config.sources import load_sources
from crawler.spiders.registry import check_sources

GOOD = """
[[session]]
identifier = "2026"
name = "2026 Regular Session"
jurisdiction = "ocd-division/country:us/state:ma"
start = 2026-01-07
end = 2026-12-31

[[source]]
slug = "ma_exampleville_city_council"
platform = "legistar"
jurisdiction = "ocd-division/country:us/state:ma/place:exampleville"
name = "Exampleville City Council"
url = "https://exampleville.legistar.com"
timezone = "America/New_York"
options = { client = "exampleville" }
"""


def folder_with(tmp_path: Path, text: str) -> Path:
    (tmp_path / "jurisdictions").mkdir()
    (tmp_path / "jurisdictions" / "ma.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_good_file_gives_rows_and_sessions_with_their_defaults(tmp_path):
    sources = load_sources(folder_with(tmp_path, GOOD))
    (row,) = sources.rows
    assert (row.status, row.verified, row.state, row.every.total_seconds()) == ("trial", "never", "ma", 6 * 3600)
    assert sources.sessions_of("ocd-division/country:us/state:ma")[0].identifier == "2026"
    assert sources.of_state("MA") == (row,)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ('timezone = "America/New_York"|timezone = "Eastern"', "timezone", "IANA"),
        ('slug = "ma_exampleville_city_council"|slug = "Exampleville Council"', "slug", "underscores"),
        ("state:ma/place:exampleville|state:Massachusetts", "jurisdiction", "OCD"),
        ("https://exampleville|ht!tp//exampleville", "url", "http"),
        ('name = "Exampleville City Council"|nmae = "x"', "name", "missing"),
        ('timezone = "America/New_York"|timezone = "America/New_York"\ncadense = "6h"', "cadense", "not a field"),
        ('timezone = "America/New_York"|timezone = "America/New_York"\ncadence = "often"', "cadence", "6h"),
        ('timezone = "America/New_York"|timezone = "America/New_York"\nverified = "yes"', "verified", "never"),
    ],
)
def test_a_wrong_value_is_named_with_file_row_and_field(tmp_path, change, field, words):
    old, new = change.split("|")
    assert old in GOOD
    with pytest.raises(ConfigError) as raised:
        load_sources(folder_with(tmp_path, GOOD.replace(old, new)))
    assert (raised.value.file, raised.value.field) == ("ma.toml", field)
    assert words in str(raised.value)
    assert raised.value.row is not None
    assert raised.value.remedy


def test_a_paused_row_without_its_reason_is_refused(tmp_path):
    text = GOOD.replace("options =", 'status = "paused"\noptions =')
    with pytest.raises(ConfigError, match="reason"):
        load_sources(folder_with(tmp_path, text))


def test_the_same_slug_in_two_files_is_refused_with_both_names(tmp_path):
    folder = folder_with(tmp_path, GOOD)
    (folder / "jurisdictions" / "zz.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"zz\.toml.*ma\.toml"):
        load_sources(folder)


def test_broken_toml_is_named_with_its_line(tmp_path):
    with pytest.raises(ConfigError, match=r"ma\.toml.*line 2"):
        load_sources(folder_with(tmp_path, "\n[[source\n"))


def test_a_session_that_ends_before_it_starts_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="before start"):
        load_sources(folder_with(tmp_path, GOOD.replace("end = 2026-12-31", "end = 2025-12-31")))


def test_an_option_that_the_platform_does_not_have_is_named(tmp_path):
    text = GOOD.replace('client = "exampleville"', 'client = "exampleville", colour = "blue"')
    with pytest.raises(ConfigError) as raised:
        check_sources(load_sources(folder_with(tmp_path, text)))
    assert raised.value.field == "options.colour"
    assert "client" in str(raised.value)


def test_an_unknown_slug_names_near_ones(tmp_path):
    sources = load_sources(folder_with(tmp_path, GOOD))
    with pytest.raises(ConfigError, match="ma_exampleville_city_council"):
        sources.get("ma_exampleville")


def test_every_row_of_the_project_is_well_formed_and_claims_no_look_nobody_took():
    sources = load_sources(CONFIG_FOLDER)
    check_sources(sources)
    assert sources.rows
    assert {row.verified for row in sources.rows} == {"never"}


@pytest.mark.parametrize(
    ("hours", "utc", "open_then"),
    [
        ("21:00-06:00", "2026-07-01T01:30", True),
        ("21:00-06:00", "2026-07-01T09:59", True),
        ("21:00-06:00", "2026-07-01T10:00", False),
        ("21:00-06:00", "2026-12-01T01:59", False),
        ("21:00-06:00", "2026-12-01T02:00", True),
        ("08:00-18:00", "2026-07-01T12:00", True),
        ("08:00-18:00", "2026-07-01T22:00", False),
    ],
)
def test_a_site_is_asked_only_in_its_own_hours_summer_and_winter(tmp_path, hours, utc, open_then):
    from datetime import UTC, datetime

    row = load_sources(
        folder_with(tmp_path, GOOD.replace("options =", f'expect = {{ hours = "{hours}" }}\noptions ='))
    ).rows[0]
    assert row.is_open(datetime.fromisoformat(utc).replace(tzinfo=UTC)) is open_then
