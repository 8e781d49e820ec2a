"""The newest submissions of a project are found by index, in whatever state they are."""

from alembic import op

revision = "20261126_0003"
down_revision = "20261124_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_submissions_newest", "submissions", ["project_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_submissions_newest", table_name="submissions")
