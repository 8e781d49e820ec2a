"""When a project was sent: how long it waits for its check is counted from there."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0038"
down_revision = "20261127_0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("projects", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE projects SET sent_at = coalesce((SELECT max(audit_records.at) FROM audit_records "
        "WHERE audit_records.subject_type = 'project' AND audit_records.subject_id = projects.id "
        "AND audit_records.tag = 'company:project:submit'), "
        "projects.created_at) WHERE state <> 'draft'"
    )


def downgrade() -> None:
    op.drop_column("projects", "sent_at")
