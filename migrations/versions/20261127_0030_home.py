"""Steps of a beginner that somebody put aside."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0030"
down_revision = "20261127_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "skipped_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_skipped_steps"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_skipped_steps_user_id"),
        sa.UniqueConstraint("user_id", "step", name="uq_skipped_steps_user_id_step"),
    )


def downgrade() -> None:
    op.drop_table("skipped_steps")
