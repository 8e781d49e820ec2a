"""Conversations with a model; what was said stays as it was said."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0008"
down_revision = "20261126_0007"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
SQLITE = """
CREATE TRIGGER conversation_turns_said BEFORE UPDATE OF number, parent, role, run, text, state ON conversation_turns
WHEN OLD.state IN ('whole', 'stopped')
BEGIN SELECT RAISE(ABORT, 'what was said stays as it was said'); END
"""
POSTGRESQL = [
    """
CREATE FUNCTION conversation_turns_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'what was said stays as it was said'; END $$
""",
    """
CREATE TRIGGER conversation_turns_said
BEFORE UPDATE OF number, parent, role, run, text, state ON conversation_turns
FOR EACH ROW WHEN (OLD.state IN ('whole', 'stopped')) EXECUTE FUNCTION conversation_turns_said()
""",
]


def upgrade() -> None:
    op.create_table(
        "conversation_turns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum("user", "assistant", name="turnrole", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "whole",
                "stopped",
                "failed",
                name="turnstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "number > 0 AND run > 0 AND (parent IS NULL OR parent < number)",
            name=op.f("ck_conversation_turns_order"),
        ),
        sa.CheckConstraint(
            "role = 'assistant' OR (state = 'whole' AND run = 1)", name=op.f("ck_conversation_turns_said")
        ),
        sa.CheckConstraint(
            "role = 'user' OR parent IS NOT NULL", name=op.f("ck_conversation_turns_answers")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignments.id"],
            name=op.f("fk_conversation_turns_assignment_id_assignments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_turns")),
        sa.UniqueConstraint(
            "assignment_id", "number", name=op.f("uq_conversation_turns_assignment_id_number")
        ),
    )
    op.create_index(
        "uq_conversation_turns_one_waiting",
        "conversation_turns",
        ["assignment_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    for statement in [SQLITE] if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("conversation_turns")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION conversation_turns_said()")
