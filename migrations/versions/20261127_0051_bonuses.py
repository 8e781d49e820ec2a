"""Promised bonuses and the places in them; triggers keep both as they were published."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0051"
down_revision = "20261127_0050"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FROZEN = "id, project_id, by_id, amount_minor, fee_minor, currency, answers, places, starts_at"
EARLY = """NEW.state = 'over' AND NEW.paid_count < NEW.places AND NEW.over_at < NEW.ends_at AND NOT EXISTS
    (SELECT 1 FROM projects WHERE projects.id = NEW.project_id AND projects.state IN ('closing', 'closed'))"""
SQLITE = [
    f"""CREATE TRIGGER bonus_rules_frozen BEFORE UPDATE OF {FROZEN} ON bonus_rules
    BEGIN SELECT RAISE(ABORT, 'a promised bonus never changes'); END""",
    """CREATE TRIGGER bonus_rules_over BEFORE UPDATE ON bonus_rules WHEN OLD.state = 'over'
    BEGIN SELECT RAISE(ABORT, 'a bonus that is over stays over'); END""",
    """CREATE TRIGGER bonus_rules_only_grow BEFORE UPDATE ON bonus_rules
    WHEN NEW.ends_at < OLD.ends_at OR NEW.paid_count < OLD.paid_count
    BEGIN SELECT RAISE(ABORT, 'a promised bonus only gets longer'); END""",
    f"""CREATE TRIGGER bonus_rules_not_early BEFORE UPDATE ON bonus_rules WHEN {EARLY}
    BEGIN SELECT RAISE(ABORT, 'a promised bonus is not withdrawn before its end'); END""",
    """CREATE TRIGGER bonus_rules_no_delete BEFORE DELETE ON bonus_rules
    BEGIN SELECT RAISE(ABORT, 'a promised bonus is never deleted'); END""",
    """CREATE TRIGGER bonus_payments_no_update BEFORE UPDATE ON bonus_payments
    BEGIN SELECT RAISE(ABORT, 'bonus_payments is append-only'); END""",
    """CREATE TRIGGER bonus_payments_no_delete BEFORE DELETE ON bonus_payments
    BEGIN SELECT RAISE(ABORT, 'bonus_payments is append-only'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION bonuses_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' refuses this change',
      ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE FUNCTION bonus_rules_not_early() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {EARLY} THEN
      RAISE EXCEPTION 'a promised bonus is not withdrawn before its end'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW; END $$""",
    f"""CREATE TRIGGER bonus_rules_frozen BEFORE UPDATE OF {FROZEN} ON bonus_rules
    FOR EACH ROW EXECUTE FUNCTION bonuses_refuse()""",
    """CREATE TRIGGER bonus_rules_only_grow BEFORE UPDATE ON bonus_rules FOR EACH ROW
    WHEN (OLD.state = 'over' OR NEW.ends_at < OLD.ends_at OR NEW.paid_count < OLD.paid_count)
    EXECUTE FUNCTION bonuses_refuse()""",
    """CREATE TRIGGER bonus_rules_not_early BEFORE UPDATE ON bonus_rules
    FOR EACH ROW EXECUTE FUNCTION bonus_rules_not_early()""",
    """CREATE TRIGGER bonus_rules_no_delete BEFORE DELETE ON bonus_rules
    FOR EACH ROW EXECUTE FUNCTION bonuses_refuse()""",
    """CREATE TRIGGER bonus_payments_append_only BEFORE UPDATE OR DELETE ON bonus_payments
    FOR EACH ROW EXECUTE FUNCTION bonuses_refuse()""",
    """CREATE TRIGGER bonus_rules_no_truncate BEFORE TRUNCATE ON bonus_rules
    FOR EACH STATEMENT EXECUTE FUNCTION bonuses_refuse()""",
    """CREATE TRIGGER bonus_payments_no_truncate BEFORE TRUNCATE ON bonus_payments
    FOR EACH STATEMENT EXECUTE FUNCTION bonuses_refuse()""",
]


def upgrade() -> None:
    _rules()
    _payments()
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def _rules() -> None:
    op.create_table(
        "bonus_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("paid_count", sa.Integer(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("state", _enum("bonusstate", ("open", "over")), nullable=False),
        sa.Column("over_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_bonus_rules"),
        _points("bonus_rules", "project_id", "projects"),
        _points("bonus_rules", "by_id", "users"),
        _check("bonus_rules", "amounts", "amount_minor > 0 AND fee_minor >= 0"),
        _check("bonus_rules", "shape", "answers > 0 AND places > 0"),
        _check("bonus_rules", "never_more_than_promised", "paid_count >= 0 AND paid_count <= places"),
        _check("bonus_rules", "ends_later", "ends_at > starts_at"),
        _check("bonus_rules", "over_has_its_time", "(state = 'over') = (over_at IS NOT NULL)"),
    )
    op.create_index("ix_bonus_rules_project", "bonus_rules", ["project_id", "state"])
    op.create_index("ix_bonus_rules_state", "bonus_rules", ["state", "ends_at"])


def _payments() -> None:
    op.create_table(
        "bonus_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("met_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bonus_payments"),
        _points("bonus_payments", "rule_id", "bonus_rules"),
        _points("bonus_payments", "user_id", "users"),
        _check("bonus_payments", "place", "place > 0"),
        sa.UniqueConstraint("rule_id", "user_id", name="uq_bonus_payments_rule_id_user_id"),
        sa.UniqueConstraint("rule_id", "place", name="uq_bonus_payments_rule_id_place"),
    )


def downgrade() -> None:
    op.drop_table("bonus_payments")
    op.drop_table("bonus_rules")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION bonus_rules_not_early()")
        op.execute("DROP FUNCTION bonuses_refuse()")


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
