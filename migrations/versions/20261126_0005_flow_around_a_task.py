"""Stopping half way, questions and their pauses, corrected time, what was read of the reviewers' notes."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_0005"
down_revision = "20261126_0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TIMED = ("drafts", "submissions")


def upgrade() -> None:
    op.add_column("tasks", sa.Column("cleared_at", MOMENT))
    op.add_column("assignments", sa.Column("stopped_on", sa.Date()))
    op.add_column("assignments", sa.Column("paused_at", MOMENT))
    op.add_column("assignments", sa.Column("paused_until", MOMENT))
    op.create_index(
        "uq_assignments_one_stop_a_day", "assignments", ["user_id", "project_id", "stopped_on"], unique=True
    )
    for table in TIMED:
        op.add_column(table, sa.Column("corrected_seconds", sa.Integer()))
        op.add_column(table, sa.Column("correction_note", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "feedback_looks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("looked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_feedback_looks_project_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_feedback_looks_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_looks")),
        sa.UniqueConstraint("user_id", "project_id", name=op.f("uq_feedback_looks_user_id_project_id")),
    )
    op.create_table(
        "guideline_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid()),
        sa.Column("assignment_id", sa.Uuid()),
        sa.Column("clause_number", sa.Integer()),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid()),
        sa.Column("answered_at", MOMENT),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '')", name=op.f("ck_guideline_questions_answered_or_not")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_guideline_questions_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_guideline_questions_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_guideline_questions_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["guideline_versions.id"], name=op.f("fk_guideline_questions_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guideline_questions")),
    )
    op.create_index("ix_guideline_questions_project", "guideline_questions", ["project_id", "id"])
    op.create_index("ix_guideline_questions_asker", "guideline_questions", ["asked_by_id", "created_at"])


def downgrade() -> None:
    op.drop_table("guideline_questions")
    op.drop_table("feedback_looks")
    for table in TIMED:
        op.drop_column(table, "correction_note")
        op.drop_column(table, "corrected_seconds")
    op.drop_index("uq_assignments_one_stop_a_day", table_name="assignments")
    for column in ("paused_until", "paused_at", "stopped_on"):
        op.drop_column("assignments", column)
    op.drop_column("tasks", "cleared_at")
