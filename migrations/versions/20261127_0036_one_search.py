"""The board is searched by the documents of matching alone: the folded text beside each project goes."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0036"
down_revision = "20261127_0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("projects", "search_text")


def downgrade() -> None:
    """What is entered again is folded by the code of that time when a draft is saved."""
    op.add_column("projects", sa.Column("search_text", sa.String(), nullable=False, server_default=""))
