"""Payouts are found by the reference of a statement's line, runs by who asked for them."""

from alembic import op

revision = "20261127_0048"
down_revision = "20261127_0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_payouts_provider_key", "payouts", ["provider_key"])
    op.create_index("ix_payout_runs_prepared_by", "payout_runs", ["prepared_by_id", "on_request", "id"])


def downgrade() -> None:
    op.drop_index("ix_payout_runs_prepared_by", "payout_runs")
    op.drop_index("ix_payouts_provider_key", "payouts")
