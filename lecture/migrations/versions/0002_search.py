"""Sentences of all lectures, and on SQLite a full-text index of them."""

import sqlalchemy as sa
from alembic import op
from pydantic import TypeAdapter

from lecture.sentences import sentences
from lecture.transcript import Transcript

revision = "0002"
down_revision = "0001"

_INDEX = (
    "CREATE VIRTUAL TABLE sentences_index USING fts5(text, content='sentences', tokenize='unicode61')",
    "CREATE TRIGGER sentences_added AFTER INSERT ON sentences BEGIN "
    "INSERT INTO sentences_index(rowid, text) VALUES (new.rowid, new.text); END",
    "CREATE TRIGGER sentences_removed AFTER DELETE ON sentences BEGIN "
    "INSERT INTO sentences_index(sentences_index, rowid, text) VALUES ('delete', old.rowid, old.text); END",
)


def upgrade() -> None:
    """Make the table and its index, and fill them from the lectures that are ready."""
    table = op.create_table(
        "sentences",
        sa.Column("lecture", sa.Integer, sa.ForeignKey("lectures.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("start", sa.Float, nullable=False),
        sa.Column("end", sa.Float, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in _INDEX:
            op.execute(statement)
    ready = sa.text("SELECT number, transcript FROM lectures WHERE transcript IS NOT NULL")
    for lecture, transcript in connection.execute(ready).all():
        said = sentences(TypeAdapter(Transcript).validate_json(transcript))
        rows = [
            {"lecture": lecture, "number": number, "start": s.start, "end": s.end, "text": s.text}
            for number, s in enumerate(said)
        ]
        op.bulk_insert(table, rows)
