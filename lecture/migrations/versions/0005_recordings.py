"""Recordings that arrive in parts: live from the microphone, or as a large upload."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _lecture() -> sa.Column[int]:
    to_lecture = sa.ForeignKey("lectures.number", ondelete="CASCADE")
    return sa.Column("lecture", sa.Integer, to_lecture, primary_key=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "recordings",
        _lecture(),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("marks", sa.Text, nullable=False),
        sa.Column("heard_from", sa.String, nullable=False),
        sa.Column("provisional", sa.Text),
        sa.Column("size", sa.BigInteger),
    )
    op.create_table(
        "takes",
        _lecture(),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("mime_type", sa.String, nullable=False),
        sa.Column("chunks", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
