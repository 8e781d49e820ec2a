"""Saved searches remember which jobs they told of, instead of only when."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0040"
down_revision = "20261127_0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told_projects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_projects")),
        sa.ForeignKeyConstraint(
            ["search_id"], ["saved_searches.id"], name=op.f("fk_told_projects_search_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_told_projects_project_id")),
        sa.UniqueConstraint("search_id", "project_id", name=op.f("uq_told_projects_search_id_project_id")),
    )


def downgrade() -> None:
    op.drop_table("told_projects")
