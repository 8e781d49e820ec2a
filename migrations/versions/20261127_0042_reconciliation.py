"""What the payment service says of our money, comparisons and their differences, rules found broken."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_0042"
down_revision = "20261127_0041"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("asked", "running", "done", "failed")
KINDS = ("amount_differs", "only_there", "only_ours", "transfer_unknown", "balance_differs")
COUNTS = ("line_count", "booked_count", "matched_count", "waiting_count", "difference_count")
OPEN, STANDS = sa.text("resolved_at IS NULL"), sa.text("mended_at IS NULL")
TABLES = (
    "broken_rules",
    "books_checks",
    "reconciliation_differences",
    "reconciliations",
    "stripe_balance_transactions",
)


def upgrade() -> None:
    _lines()
    _reconciliations()
    _differences()
    _rules()


def _lines() -> None:
    op.create_table(
        "stripe_balance_transactions",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("reporting_category", sa.String(60), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("source_id", sa.String(80), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("destination", sa.String(80), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("available_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stripe_balance_transactions"),
    )
    op.create_index("ix_stripe_balance_transactions_source", "stripe_balance_transactions", ["source_id"])
    op.create_index("ix_stripe_balance_transactions_group", "stripe_balance_transactions", ["group_id"])
    op.create_index("ix_stripe_balance_transactions_type", "stripe_balance_transactions", ["type", "id"])


def _reconciliations() -> None:
    op.create_table(
        "reconciliations",
        *_record(),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("state", _enum("reconciliationstate", STATES), nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("read_until", MOMENT, nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("balances", _json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliations"),
        _points("reconciliations", "by_id", "users"),
    )
    op.create_index("ix_reconciliations_state", "reconciliations", ["state", "read_until"])


def _differences() -> None:
    name = "reconciliation_differences"
    op.create_table(
        name,
        *_record(),
        sa.Column("kind", _enum("differencekind", KINDS), nullable=False),
        sa.Column("object_id", sa.String(200), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("there_minor", sa.BigInteger(), nullable=True),
        sa.Column("ours_minor", sa.BigInteger(), nullable=True),
        sa.Column("found_in_id", sa.Uuid(), nullable=False),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("resolved_in_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        _points(name, "found_in_id", "reconciliations"),
        _points(name, "resolved_in_id", "reconciliations"),
    )
    op.create_index(
        f"uq_{name}_open",
        name,
        ["kind", "object_id", "currency"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(f"ix_{name}_found_in", name, ["found_in_id"])


def _rules() -> None:
    op.create_table(
        "books_checks",
        *_record(),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("broken_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_books_checks"),
    )
    op.create_index("ix_books_checks_created", "books_checks", ["created_at"])
    op.create_table(
        "broken_rules",
        *_record(),
        sa.Column("rule", sa.String(8), nullable=False),
        sa.Column("lines", _json(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("mended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_broken_rules"),
    )
    op.create_index(
        "uq_broken_rules_standing",
        "broken_rules",
        ["rule"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)


def _record() -> list[sa.Column]:
    return [sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", MOMENT, nullable=False)]


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _json() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
