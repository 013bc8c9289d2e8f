"""Lectures, their windows, and what the student prefers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "lectures",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False, index=True),
        sa.Column("recording_name", sa.Text),
        sa.Column("captions_name", sa.Text),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False, index=True),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("duration", sa.Float),
        sa.Column("choice", sa.Text),
        sa.Column("language", sa.String),
        sa.Column("transcript", sa.Text),
        sa.Column("notes", sa.Text),
        sa.Column("flashcards", sa.Text),
        sa.Column("finished", sa.String),
        sa.Column("took", sa.Float),
        sa.Column("proposal_for", sa.Integer, sa.ForeignKey("lectures.number", ondelete="CASCADE"), index=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "windows",
        sa.Column("lecture", sa.Integer, sa.ForeignKey("lectures.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("start", sa.Float, nullable=False),
        sa.Column("end", sa.Float, nullable=False),
        sa.Column("segments", sa.Text),
    )
    op.create_table(
        "preferences",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
