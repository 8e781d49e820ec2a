"""When a page was allowed anew; how many answers of a dispute went to the question it began as."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0049"
down_revision = "20261127_0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deposits", sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "disputes", sa.Column("question_count", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )


def downgrade() -> None:
    op.drop_column("disputes", "question_count")
    op.drop_column("deposits", "reopened_at")
