"""Payouts on request and by bank file: bank details, holds with an end, money sent back, proofs of the person."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0043"
down_revision = "20261127_0042"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("sign_ins", sa.Column("proved_at", MOMENT, nullable=True))
    op.add_column("payout_accounts", sa.Column("sealed", sa.String(), nullable=True))
    op.add_column(
        "payout_runs", sa.Column("on_request", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("payouts", sa.Column("held_until", MOMENT, nullable=True))
    op.add_column("payouts", sa.Column("returned_at", MOMENT, nullable=True))
    op.create_table(
        "bank_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("came_back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name="fk_bank_lines_payout_id"),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_bank_lines_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bank_lines"),
        sa.UniqueConstraint("payout_id", "came_back", name="uq_bank_lines_payout_id_came_back"),
        sa.UniqueConstraint("line", name="uq_bank_lines_line"),
    )


def downgrade() -> None:
    op.drop_table("bank_lines")
    for table, column in (
        ("payouts", "returned_at"),
        ("payouts", "held_until"),
        ("payout_runs", "on_request"),
        ("payout_accounts", "sealed"),
        ("sign_ins", "proved_at"),
    ):
        op.drop_column(table, column)
