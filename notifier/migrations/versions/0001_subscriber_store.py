"""Subscribers and subscriptions; digests and their ledger; deliveries, suppressions and the journal."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("subscriber_id", sqltypes.AutoString(), nullable=False),
        sa.Column("address_hash", sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("kind IN ('unsubscribed', 'erased')", name=op.f("ck_journal_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_table(
        "key_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_check")),
    )
    op.create_table(
        "subscriber",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("address_hash", sqltypes.AutoString(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("timezone", sqltypes.AutoString(), nullable=False),
        sa.Column("neutral_subject", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("left_at", sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'confirmed', 'erased')", name=op.f("ck_subscriber_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_subscriber_address_hash")),
    )
    op.create_table(
        "suppression",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqltypes.AutoString(), nullable=False),
        sa.Column("detail", sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
    )
    op.create_table(
        "digest",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("subscriber_id", sqltypes.AutoString(), nullable=False),
        sa.Column("cadence", sqltypes.AutoString(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("due_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("built_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("cadence IN ('instant', 'daily', 'weekly', 'monthly')", name=op.f("ck_digest_cadence")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_digest_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("subscriber_id", "cadence", "period", name="uq_digest_once"),
    )
    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_digest_subscriber_id"), ["subscriber_id"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("subscriber_id", sqltypes.AutoString(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("divisions", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("strength", sqltypes.AutoString(), nullable=False),
        sa.Column("cadence", sqltypes.AutoString(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("at", sqltypes.AutoString(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "cadence IN ('instant', 'daily', 'weekly', 'monthly')", name=op.f("ck_subscription_cadence")
        ),
        sa.CheckConstraint("strength IN ('strong', 'possible')", name=op.f("ck_subscription_strength")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_subscription_weekday")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_subscription_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_subscriber_id"), ["subscriber_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("digest_id", sqltypes.AutoString(), nullable=False),
        sa.Column("subscriber_id", sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", sqltypes.AutoString(), nullable=False),
        sa.Column("last_reply", sqltypes.AutoString(), nullable=True),
        sa.Column("withheld", sqltypes.AutoString(), nullable=True),
        sa.Column("lease", sqltypes.AutoString(), nullable=True),
        sa.Column("queued_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("next_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("data_started_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("finished_at", sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'claimed', 'data_started', 'sent', 'deferred', 'failed', 'uncertain')",
            name=op.f("ck_delivery_state"),
        ),
        sa.ForeignKeyConstraint(["digest_id"], ["digest.id"], name=op.f("fk_delivery_digest_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_delivery_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("digest_id", name=op.f("uq_delivery_digest_id")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_due", ["state", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_subscriber_id"), ["subscriber_id"], unique=False)

    op.create_table(
        "digest_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sqltypes.AutoString(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("observed_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("digest_id", sqltypes.AutoString(), nullable=True),
        sa.Column("carried_from", sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["digest_id"], ["digest.id"], name=op.f("fk_digest_change_digest_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_digest_change_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_change")),
        sa.UniqueConstraint("subscriber_id", "change_id", name="uq_digest_change_once"),
    )
    with op.batch_alter_table("digest_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_digest_change_digest_id"), ["digest_id"], unique=False)
        batch_op.create_index("ix_digest_change_recent", ["subscriber_id", "observed_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("digest_change", schema=None) as batch_op:
        batch_op.drop_index("ix_digest_change_recent")
        batch_op.drop_index(batch_op.f("ix_digest_change_digest_id"))

    op.drop_table("digest_change")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_subscriber_id"))
        batch_op.drop_index("ix_delivery_due")

    op.drop_table("delivery")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscription_subscriber_id"))

    op.drop_table("subscription")
    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_digest_subscriber_id"))

    op.drop_table("digest")
    op.drop_table("suppression")
    op.drop_table("subscriber")
    op.drop_table("key_check")
    op.drop_table("journal")
