"""Sensitive content: what projects declare, what people agree to see, how long they saw it, what was reported."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0007"
down_revision = "20261126_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "projects", sa.Column("content_classes", sa.String(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("projects", sa.Column("content_note", sa.String(), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "content_choices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("content_class", sa.String(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_content_choices"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_content_choices_user_id"),
        sa.UniqueConstraint("user_id", "content_class", name="uq_content_choices_user_id_content_class"),
    )
    op.create_table(
        "exposures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exposures"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_exposures_user_id"),
    )
    op.create_index("ix_exposures_user", "exposures", ["user_id", "ended_at"])
    op.create_table(
        "content_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_reviewer", sa.Boolean(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("content_class", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_content_reports"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_content_reports_project_id"),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_content_reports_by_id"),
    )
    op.create_index("ix_content_reports_project", "content_reports", ["project_id", "id"])


def downgrade() -> None:
    op.drop_table("content_reports")
    op.drop_table("exposures")
    op.drop_table("content_choices")
    op.drop_column("projects", "content_note")
    op.drop_column("projects", "content_classes")
