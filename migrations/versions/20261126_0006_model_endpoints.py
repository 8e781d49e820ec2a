"""The model that experts of a project talk to; its key is sealed."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0006"
down_revision = "20261126_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("sealed_key", sa.String(), nullable=False),
        sa.Column("replies_a_day", sa.Integer(), nullable=False),
        sa.Column("system_prompt", sa.String(), nullable=False),
        sa.Column("updated_by_id", sa.Uuid(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("test_passed", sa.Boolean(), nullable=False),
        sa.Column("test_said", sa.String(), nullable=False),
        sa.CheckConstraint("replies_a_day BETWEEN 1 AND 2000", name=op.f("ck_model_endpoints_replies")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_model_endpoints_project_id")),
        sa.ForeignKeyConstraint(["updated_by_id"], ["users.id"], name=op.f("fk_model_endpoints_updated_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_endpoints")),
        sa.UniqueConstraint("project_id", name=op.f("uq_model_endpoints_project_id")),
    )


def downgrade() -> None:
    op.drop_table("model_endpoints")
