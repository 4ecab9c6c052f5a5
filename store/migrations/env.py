"""Runs the archive's migrations on the connection that store.database.migrate opened."""

from typing import Any

from alembic import context

from store.models import ArchiveTable


def include_object(item: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Leave the full-text index alone: autogenerate would drop FTS5's own tables and PostgreSQL's index."""
    table = name if kind == "table" else getattr(getattr(item, "table", None), "name", None)
    if table is not None and table.startswith("record_fts"):
        return False
    return not (table == "record_text" and name in ("search", "ix_record_text_search"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ArchiveTable.metadata,
    include_object=include_object,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
