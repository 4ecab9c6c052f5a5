"""Sources, runs, events, records, documents and changes."""

import sqlalchemy as sa
from alembic import op

from store.models import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("verified", sa.String(), nullable=False),
        sa.Column("baseline_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("slug", name="pk_source"),
    )
    op.create_index("ix_source_jurisdiction", "source", ["jurisdiction"])
    op.create_table(
        "legislative_session",
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("classification", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction", "identifier", name="pk_legislative_session"),
    )
    op.create_table(
        "crawl_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("not_captured", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.slug"], name="fk_crawl_run_source"),
        sa.PrimaryKeyConstraint("id", name="pk_crawl_run"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_crawl_run_source_started_at", "crawl_run", ["source", "started_at"])
    op.create_table(
        "capture",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("url_hash", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String()),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("fetched_at", UtcDateTime(), nullable=False),
        sa.Column("warc_file", sa.String(), nullable=False),
        sa.Column("warc_offset", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["crawl_run.id"], name="fk_capture_run_id"),
        sa.PrimaryKeyConstraint("pk", name="pk_capture"),
        sa.UniqueConstraint("run_id", "warc_file", "warc_offset", name="uq_capture_run_id_warc_file_warc_offset"),
    )
    op.create_index("ix_capture_url_hash", "capture", ["url_hash"])
    op.create_table(
        "event",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.String()),
        sa.Column("starts_at", sa.String()),
        sa.Column("starts_utc", UtcDateTime()),
        sa.Column("over_utc", UtcDateTime()),
        sa.Column("starts_on", sa.Date()),
        sa.Column("start_text", sa.String()),
        sa.Column("timezone", sa.String()),
        sa.Column("location", sa.String()),
        sa.Column("status", sa.String()),
        sa.Column("url", sa.String()),
        sa.Column("source_urls", sa.JSON(), nullable=False),
        sa.Column("description", sa.String()),
        sa.Column("testimony", sa.String()),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_changed_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_run", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("missed_run", sa.Integer()),
        sa.Column("removed_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["source"], ["source.slug"], name="fk_event_source"),
        sa.PrimaryKeyConstraint("pk", name="pk_event"),
        sa.UniqueConstraint("id", name="uq_event_id"),
        sa.UniqueConstraint("source", "key", name="uq_event_source_key"),
    )
    op.create_index("ix_event_jurisdiction", "event", ["jurisdiction"])
    op.create_index("ix_event_starts_utc", "event", ["starts_utc"])
    op.create_table(
        "record",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.String()),
        sa.Column("session", sa.String()),
        sa.Column("identifier", sa.String()),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_seen", sa.Boolean(), nullable=False),
        sa.Column("classification", sa.String()),
        sa.Column("status", sa.String()),
        sa.Column("summary", sa.String()),
        sa.Column("url", sa.String()),
        sa.Column("source_urls", sa.JSON(), nullable=False),
        sa.Column("marker", sa.String()),
        sa.Column("subjects", sa.JSON()),
        sa.Column("reporting_date", sa.Date()),
        sa.Column("outcome", sa.String()),
        sa.Column("event_pk", sa.Integer()),
        sa.Column("event_key", sa.String()),
        sa.Column("bill_key", sa.String()),
        sa.Column("number", sa.String()),
        sa.Column("position", sa.Integer()),
        sa.Column("section", sa.String()),
        sa.Column("text", sa.String()),
        sa.Column("aspects", sa.JSON(), nullable=False),
        sa.Column("lists_seen", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("match_hash", sa.String()),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_changed_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_run", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("missed_run", sa.Integer()),
        sa.Column("removed_at", UtcDateTime()),
        sa.CheckConstraint("kind IN ('bill', 'agenda_item')", name=op.f("ck_record_kind")),
        sa.ForeignKeyConstraint(["event_pk"], ["event.pk"], name="fk_record_event_pk"),
        sa.ForeignKeyConstraint(["source"], ["source.slug"], name="fk_record_source"),
        sa.PrimaryKeyConstraint("pk", name="pk_record"),
        sa.UniqueConstraint("id", name="uq_record_id"),
        sa.UniqueConstraint("source", "kind", "key", name="uq_record_source_kind_key"),
    )
    op.create_index("ix_record_bill_key", "record", ["source", "bill_key"])
    op.create_index("ix_record_event_key", "record", ["source", "event_key"])
    op.create_index("ix_record_event_pk", "record", ["event_pk"])
    op.create_index("ix_record_jurisdiction", "record", ["jurisdiction"])
    op.create_index("ix_record_last_changed_at", "record", ["last_changed_at", "pk"])
    op.create_table(
        "record_event",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("event_pk", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("norm", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("record_pk", sa.Integer()),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("missed_run", sa.Integer()),
        sa.Column("removed_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["event_pk"], ["event.pk"], name="fk_record_event_event_pk"),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_record_event_record_pk"),
        sa.PrimaryKeyConstraint("pk", name="pk_record_event"),
        sa.UniqueConstraint("event_pk", "norm", name="uq_record_event_event_pk_norm"),
    )
    op.create_index("ix_record_event_jurisdiction_norm", "record_event", ["jurisdiction", "norm"])
    op.create_index("ix_record_event_record_pk", "record_event", ["record_pk"])
    op.create_table(
        "document_text",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("pages", sa.LargeBinary(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("readable", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_document_text"),
    )
    op.create_table(
        "document",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("record_pk", sa.Integer()),
        sa.Column("event_pk", sa.Integer()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("name", sa.String()),
        sa.Column("date", sa.Date()),
        sa.Column("media_type", sa.String()),
        sa.Column("sha256", sa.String()),
        sa.Column("fetched_at", UtcDateTime()),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("missed_run", sa.Integer()),
        sa.Column("removed_at", UtcDateTime()),
        sa.CheckConstraint("(record_pk IS NULL) <> (event_pk IS NULL)", name=op.f("ck_document_one_owner")),
        sa.ForeignKeyConstraint(["event_pk"], ["event.pk"], name="fk_document_event_pk"),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_document_record_pk"),
        sa.ForeignKeyConstraint(["sha256"], ["document_text.sha256"], name="fk_document_sha256"),
        sa.PrimaryKeyConstraint("pk", name="pk_document"),
    )
    op.create_index("ix_document_event_pk", "document", ["event_pk"])
    op.create_index("ix_document_record_pk", "document", ["record_pk"])
    op.create_index("ix_document_sha256", "document", ["sha256"])
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_pk", sa.Integer(), nullable=False),
        sa.Column("event_pk", sa.Integer()),
        sa.Column("run_id", sa.Integer()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
        sa.Column("observed_at", UtcDateTime(), nullable=False),
        sa.Column("bulk", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_pk"], ["event.pk"], name="fk_change_event_pk"),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_change_record_pk"),
        sa.ForeignKeyConstraint(["run_id"], ["crawl_run.id"], name="fk_change_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_observed_at", "change", ["observed_at", "id"])
    op.create_index("ix_change_record_pk", "change", ["record_pk"])
    op.create_index("ix_change_run_id", "change", ["run_id"])


def downgrade() -> None:
    for table in (
        "change",
        "document",
        "document_text",
        "record_event",
        "record",
        "event",
        "capture",
        "crawl_run",
        "legislative_session",
        "source",
    ):
        op.drop_table(table)
