"""Company money in: invoices, transfers written down by hand, alerts of low funds, what the worker gave up on."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0044"
down_revision = "20261127_0045"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DEAD = sa.text("state = 'dead'")


def upgrade() -> None:
    op.create_table(
        "billing_customers",
        *_record(),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_billing_customers"),
        _points("billing_customers", "company_id", "companies"),
        sa.UniqueConstraint("company_id", name="uq_billing_customers_company_id"),
        sa.UniqueConstraint("external_id", name="uq_billing_customers_external_id"),
    )
    op.create_table(
        "deposit_invoices",
        *_record(),
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        *(sa.Column(name, MOMENT, nullable=True) for name in ("due_at", "voided_at", "bounced_at", "overdue_at")),
        sa.PrimaryKeyConstraint("id", name="pk_deposit_invoices"),
        _points("deposit_invoices", "deposit_id", "deposits"),
        sa.UniqueConstraint("deposit_id", name="uq_deposit_invoices_deposit_id"),
        sa.UniqueConstraint("external_id", name="uq_deposit_invoices_external_id"),
    )
    op.create_table(
        "funds_alerts",
        *_record(),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_funds_alerts"),
        sa.UniqueConstraint("owner_id", name="uq_funds_alerts_owner_id"),
    )
    _recorded()
    op.create_index(
        "ix_outbox_messages_dead", "outbox_messages", ["id"], sqlite_where=DEAD, postgresql_where=DEAD
    )


def _recorded() -> None:
    states = sa.Enum(
        "prepared",
        "confirmed",
        "dropped",
        name="recordedstate",
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    op.create_table(
        "recorded_deposits",
        *_record(),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recorded_deposits"),
        _points("recorded_deposits", "company_id", "companies"),
        _points("recorded_deposits", "by_id", "users"),
        _points("recorded_deposits", "decided_by_id", "users"),
        sa.UniqueConstraint("bank_reference", name="uq_recorded_deposits_bank_reference"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_recorded_deposits_amount")),
        sa.CheckConstraint(
            "decided_by_id <> by_id OR state = 'dropped'", name=op.f("ck_recorded_deposits_two_people")
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR decided_by_id IS NOT NULL", name=op.f("ck_recorded_deposits_confirmed")
        ),
    )
    op.create_index("ix_recorded_deposits_state", "recorded_deposits", ["state", "id"])


def downgrade() -> None:
    op.drop_index("ix_outbox_messages_dead", "outbox_messages")
    for name in ("recorded_deposits", "funds_alerts", "deposit_invoices", "billing_customers"):
        op.drop_table(name)


def _record() -> list[sa.Column]:
    return [sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", MOMENT, nullable=False)]


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")
