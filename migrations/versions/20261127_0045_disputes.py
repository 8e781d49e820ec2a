"""Payments that a payer's bank takes back: disputes, and what of them nothing is set aside for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_0045"
down_revision = "20261127_0043"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
STATES = (
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "prevented",
    "needs_response",
    "under_review",
    "won",
    "lost",
)
ANSWERS = ("evidence", "accept")


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        *_told(),
        *_books(),
        *_answer(),
        sa.Column("alarm", sa.String(), nullable=True),
        sa.Column("alarm_cleared", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_disputes"),
        _points("company_id", "companies"),
        _points("deposit_id", "deposits"),
        _points("answered_by_id", "users"),
        sa.UniqueConstraint("external_id", name="uq_disputes_external_id"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_disputes_amount")),
        sa.CheckConstraint("held_minor >= 0 AND held_minor <= withdrawn_minor", name=op.f("ck_disputes_held")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_minor = 0)", name=op.f("ck_disputes_withdrawn_once")
        ),
        sa.CheckConstraint(
            "answer IS NULL OR (answered_by_id IS NOT NULL AND asked_at IS NOT NULL)",
            name=op.f("ck_disputes_answered_by_somebody"),
        ),
    )
    op.create_index("ix_disputes_company", "disputes", ["company_id", "id"])
    op.create_index("ix_disputes_deposit", "disputes", ["deposit_id"])
    op.create_index("ix_disputes_ended", "disputes", ["ended_at", "id"])
    op.add_column(
        "companies", sa.Column("uncovered_minor", sa.BigInteger(), nullable=False, server_default="0")
    )


def _told() -> list[sa.Column]:
    return [
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("payment_intent_id", sa.String(), nullable=False),
        sa.Column("charge_id", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("state", _enum("disputestate", STATES), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("submission_count", sa.Integer(), nullable=False),
    ]


def _books() -> list[sa.Column]:
    return [
        sa.Column("withdrawn_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("held_minor", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
    ]


def _answer() -> list[sa.Column]:
    return [
        sa.Column("answer", _enum("disputeanswer", ANSWERS), nullable=True),
        sa.Column("answer_number", sa.Integer(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("answer_error", sa.String(), nullable=False),
    ]


def downgrade() -> None:
    op.drop_column("companies", "uncovered_minor")
    op.drop_table("disputes")


def _points(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_disputes_{column}")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
