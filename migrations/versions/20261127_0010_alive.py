"""Whoever waits for a reply of a model says so from time to time."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0010"
down_revision = "20261127_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation_turns", sa.Column("alive_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("conversation_turns", "alive_at")
