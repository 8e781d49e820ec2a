"""How many answers each project still wants, kept beside its claims, so that the board need not count tasks."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0039"
down_revision = "20261127_0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("free_count", sa.Integer(), nullable=False),
        sa.Column("staged_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_open_answers_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_answers")),
        sa.UniqueConstraint("project_id", name=op.f("uq_open_answers_project_id")),
    )
    _count()


def downgrade() -> None:
    op.drop_table("open_answers")


def _count() -> None:
    op.execute(
        """
        INSERT INTO open_answers (id, created_at, project_id, free_count, staged_count)
        SELECT projects.id, projects.created_at, projects.id,
          SUM(CASE WHEN tasks.state = 'available' THEN tasks.overlap - tasks.taken_count ELSE 0 END),
          SUM(CASE WHEN tasks.state = 'staged' THEN tasks.overlap - tasks.taken_count ELSE 0 END)
        FROM projects JOIN tasks ON tasks.project_id = projects.id
        GROUP BY projects.id, projects.created_at
        """
    )
