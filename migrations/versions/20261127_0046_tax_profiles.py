"""What experts sign for the tax offices: one row for each signature, the number sealed."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0046"
down_revision = "20261127_0044"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = ("w9", "w8ben")
CLASSES = ("individual", "sole_proprietor", "company", "partnership")


def upgrade() -> None:
    op.create_table(
        "tax_profiles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum("taxkind", KINDS), nullable=False),
        sa.Column("classification", _enum("classification", CLASSES), nullable=False),
        sa.Column("legal_name", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("postal_code", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("number_sealed", sa.String(), nullable=True),
        sa.Column("number_tail", sa.String(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("signed_as", sa.String(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tax_profiles"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_tax_profiles_user_id"),
        sa.CheckConstraint("kind <> 'w9' OR number_sealed IS NOT NULL", name=op.f("ck_tax_profiles_number")),
        sa.CheckConstraint("length(number_tail) <= 4", name=op.f("ck_tax_profiles_tail")),
    )
    op.create_index("ix_tax_profiles_user", "tax_profiles", ["user_id", "id"])


def downgrade() -> None:
    op.drop_table("tax_profiles")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
