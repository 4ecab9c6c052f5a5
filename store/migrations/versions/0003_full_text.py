"""Full text: FTS5 with triggers on SQLite, a generated tsvector with GIN on PostgreSQL, both with Porter's stems.

A later migration that re-creates record_text on SQLite (batch mode) loses the triggers without a word and
must call `create_triggers` again.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# PostgreSQL's parser takes "and/or", "a@b" and "x.y" for paths, addresses and hosts, single tokens that a word
# would not find; as spaces they are words, as they are to FTS5.
PUNCTUATION = "!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~"
SPACES = " " * (len(PUNCTUATION) - 1)  # the quote is written twice for SQL and is one character


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        upgrade_postgresql()
        return
    op.execute(
        "CREATE VIRTUAL TABLE record_fts USING fts5("
        "title, body, content='record_text', content_rowid='record_pk', "
        "tokenize='porter unicode61 remove_diacritics 2')"
    )
    create_triggers()


def create_triggers() -> None:
    """Keep the index in step with the table it reads from."""
    remove = (
        "INSERT INTO record_fts(record_fts, rowid, title, body) VALUES('delete', old.record_pk, old.title, old.body);"
    )
    add = "INSERT INTO record_fts(rowid, title, body) VALUES (new.record_pk, new.title, new.body);"
    op.execute(f"CREATE TRIGGER record_text_ai AFTER INSERT ON record_text BEGIN {add} END")
    op.execute(f"CREATE TRIGGER record_text_ad AFTER DELETE ON record_text BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER record_text_au AFTER UPDATE ON record_text BEGIN {remove} {add} END")


def upgrade_postgresql() -> None:
    # Stop words stay in, or "out of state" would be a search for "state"; FTS5 keeps them too.
    op.execute("CREATE TEXT SEARCH DICTIONARY watchbill_stem (TEMPLATE = snowball, Language = porter)")
    op.execute("CREATE TEXT SEARCH CONFIGURATION watchbill (COPY = english)")
    op.execute("ALTER TEXT SEARCH CONFIGURATION watchbill ALTER MAPPING REPLACE english_stem WITH watchbill_stem")
    vector = " || ".join(
        f"setweight(to_tsvector('watchbill', translate({column}, '{PUNCTUATION}', '{SPACES}')), '{weight}')"
        for column, weight in (("title", "A"), ("body", "B"))
    )
    # The driver reads % as a parameter mark and a colon as a bind name.
    vector = vector.replace("%", "%%").replace(":", "\\:")
    op.execute(f"ALTER TABLE record_text ADD COLUMN search tsvector GENERATED ALWAYS AS ({vector}) STORED")
    op.execute("CREATE INDEX ix_record_text_search ON record_text USING gin (search)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_record_text_search")
        op.execute("ALTER TABLE record_text DROP COLUMN search")
        op.execute("DROP TEXT SEARCH CONFIGURATION watchbill")
        op.execute("DROP TEXT SEARCH DICTIONARY watchbill_stem")
        return
    for trigger in ("record_text_ai", "record_text_ad", "record_text_au"):
        op.execute(f"DROP TRIGGER {trigger}")
    op.execute("DROP TABLE record_fts")
