"""Money moved by hand: proposals of one person that another decides, and earnings that wait for one."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0047"
down_revision = "20261127_0046"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = ("correction", "goodwill", "clawback")
STATES = ("proposed", "approved", "refused", "withdrawn", "lapsed")
OPEN = sa.text("state = 'proposed' AND earning_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "money_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        *_move(),
        *_decision(),
        *_fraud(),
        sa.PrimaryKeyConstraint("id", name="pk_money_proposals"),
        _points("by_id", "users"),
        _points("decided_by_id", "users"),
        _points("earning_id", "earnings"),
        *_rules(),
    )
    op.create_index("ix_money_proposals_state", "money_proposals", ["state", "lapses_at"])
    op.create_index(
        "uq_money_proposals_earning",
        "money_proposals",
        ["earning_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.add_column("earnings", sa.Column("case_id", sa.Uuid(), nullable=True))


def _move() -> list[sa.Column]:
    return [
        sa.Column("kind", _enum("proposalkind", KINDS), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("debit_kind", sa.String(), nullable=False),
        sa.Column("debit_owner_id", sa.Uuid(), nullable=False),
        sa.Column("credit_kind", sa.String(), nullable=False),
        sa.Column("credit_owner_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
    ]


def _decision() -> list[sa.Column]:
    return [
        sa.Column("state", _enum("proposalstate", STATES), nullable=False),
        sa.Column("lapses_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
    ]


def _fraud() -> list[sa.Column]:
    return [
        sa.Column("earning_id", sa.Uuid(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("answer_until", MOMENT, nullable=True),
        sa.Column("expert_answer", sa.String(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
    ]


def _rules() -> list[sa.CheckConstraint]:
    decided = "state NOT IN ('approved', 'refused') OR (decided_by_id IS NOT NULL AND decided_at IS NOT NULL)"
    fraud = (
        "kind <> 'clawback' OR (earning_id IS NOT NULL AND length(evidence) >= 50 AND answer_until IS NOT NULL)"
    )
    rules = {
        "amount": "amount_minor > 0",
        "two_people": "decided_by_id <> by_id",
        "reason": "length(reason) >= 20",
        "decided": decided,
        "refused_why": "state <> 'refused' OR length(answer) >= 20",
        "clawback_has_evidence": fraud,
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_money_proposals_{name}")) for name, rule in rules.items()]


def downgrade() -> None:
    op.drop_column("earnings", "case_id")
    op.drop_table("money_proposals")


def _points(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_money_proposals_{column}")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
