"""Payouts that were our own mistake, taken back: proposals, the calls that tried them, and the looks between."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0055"
down_revision = "20261127_0053"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("proposed", "approved", "sent", "done", "failed", "refused", "withdrawn", "lapsed")
ENDS = ("open", "accepted", "refused", "not_now", "unknown")
STANDING = sa.text("state IN ('proposed', 'approved', 'sent', 'done')")
RULES = {
    "amount": "amount_minor > 0",
    "reason": "length(reason) >= 20",
    "two_people": "decided_by_id <> by_id",
    "decided": "state IN ('proposed', 'withdrawn', 'lapsed') OR decided_by_id IS NOT NULL",
    "refused_why": "state <> 'refused' OR length(answer) >= 20",
    "proof": "(state = 'done') = (external_id IS NOT NULL)",
}


def upgrade() -> None:
    op.create_table(
        "payout_reversals",
        *_record(),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", _enum("reversalstate", STATES), nullable=False),
        sa.Column("lapses_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("alarm", sa.String(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_payout_reversals"),
        _points("payout_reversals", "payout_id", "payouts"),
        _points("payout_reversals", "by_id", "users"),
        _points("payout_reversals", "decided_by_id", "users"),
        sa.UniqueConstraint("external_id", name="uq_payout_reversals_external_id"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_payout_reversals_{name}")) for name, rule in RULES.items()),
    )
    op.create_index(
        "uq_payout_reversals_standing",
        "payout_reversals",
        ["payout_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_index("ix_payout_reversals_state", "payout_reversals", ["state", "id"])
    _calls()


def _calls() -> None:
    op.create_table(
        "payout_reversal_attempts",
        *_record(),
        sa.Column("reversal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("outcome", _enum("attemptoutcome", ENDS), nullable=False),
        sa.Column("replayed", sa.Boolean(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_payout_reversal_attempts"),
        _points("payout_reversal_attempts", "reversal_id", "payout_reversals"),
        sa.UniqueConstraint("reversal_id", "number", name="uq_payout_reversal_attempts_reversal_id_number"),
    )
    op.create_table(
        "payout_reversal_searches",
        *_record(),
        sa.Column("reversal_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("found_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payout_reversal_searches"),
        _points("payout_reversal_searches", "reversal_id", "payout_reversals"),
    )
    op.create_index("ix_payout_reversal_searches_reversal", "payout_reversal_searches", ["reversal_id", "at"])


def downgrade() -> None:
    for name in ("payout_reversal_searches", "payout_reversal_attempts", "payout_reversals"):
        op.drop_table(name)


def _record() -> list[sa.Column]:
    return [sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", MOMENT, nullable=False)]


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
