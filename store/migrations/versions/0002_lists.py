"""What belongs to a record or a change: lists, mentions, topics and the text that is searched."""

import sqlalchemy as sa
from alembic import op

from store.models import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_topic",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("strength", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"], name="fk_change_topic_change_id"),
        sa.PrimaryKeyConstraint("change_id", "topic", name="pk_change_topic"),
    )
    op.create_table(
        "mention",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("record_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("snippet", sa.String(), nullable=False),
        sa.Column("mark_start", sa.Integer(), nullable=False),
        sa.Column("mark_end", sa.Integer(), nullable=False),
        sa.Column("strength", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("document_url", sa.String()),
        sa.Column("page", sa.Integer()),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_mention_record_pk"),
        sa.PrimaryKeyConstraint("pk", name="pk_mention"),
    )
    op.create_index("ix_mention_record_pk", "mention", ["record_pk"])
    op.create_table(
        "record_topic",
        sa.Column("record_pk", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("strength", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("inherited_from", sa.Integer()),
        sa.ForeignKeyConstraint(["inherited_from"], ["record.pk"], name="fk_record_topic_inherited_from"),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_record_topic_record_pk"),
        sa.PrimaryKeyConstraint("record_pk", "topic", name="pk_record_topic"),
    )
    op.create_index("ix_record_topic_topic", "record_topic", ["topic", "strength"])
    op.create_table(
        "triage",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("record_pk", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String()),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_triage_record_pk"),
        sa.PrimaryKeyConstraint("pk", name="pk_triage"),
    )
    op.create_index("ix_triage_record_pk", "triage", ["record_pk"])
    op.create_table(
        "action",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("record_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date()),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("classification", sa.JSON(), nullable=False),
        sa.Column("chamber", sa.String()),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_action_record_pk"),
        sa.PrimaryKeyConstraint("pk", name="pk_action"),
    )
    op.create_index("ix_action_record_pk", "action", ["record_pk"])
    op.create_table(
        "sponsorship",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("record_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("classification", sa.String(), nullable=False),
        sa.Column("primary", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_sponsorship_record_pk"),
        sa.PrimaryKeyConstraint("pk", name="pk_sponsorship"),
    )
    op.create_index("ix_sponsorship_record_pk", "sponsorship", ["record_pk"])
    op.create_table(
        "vote",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("record_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("motion", sa.String(), nullable=False),
        sa.Column("date", sa.Date()),
        sa.Column("passed", sa.Boolean()),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("url", sa.String()),
        sa.Column("identifier", sa.String()),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_vote_record_pk"),
        sa.PrimaryKeyConstraint("pk", name="pk_vote"),
    )
    op.create_index("ix_vote_record_pk", "vote", ["record_pk"])
    op.create_table(
        "lineage",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("record_pk", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("norm", sa.String(), nullable=False),
        sa.Column("session", sa.String()),
        sa.Column("jurisdiction", sa.String()),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_lineage_record_pk"),
        sa.PrimaryKeyConstraint("pk", name="pk_lineage"),
    )
    op.create_index("ix_lineage_norm", "lineage", ["norm"])
    op.create_index("ix_lineage_record_pk", "lineage", ["record_pk"])
    op.create_table(
        "alias",
        sa.Column("record_pk", sa.Integer(), nullable=False),
        sa.Column("norm", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("session", sa.String()),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_alias_record_pk"),
        sa.PrimaryKeyConstraint("record_pk", "norm", name="pk_alias"),
    )
    op.create_index("ix_alias_jurisdiction_norm", "alias", ["jurisdiction", "norm"])
    op.create_table(
        "record_text",
        sa.Column("record_pk", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["record_pk"], ["record.pk"], name="fk_record_text_record_pk"),
        sa.PrimaryKeyConstraint("record_pk", name="pk_record_text"),
    )


def downgrade() -> None:
    for table in (
        "record_text",
        "alias",
        "lineage",
        "vote",
        "sponsorship",
        "action",
        "triage",
        "record_topic",
        "mention",
        "change_topic",
    ):
        op.drop_table(table)
