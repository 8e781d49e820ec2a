"""Backup withholding: who is on it, what a payout withheld, what was handed to the authority."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0056"
down_revision = "20261127_0052"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("proposed", "active", "lifted", "refused", "withdrawn", "lapsed")
HANDED = ("prepared", "confirmed", "dropped")
STANDING = sa.text("state IN ('proposed', 'active')")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE payouts ADD COLUMN withheld_minor BIGINT DEFAULT 0 NOT NULL"
        " CONSTRAINT ck_payouts_withheld CHECK (withheld_minor >= 0)"
    )
    _people()
    _remittances()


def _people() -> None:
    op.create_table(
        "withholdings",
        *_record(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("letter_on", sa.Date(), nullable=False),
        sa.Column("state", _enum("withholdingstate", STATES), nullable=False),
        *_decided(),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_withholdings"),
        *(_points("withholdings", column, "users") for column in ("user_id", "by_id", "decided_by_id")),
        *_rules(
            "withholdings",
            {
                "reason": "length(reason) >= 20",
                "two_people": "decided_by_id <> by_id",
                "decided": "state NOT IN ('active', 'lifted', 'refused') OR decided_by_id IS NOT NULL",
                "why": "state NOT IN ('refused', 'lifted') OR length(answer) >= 20",
            },
        ),
    )
    op.create_index(
        "uq_withholdings_standing",
        "withholdings",
        ["user_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_index("ix_withholdings_state", "withholdings", ["state", "id"])


def _remittances() -> None:
    op.create_table(
        "tax_remittances",
        *_record(),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("state", _enum("remittancestate", HANDED), nullable=False),
        *_decided(),
        sa.PrimaryKeyConstraint("id", name="pk_tax_remittances"),
        *(_points("tax_remittances", column, "users") for column in ("by_id", "decided_by_id")),
        sa.UniqueConstraint("bank_reference", name="uq_tax_remittances_bank_reference"),
        *_rules(
            "tax_remittances",
            {
                "amount": "amount_minor > 0",
                "two_people": "decided_by_id <> by_id OR state = 'dropped'",
                "confirmed": "state <> 'confirmed' OR decided_by_id IS NOT NULL",
            },
        ),
    )
    op.create_index("ix_tax_remittances_state", "tax_remittances", ["state", "id"])
    op.create_table(
        "tax_remittance_lines",
        *_record(),
        sa.Column("remittance_id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tax_remittance_lines"),
        _points("tax_remittance_lines", "remittance_id", "tax_remittances"),
        _points("tax_remittance_lines", "payout_id", "payouts"),
        sa.UniqueConstraint("payout_id", name="uq_tax_remittance_lines_payout_id"),
    )
    op.create_index("ix_tax_remittance_lines_remittance", "tax_remittance_lines", ["remittance_id"])


def downgrade() -> None:
    for name in ("tax_remittance_lines", "tax_remittances", "withholdings"):
        op.drop_table(name)
    op.drop_column("payouts", "withheld_minor")


def _record() -> list[sa.Column]:
    return [sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", MOMENT, nullable=False)]


def _decided() -> list[sa.Column]:
    return [
        sa.Column("lapses_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
    ]


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _rules(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
