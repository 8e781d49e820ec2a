"""Rules of who may do a job: companies' rules and blocks, and what the rules ask about the past."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_0009"
down_revision = "20261126_0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
NOW = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    _projects()
    _blocks()
    op.add_column("applications", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("engagements", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_engagements_looked", "engagements", ["project_id", "looked_at"])
    for name in ("gold_count", "gold_right_count"):
        op.add_column("reputations", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "worked_on",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worked_on"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_worked_on_user_id"),
        sa.UniqueConstraint("user_id", "project_id", name="uq_worked_on_user_id_project_id"),
    )


def _projects() -> None:
    text = {"type_": sa.String(), "nullable": False}
    op.add_column("projects", sa.Column("language_level", server_default=sa.text("'C1'"), **text))
    op.add_column("projects", sa.Column("excluded_countries", server_default=sa.text("''"), **text))
    op.add_column("projects", sa.Column("rules", JSON, nullable=False, server_default=sa.text("'{}'")))
    op.add_column("projects", sa.Column("rules_key", server_default=sa.text("''"), **text))
    with op.batch_alter_table("projects") as table:
        table.add_column(sa.Column("quota", sa.Integer(), nullable=True))
        table.create_check_constraint("ck_projects_quota", "quota IS NULL OR quota > 0")
    op.create_index("ix_projects_rules", "projects", ["state", "rules_key"])


def _blocks() -> None:
    op.create_table(
        "company_blocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_company_blocks"),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_company_blocks_company_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_company_blocks_user_id"),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_company_blocks_by_id"),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["users.id"], name="fk_company_blocks_lifted_by_id"),
    )
    op.create_index(
        "uq_company_blocks_now",
        "company_blocks",
        ["company_id", "user_id"],
        unique=True,
        sqlite_where=NOW,
        postgresql_where=NOW,
    )
    op.create_index("ix_company_blocks_user", "company_blocks", ["user_id"])


def downgrade() -> None:
    op.drop_table("worked_on")
    for name in ("gold_count", "gold_right_count"):
        op.drop_column("reputations", name)
    op.drop_index("ix_engagements_looked", "engagements")
    op.drop_column("engagements", "looked_at")
    op.drop_column("applications", "closed_at")
    op.drop_table("company_blocks")
    op.drop_index("ix_projects_rules", "projects")
    with op.batch_alter_table("projects") as table:
        table.drop_constraint("ck_projects_quota", type_="check")
        table.drop_column("quota")
    for name in ("rules_key", "rules", "excluded_countries", "language_level"):
        op.drop_column("projects", name)
