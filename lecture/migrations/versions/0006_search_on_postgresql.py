"""On PostgreSQL, a full-text index of sentences, and times that sort by their letters in every locale."""

from alembic import op

revision = "0006"
down_revision = "0005"

_WORDS = r"""
CREATE FUNCTION lecture_words(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(regexp_replace(
        normalize(regexp_replace(normalize(left(said, 200000), NFKD), '[\u0300-\u036f]', '', 'g'), NFKC) {collation},
        '[^[:alnum:]]+', ' ', 'g'
    ))
$$
"""
"""Accents and case make no difference, and a word is letters and digits, as in SQLite's index.

What is longer than any sentence is cut: PostgreSQL's index takes no more than a megabyte.
"""
_INDEX = (
    "ALTER TABLE sentences ADD COLUMN words tsvector "
    "GENERATED ALWAYS AS (to_tsvector('simple', lecture_words(text))) STORED",
    "CREATE INDEX sentences_words ON sentences USING gin (words)",
    'ALTER TABLE card_states ALTER COLUMN due TYPE varchar COLLATE "C"',
    'ALTER TABLE ratings ALTER COLUMN rated TYPE varchar COLLATE "C"',
)


def upgrade() -> None:
    """Make what PostgreSQL needs; SQLite has it since 0002."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    # The server's own locale may know only the letters of English.
    known = connection.exec_driver_sql("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'").first()
    connection.exec_driver_sql(_WORDS.format(collation='COLLATE "und-x-icu"' if known else ""))
    for statement in _INDEX:
        connection.exec_driver_sql(statement)
