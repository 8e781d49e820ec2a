"""Experts may have the withdrawal of a credential looked at by a third person."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0037"
down_revision = "20261127_0036"
branch_labels = None
depends_on = None
TABLE = "revocation_appeals"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revocation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("restored", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["revocation_id"], ["revocations.id"], name=op.f("fk_revocation_appeals_revocation_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_revocation_appeals_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocation_appeals")),
        sa.UniqueConstraint("revocation_id", name=op.f("uq_revocation_appeals_revocation_id")),
    )
    where = sa.text("decided_at IS NULL")
    op.create_index(
        "ix_revocation_appeals_open", TABLE, ["at", "id"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_table(TABLE)
