"""Bonuses given by hand to one person; triggers keep them as they were given."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0053"
down_revision = "20261127_0051"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SQLITE = [
    f"""CREATE TRIGGER given_bonuses_no_{verb.lower()} BEFORE {verb} ON given_bonuses
    BEGIN SELECT RAISE(ABORT, 'given_bonuses is append-only'); END"""
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    """CREATE TRIGGER given_bonuses_append_only BEFORE UPDATE OR DELETE ON given_bonuses
    FOR EACH ROW EXECUTE FUNCTION bonuses_refuse()""",
    """CREATE TRIGGER given_bonuses_no_truncate BEFORE TRUNCATE ON given_bonuses
    FOR EACH STATEMENT EXECUTE FUNCTION bonuses_refuse()""",
]


def upgrade() -> None:
    op.create_table(
        "given_bonuses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_given_bonuses"),
        _points("project_id", "projects"),
        _points("by_id", "users"),
        _points("user_id", "users"),
        _check("amounts", "amount_minor > 0 AND fee_minor >= 0 AND fee_minor <= amount_minor"),
        _check("reason", "length(reason) BETWEEN 5 AND 500"),
        _check("to_somebody_else", "by_id <> user_id"),
    )
    op.create_index("ix_given_bonuses_project", "given_bonuses", ["project_id", "id"])
    op.create_index("ix_given_bonuses_person", "given_bonuses", ["project_id", "user_id", "created_at"])
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("given_bonuses")


def _points(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_given_bonuses_{column}")


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_given_bonuses_{name}"))
