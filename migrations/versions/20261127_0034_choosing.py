"""Projects that choose by hand, answers to applications, invitations to projects, who wants none."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0034"
down_revision = "20261127_0033"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN, RECEIVED = sa.text("state = 'open'"), sa.text("state = 'received'")


def upgrade() -> None:
    op.add_column("projects", sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "experts", sa.Column("takes_invitations", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("applications", sa.Column("answer_by", MOMENT, nullable=True))
    for name in ("reason_code", "reason"):
        op.add_column("applications", sa.Column(name, sa.String(), nullable=False, server_default=sa.text("''")))
    op.create_index(
        "ix_applications_answers", "applications", ["answer_by"], sqlite_where=RECEIVED, postgresql_where=RECEIVED
    )
    _invitations()
    op.create_table(
        "company_mutes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_company_mutes"),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name="fk_company_mutes_expert_id"),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_company_mutes_company_id"),
        sa.UniqueConstraint("expert_id", "company_id", name="uq_company_mutes_expert_id_company_id"),
    )


def _invitations() -> None:
    op.create_table(
        "project_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "declined",
                "lapsed",
                "project_ended",
                name="askedstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_project_invitations"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_project_invitations_project_id"),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name="fk_project_invitations_expert_id"),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_project_invitations_company_id"),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_project_invitations_by_id"),
        sa.UniqueConstraint("project_id", "expert_id", name="uq_project_invitations_project_id_expert_id"),
    )
    op.create_index("ix_project_invitations_expert", "project_invitations", ["expert_id", "state", "id"])
    op.create_index("ix_project_invitations_company", "project_invitations", ["company_id", "created_at"])
    op.create_index(
        "ix_project_invitations_open",
        "project_invitations",
        ["ends_at"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_table("company_mutes")
    op.drop_table("project_invitations")
    op.drop_index("ix_applications_answers", "applications")
    for name in ("reason", "reason_code", "answer_by"):
        op.drop_column("applications", name)
    op.drop_column("experts", "takes_invitations")
    op.drop_column("projects", "by_hand")
