"""An archive on each database; the schema is made once and copied, so that hundreds of tests stay quick."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from archive_world import World, bill
from sqlalchemy import Engine, make_url

from store.database import migrate, open_archive


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite archive with its tables and nothing in them."""
    path = tmp_path_factory.mktemp("migrated") / "archive.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres_server: str) -> str:
    """The name of such a PostgreSQL database, to be copied."""
    name = f"wb_template_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = make_url(postgres_server).set(drivername="postgresql+psycopg", database=name)
    migrate(url.render_as_string(hide_password=False))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def archive_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated, empty archive; every test that takes it runs on both databases."""
    if request.param == "sqlite":
        path = tmp_path / "archive.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        return f"sqlite:///{path}"
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("migrated_database")
    name = f"wb_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


@pytest.fixture
def engine(archive_url: str) -> Iterator[Engine]:
    opened = open_archive(archive_url)
    yield opened
    opened.dispose()


@pytest.fixture
def fresh(engine: Engine) -> World:
    """An archive that has seen nothing."""
    return World(engine)


@pytest.fixture
def world(fresh: World) -> World:
    """An archive whose source has its first run behind it: what comes now is news."""
    fresh.crawl(bill("H1", "An Act about bridges"))
    return fresh
