"""What companies withdrew and why; triggers keep it as it was written."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0052"
down_revision = "20261127_0054"
branch_labels = None
depends_on = None

SQLITE = [
    """CREATE TRIGGER withdrawals_no_update BEFORE UPDATE ON withdrawals
    BEGIN SELECT RAISE(ABORT, 'withdrawals is append-only'); END""",
    """CREATE TRIGGER withdrawals_no_delete BEFORE DELETE ON withdrawals
    BEGIN SELECT RAISE(ABORT, 'withdrawals is append-only'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION withdrawals_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'withdrawals is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER withdrawals_append_only BEFORE UPDATE OR DELETE ON withdrawals
    FOR EACH ROW EXECUTE FUNCTION withdrawals_refuse()""",
    """CREATE TRIGGER withdrawals_no_truncate BEFORE TRUNCATE ON withdrawals
    FOR EACH STATEMENT EXECUTE FUNCTION withdrawals_refuse()""",
]


def upgrade() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("task_count", sa.Integer(), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("about_minor", sa.BigInteger(), nullable=False),
        sa.Column("most_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_withdrawals"),
        _points("project_id", "projects"),
        _points("batch_id", "batches"),
        _points("task_id", "tasks"),
        _points("by_id", "users"),
        _check("one_scope", "batch_id IS NULL OR task_id IS NULL"),
        _check("counts", "task_count >= 0 AND people_count >= 0"),
        _check("amounts", "about_minor >= 0 AND about_minor <= most_minor"),
    )
    op.create_index("ix_withdrawals_project", "withdrawals", ["project_id", "id"])
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("withdrawals")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION withdrawals_refuse()")


def _points(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_withdrawals_{column}")


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_withdrawals_{name}"))
