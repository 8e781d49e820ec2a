"""An earning names the LedgerTransaction that ended its hold; none is made up for those that ended before."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_0058"
down_revision = "20261127_0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("earnings", sa.Column("matured_key", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("earnings", "matured_key")
