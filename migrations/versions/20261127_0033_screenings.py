"""Paid screenings: plans and versions, who takes them, answers, marks, appeals, scores and certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_0033"
down_revision = "20261127_0032"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "screening_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("specialty", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(project_id IS NULL) <> (specialty IS NULL)", name="ck_screening_plans_project_or_specialty"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_screening_plans_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_screening_plans"),
        sa.UniqueConstraint("project_id", name="uq_screening_plans_project_id"),
        sa.UniqueConstraint("specialty", name="uq_screening_plans_specialty"),
    )
    op.create_table(
        "screening_requirements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["screening_plans.id"], name="fk_screening_requirements_plan_id"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_screening_requirements_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_screening_requirements"),
        sa.UniqueConstraint("project_id", name="uq_screening_requirements_project_id"),
    )
    op.create_index("ix_screening_requirements_plan", "screening_requirements", ["plan_id"], unique=False)
    op.create_table(
        "screening_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pass_mark_bps", sa.Integer(), nullable=False),
        sa.Column("limit_minutes", sa.Integer(), nullable=False),
        sa.Column("pay_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("cool_down_days", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("limit_minutes BETWEEN 1 AND 480", name="ck_screening_versions_limit_minutes"),
        sa.CheckConstraint("pass_mark_bps BETWEEN 1 AND 10000", name="ck_screening_versions_pass_mark"),
        sa.CheckConstraint("pay_minor > 0", name="ck_screening_versions_pay"),
        sa.CheckConstraint(
            "tries > 0 AND cool_down_days >= 0 AND valid_months > 0", name="ck_screening_versions_again"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["screening_plans.id"], name="fk_screening_versions_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_screening_versions"),
        sa.UniqueConstraint("plan_id", "number", name="uq_screening_versions_plan_id_number"),
    )
    op.create_index(
        "uq_screening_versions_draft",
        "screening_versions",
        ["plan_id"],
        unique=True,
        sqlite_where=sa.text("published_at IS NULL"),
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "screening_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("task_type", sa.String(), nullable=False),
        sa.Column("type_version", sa.Integer(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("is_keyed", sa.Boolean(), nullable=False),
        sa.Column("gold", JSON, nullable=False),
        sa.Column("passing_bps", sa.Integer(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("rubric", sa.String(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("is_keyed OR rubric <> ''", name="ck_screening_items_somebody_marks"),
        sa.CheckConstraint("passing_bps BETWEEN 1 AND 10000", name="ck_screening_items_passing"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["screening_versions.id"], name="fk_screening_items_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_screening_items"),
        sa.UniqueConstraint("version_id", "position", name="uq_screening_items_version_id_position"),
    )
    op.create_table(
        "screenings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("pay_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("review_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("display_seed", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "started",
                "grading",
                "passed",
                "failed",
                "refused",
                "unpaid",
                "released",
                name="screeningstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_deadline", sa.Boolean(), nullable=False),
        sa.Column("score_bps", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(due_at IS NULL) = (ended_at IS NOT NULL)", name="ck_screenings_ends"),
        sa.CheckConstraint(
            "pay_minor > 0 AND fee_minor >= 0 AND review_fee_minor >= 0", name="ck_screenings_amounts"
        ),
        sa.CheckConstraint("score_bps IS NULL OR score_bps BETWEEN 0 AND 10000", name="ck_screenings_score"),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name="fk_screenings_application_id"),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name="fk_screenings_expert_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_screenings_project_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_screenings_user_id"),
        sa.ForeignKeyConstraint(["version_id"], ["screening_versions.id"], name="fk_screenings_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_screenings"),
        sa.UniqueConstraint("application_id", name="uq_screenings_application_id"),
    )
    op.create_index(
        "ix_screenings_due",
        "screenings",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_screenings_project", "screenings", ["project_id", "state"], unique=False)
    op.create_index("ix_screenings_user", "screenings", ["user_id", "id"], unique=False)
    op.create_index("ix_screenings_version", "screenings", ["version_id", "state"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("specialty", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(), nullable=False),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_reason = '')", name="ck_certificates_revoked_with_a_reason"
        ),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["users.id"], name="fk_certificates_revoked_by_id"),
        sa.ForeignKeyConstraint(["screening_id"], ["screenings.id"], name="fk_certificates_screening_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_certificates_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_certificates"),
        sa.UniqueConstraint("code", name="uq_certificates_code"),
        sa.UniqueConstraint("screening_id", name="uq_certificates_screening_id"),
    )
    op.create_index("ix_certificates_user", "certificates", ["user_id", "id"], unique=False)
    op.create_table(
        "screening_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["screening_items.id"], name="fk_screening_answers_item_id"),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screenings.id"], name="fk_screening_answers_screening_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_screening_answers"),
        sa.UniqueConstraint("screening_id", "item_id", name="uq_screening_answers_screening_id_item_id"),
    )
    op.create_table(
        "screening_appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "decided",
                "withdrawn",
                name="appealstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_won", sa.Boolean(), nullable=True),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'decided') = (is_won IS NOT NULL)", name="ck_screening_appeals_decided"),
        sa.CheckConstraint("decided_by_id IS NULL OR reasons <> ''", name="ck_screening_appeals_said_why"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name="fk_screening_appeals_decided_by_id"),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screenings.id"], name="fk_screening_appeals_screening_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_screening_appeals"),
        sa.UniqueConstraint("screening_id", name="uq_screening_appeals_screening_id"),
    )
    op.create_index("ix_screening_appeals_state", "screening_appeals", ["state", "id"], unique=False)
    op.create_table(
        "screening_draws",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["screening_id"], ["screenings.id"], name="fk_screening_draws_screening_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_screening_draws_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_screening_draws"),
        sa.UniqueConstraint("screening_id", name="uq_screening_draws_screening_id"),
        sa.UniqueConstraint("user_id", name="uq_screening_draws_user_id"),
    )
    op.create_table(
        "screening_gradings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("no_effort", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("NOT no_effort OR note <> ''", name="ck_screening_gradings_said_why"),
        sa.CheckConstraint("number IN (1, 2)", name="ck_screening_gradings_two_people"),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_screening_gradings_by_id"),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screenings.id"], name="fk_screening_gradings_screening_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_screening_gradings"),
        sa.UniqueConstraint("screening_id", "by_id", name="uq_screening_gradings_screening_id_by_id"),
        sa.UniqueConstraint("screening_id", "number", name="uq_screening_gradings_screening_id_number"),
    )
    op.create_index("ix_screening_gradings_by", "screening_gradings", ["by_id", "id"], unique=False)
    op.create_table(
        "screening_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("is_met", sa.Boolean(), nullable=False),
        sa.Column("score_bps", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("by_id IS NULL OR sentence <> ''", name="ck_screening_marks_said_why"),
        sa.CheckConstraint("score_bps BETWEEN 0 AND 10000", name="ck_screening_marks_score"),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_screening_marks_by_id"),
        sa.ForeignKeyConstraint(["item_id"], ["screening_items.id"], name="fk_screening_marks_item_id"),
        sa.ForeignKeyConstraint(["screening_id"], ["screenings.id"], name="fk_screening_marks_screening_id"),
        sa.PrimaryKeyConstraint("id", name="pk_screening_marks"),
        sa.UniqueConstraint("screening_id", "item_id", name="uq_screening_marks_screening_id_item_id"),
    )
    op.create_table(
        "screening_scores",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("specialty", sa.String(), nullable=False),
        sa.Column("score_bps", sa.Integer(), nullable=False),
        sa.Column("has_passed", sa.Boolean(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("has_passed = (valid_until IS NOT NULL)", name="ck_screening_scores_valid"),
        sa.CheckConstraint("score_bps BETWEEN 0 AND 10000", name="ck_screening_scores_score"),
        sa.ForeignKeyConstraint(["plan_id"], ["screening_plans.id"], name="fk_screening_scores_plan_id"),
        sa.ForeignKeyConstraint(["screening_id"], ["screenings.id"], name="fk_screening_scores_screening_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_screening_scores_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_screening_scores"),
        sa.UniqueConstraint("screening_id", name="uq_screening_scores_screening_id"),
    )
    op.create_index(
        "ix_screening_scores_user", "screening_scores", ["user_id", "plan_id", "taken_at"], unique=False
    )
    op.create_table(
        "screening_step_asides",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screenings.id"], name="fk_screening_step_asides_screening_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_screening_step_asides_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_screening_step_asides"),
        sa.UniqueConstraint("screening_id", "user_id", name="uq_screening_step_asides_screening_id_user_id"),
    )
    op.create_table(
        "screening_answer_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["screening_answers.id"], name="fk_screening_answer_revisions_answer_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_screening_answer_revisions"),
        sa.UniqueConstraint("answer_id", "rev", name="uq_screening_answer_revisions_answer_id_rev"),
    )


def downgrade() -> None:
    op.drop_table("screening_answer_revisions")
    op.drop_table("screening_step_asides")
    op.drop_table("screening_scores")
    op.drop_table("screening_marks")
    op.drop_table("screening_gradings")
    op.drop_table("screening_draws")
    op.drop_table("screening_appeals")
    op.drop_table("screening_answers")
    op.drop_table("certificates")
    op.drop_table("screenings")
    op.drop_table("screening_items")
    op.drop_table("screening_versions")
    op.drop_table("screening_requirements")
    op.drop_table("screening_plans")
