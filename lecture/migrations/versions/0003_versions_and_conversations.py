"""Notes written again and earlier versions of them, corrected lines, and what was asked about lectures."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables, and the columns that say what is to be done and what was corrected."""
    with op.batch_alter_table("lectures") as lectures:
        lectures.add_column(sa.Column("task", sa.String, nullable=False, server_default="everything"))
        lectures.add_column(sa.Column("corrections", sa.Integer, nullable=False, server_default="0"))
        lectures.add_column(sa.Column("written", sa.Text))
    op.create_table(
        "versions",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("lecture", sa.Integer, sa.ForeignKey("lectures.number", ondelete="CASCADE"), index=True),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("transcript", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("flashcards", sa.Text, nullable=False),
        sa.Column("finished", sa.String),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "exchanges",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("lecture", sa.Integer, sa.ForeignKey("lectures.number", ondelete="CASCADE"), index=True),
        sa.Column("exchange", sa.Text, nullable=False),
        sa.Column("asked", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
