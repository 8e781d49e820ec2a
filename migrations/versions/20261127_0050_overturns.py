"""Final rejections found wrong later: what one person proposes and another decides."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0050"
down_revision = "20261127_0048"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("proposed", "approved", "refused", "withdrawn", "lapsed")
LINE_STATES = ("waiting", "paid", "paid_by_house", "dropped")
KEPT = sa.text("state <> 'dropped'")


def upgrade() -> None:
    op.create_table(
        "overturns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", _enum("proposalstate", STATES), nullable=False),
        sa.Column("lapses_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_overturns"),
        _points("overturns", "project_id", "projects"),
        _points("overturns", "by_id", "users"),
        _points("overturns", "decided_by_id", "users"),
        *_rules(),
    )
    op.create_index("ix_overturns_state", "overturns", ["state", "lapses_at"])
    op.create_table(
        "overturn_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("overturn_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("state", _enum("linestate", LINE_STATES), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_overturn_lines"),
        _points("overturn_lines", "overturn_id", "overturns"),
        _points("overturn_lines", "submission_id", "submissions"),
    )
    op.create_index("ix_overturn_lines_overturn", "overturn_lines", ["overturn_id", "submission_id"])
    op.create_index(
        "uq_overturn_lines_submission",
        "overturn_lines",
        ["submission_id"],
        unique=True,
        sqlite_where=KEPT,
        postgresql_where=KEPT,
    )


def downgrade() -> None:
    op.drop_table("overturn_lines")
    op.drop_table("overturns")


def _rules() -> list[sa.CheckConstraint]:
    decided = "state NOT IN ('approved', 'refused') OR (decided_by_id IS NOT NULL AND decided_at IS NOT NULL)"
    rules = {
        "two_people": "decided_by_id <> by_id",
        "reason": "length(reason) >= 20",
        "decided": decided,
        "refused_with_reason": "state <> 'refused' OR length(answer) >= 20",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_overturns_{name}")) for name, rule in rules.items()]


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
