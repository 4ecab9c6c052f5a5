"""Settings come from the environment once, and a wrong one is named."""

from pathlib import Path

import pytest

from config.clock import FixedClock
from config.errors import ConfigError
from config.settings import Settings, load_settings


def test_a_wrong_variable_is_named(monkeypatch):
    monkeypatch.setenv("WATCHBILL_SMTP_PORT", "many")
    with pytest.raises(ConfigError, match="WATCHBILL_SMTP_PORT"):
        load_settings()


def test_options_override_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("WATCHBILL_DATA_DIR", "/nowhere")
    settings = load_settings(data_dir=tmp_path)
    assert settings.archive_url == f"sqlite:///{tmp_path / 'archive.db'}"


def test_the_password_is_not_printed(monkeypatch):
    monkeypatch.setenv("WATCHBILL_SMTP_PASSWORD", "hunter2-canary")
    assert "hunter2-canary" not in repr(load_settings())


def test_every_setting_stands_in_the_table_of_the_operations_page():
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"WATCHBILL_{name.upper()}" not in page]
    assert missing == []


def test_a_clock_without_a_zone_is_refused():
    import datetime as dt

    with pytest.raises(ValueError, match="time zone"):
        FixedClock(dt.datetime(2026, 1, 1))  # noqa: DTZ001
