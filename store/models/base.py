"""The base of the archive's tables, and the column types that both databases must agree on."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, Table
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class ArchiveTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMES))):
    """Base of the archive's tables; its own metadata keeps them apart from the subscriber store's."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: SQLite drops time zones, so a naive value is refused and UTC is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the archive stores moments with a time zone, got {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def json_column() -> JSON:
    """JSON in which None is SQL's NULL, so that "absent" is one value on both databases."""
    return JSON(none_as_null=True)


def table_of(model: type[Any]) -> Table:
    """The table behind a model, for the set-wise statements that storing and reading are made of."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
