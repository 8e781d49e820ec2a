"""Appeals against rejections; a trigger keeps what was decided or withdrawn as it was."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_0054"
down_revision = "20261127_0055"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATES = ("open", "assigned", "info_requested", "decided", "withdrawn")
WAITS = sa.text("state IN ('open', 'assigned', 'info_requested')")
SQLITE = [
    """CREATE TRIGGER appeals_stay BEFORE UPDATE ON appeals WHEN OLD.state IN ('decided', 'withdrawn')
    BEGIN SELECT RAISE(ABORT, 'an appeal that is over stays as it is'); END""",
    """CREATE TRIGGER appeals_no_delete BEFORE DELETE ON appeals
    BEGIN SELECT RAISE(ABORT, 'an appeal is never deleted'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION appeals_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'an appeal that is over stays as it is'
      USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER appeals_stay BEFORE UPDATE ON appeals FOR EACH ROW
    WHEN (OLD.state IN ('decided', 'withdrawn')) EXECUTE FUNCTION appeals_refuse()""",
    """CREATE TRIGGER appeals_no_delete BEFORE DELETE ON appeals
    FOR EACH ROW EXECUTE FUNCTION appeals_refuse()""",
]


def upgrade() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", _enum("appealstate", STATES), nullable=False),
        sa.Column("assigned_to_id", sa.Uuid(), nullable=True),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answer_due_at", MOMENT, nullable=True),
        sa.Column("outcome", _enum("outcome", ("won", "in_part", "upheld")), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column(
            "cause", _enum("cause", ("expert", "ambiguous", "gap", "reviewer", "task")), nullable=True
        ),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("clauses", JSON, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.UniqueConstraint("submission_id", name="uq_appeals_submission_id"),
        _points("submission_id", "submissions"),
        _points("assigned_to_id", "users"),
        _points("decided_by_id", "users"),
        *_rules(),
    )
    for name, columns in (("waiting", ["due_at", "id"]), ("assigned", ["assigned_to_id"])):
        op.create_index(
            f"ix_appeals_{name}", "appeals", columns, sqlite_where=WAITS, postgresql_where=WAITS
        )
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("appeals")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION appeals_refuse()")


def _rules() -> list[sa.CheckConstraint]:
    rules = {
        "statement": "statement <> ''",
        "decided": "(state = 'decided') = (outcome IS NOT NULL)",
        "ended": "(state IN ('decided', 'withdrawn')) = (decided_at IS NOT NULL)",
        "share": "(outcome IS NOT NULL AND outcome = 'in_part') = (share IS NOT NULL)"
        " AND (share IS NULL OR share IN (25, 50, 75))",
        "lost_to_a_person": "outcome IS NULL OR outcome = 'won' OR decided_by_id IS NOT NULL",
        "said_why": "decided_by_id IS NULL OR (cause IS NOT NULL AND reasons <> '')",
        "fee": "fee_minor >= 0 AND (decided_by_id IS NOT NULL OR fee_minor = 0)",
        "assigned": "state <> 'assigned' OR (assigned_to_id IS NOT NULL AND locked_until IS NOT NULL)",
        "asked": "state <> 'info_requested' OR (question <> '' AND answer_due_at IS NOT NULL)",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_appeals_{name}")) for name, rule in rules.items()]


def _points(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_appeals_{column}")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
