"""Saved jobs, saved searches, and what is counted about companies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_0032"
down_revision = "20261127_0031"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "saved_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_jobs"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_saved_jobs_user_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_saved_jobs_project_id"),
        sa.UniqueConstraint("user_id", "project_id", name="uq_saved_jobs_user_id_project_id"),
    )
    op.create_index("ix_saved_jobs_user", "saved_jobs", ["user_id", "id"])
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("rhythm", sa.String(length=32), nullable=False),
        sa.Column("told_until", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_saved_searches"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_saved_searches_user_id"),
        sa.CheckConstraint("rhythm IN ('never', 'daily', 'weekly')", name="ck_saved_searches_rhythm"),
        sa.CheckConstraint("(rhythm = 'never') = (next_at IS NULL)", name="ck_saved_searches_due"),
    )
    op.create_index("ix_saved_searches_user", "saved_searches", ["user_id", "id"])
    op.create_index("ix_saved_searches_due", "saved_searches", ["next_at"])
    op.create_table(
        "company_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_company_records"),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_company_records_company_id"),
        sa.UniqueConstraint("company_id", name="uq_company_records_company_id"),
    )


def downgrade() -> None:
    op.drop_table("company_records")
    op.drop_table("saved_searches")
    op.drop_table("saved_jobs")
