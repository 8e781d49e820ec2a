"""Lists of bonuses and of withdrawn work walk an index from the newest on; so does what a person decided on appeals."""

from alembic import op

revision = "20261127_0057"
down_revision = "20261127_0056"
branch_labels = None
depends_on = None

NEW = (
    ("ix_given_bonuses_newest_of", "given_bonuses", ["project_id", "created_at", "id"]),
    ("ix_given_bonuses_newest", "given_bonuses", ["created_at", "id"]),
    ("ix_bonus_rules_newest_of", "bonus_rules", ["project_id", "created_at", "id"]),
    ("ix_bonus_rules_newest", "bonus_rules", ["created_at", "id"]),
    ("ix_withdrawals_newest_of", "withdrawals", ["project_id", "created_at", "id"]),
    ("ix_appeals_decided", "appeals", ["decided_by_id", "decided_at", "id"]),
)
OLD = (  # the id is the key of a form: in its order nothing is the newest
    ("ix_given_bonuses_project", "given_bonuses", ["project_id", "id"]),
    ("ix_withdrawals_project", "withdrawals", ["project_id", "id"]),
)


def upgrade() -> None:
    for name, table, columns in NEW:
        op.create_index(name, table, columns)
    for name, table, _ in OLD:
        op.drop_index(name, table)


def downgrade() -> None:
    for name, table, columns in OLD:
        op.create_index(name, table, columns)
    for name, table, _ in NEW:
        op.drop_index(name, table)
