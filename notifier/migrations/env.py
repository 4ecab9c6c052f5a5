"""Runs the private database's migrations on the connection it is given."""

from alembic import context

from notifier.models import Private

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Private.metadata,
    # Its own name, so that the archive's version table is not touched should both share a PostgreSQL database.
    version_table="subscriber_version",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
