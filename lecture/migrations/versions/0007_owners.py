"""Whose a lecture is, and whose a conversation about all lectures; nobody's where nobody logged in."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make room for owners; what there is has none."""
    op.add_column("lectures", sa.Column("owner", sa.String))
    op.create_index("ix_lectures_owner", "lectures", ["owner"])
    op.add_column("exchanges", sa.Column("owner", sa.String))
