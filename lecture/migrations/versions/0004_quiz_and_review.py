"""Quizzes that are under way, when each card is due, how it was rated; and the cards that were not good enough."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _lecture(primary_key: bool = False, index: bool = False) -> sa.Column[int]:
    to_lecture = sa.ForeignKey("lectures.number", ondelete="CASCADE")
    return sa.Column("lecture", sa.Integer, to_lecture, nullable=False, primary_key=primary_key, index=index)


def upgrade() -> None:
    """Make the tables."""
    with op.batch_alter_table("lectures") as lectures:
        lectures.add_column(sa.Column("rejected", sa.Text))
    op.create_table("quizzes", _lecture(primary_key=True), sa.Column("quiz", sa.Text, nullable=False))
    op.create_table(
        "card_states",
        _lecture(primary_key=True),
        sa.Column("card", sa.String, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due", sa.String, nullable=False, index=True),
    )
    op.create_table(
        "ratings",
        sa.Column("number", sa.Integer, primary_key=True),
        _lecture(index=True),
        sa.Column("card", sa.String, nullable=False),
        sa.Column("rating", sa.Integer, nullable=False),
        sa.Column("rated", sa.String, nullable=False, index=True),
        sa.Column("before", sa.Text),
        sqlite_autoincrement=True,
    )
