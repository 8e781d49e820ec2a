"""Company money going back: refunds, the calls that send them, and the looks between two calls."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0041"
down_revision = "20261127_0040"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("asked", "approved", "sent", "paid", "arrived", "failed", "returned", "declined", "cancelled")
ENDS = ("open", "accepted", "refused", "not_now", "unknown")


def upgrade() -> None:
    op.create_table(
        "refunds",
        *_record(),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", _enum("refundstate", STATES), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("alarm", sa.String(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_refunds"),
        _points("refunds", "company_id", "companies"),
        _points("refunds", "deposit_id", "deposits"),
        _points("refunds", "by_id", "users"),
        _points("refunds", "approved_by_id", "users"),
        sa.UniqueConstraint("form_key", "deposit_id", name="uq_refunds_form_key_deposit_id"),
        sa.UniqueConstraint("external_id", name="uq_refunds_external_id"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount")),
        sa.CheckConstraint("approved_by_id <> by_id", name=op.f("ck_refunds_two_people")),
        sa.CheckConstraint(
            "state NOT IN ('paid', 'arrived', 'returned') OR external_id IS NOT NULL",
            name=op.f("ck_refunds_proof"),
        ),
    )
    op.create_index("ix_refunds_company", "refunds", ["company_id", "id"])
    op.create_index("ix_refunds_deposit", "refunds", ["deposit_id"])
    op.create_index("ix_refunds_state", "refunds", ["state", "id"])
    _calls()


def _calls() -> None:
    op.create_table(
        "refund_attempts",
        *_record(),
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("outcome", _enum("attemptoutcome", ENDS), nullable=False),
        sa.Column("replayed", sa.Boolean(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_refund_attempts"),
        _points("refund_attempts", "refund_id", "refunds"),
        sa.UniqueConstraint("refund_id", "number", name="uq_refund_attempts_refund_id_number"),
    )
    op.create_table(
        "refund_searches",
        *_record(),
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("found_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refund_searches"),
        _points("refund_searches", "refund_id", "refunds"),
    )
    op.create_index("ix_refund_searches_refund", "refund_searches", ["refund_id", "at"])


def downgrade() -> None:
    for name in ("refund_searches", "refund_attempts", "refunds"):
        op.drop_table(name)


def _record() -> list[sa.Column]:
    return [sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", MOMENT, nullable=False)]


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
