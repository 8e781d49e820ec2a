"""Experts: history, availability, numbers and files of credentials, questions and revocations."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0011"
down_revision = "20261127_0010"
branch_labels = None
depends_on = None

PLAIN = sa.text("''")


def record(*columns: sa.Column, name: str, keys: dict[str, str]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *columns,
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, table in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def kinds(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table("experts") as table:
        table.add_column(sa.Column("weekly_hours", sa.Integer(), nullable=False, server_default="0"))
        for name in ("days", "quiet_from", "quiet_to"):
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default=PLAIN))
    record(
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("kind", kinds("historykind", "work", "study"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        name="history_entries",
        keys={"expert_id": "experts"},
    )
    op.create_index("ix_history_entries_expert", "history_entries", ["expert_id", "kind"])
    record(
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", kinds("evidencestate", "waiting", "clean", "refused"), nullable=False),
        name="evidence_files",
        keys={"credential_id": "credentials"},
    )
    op.create_index("ix_evidence_files_credential", "evidence_files", ["credential_id"])
    op.create_index("ix_evidence_files_sha256", "evidence_files", ["sha256"])
    op.create_index("ix_evidence_files_state", "evidence_files", ["state", "id"])
    # The one file a credential had takes the credential's id; the schedule has it read like any other.
    op.execute(
        "INSERT INTO evidence_files (id, created_at, credential_id, storage_key, name, media_type, byte_count,"
        " sha256, pages, reason, state) SELECT id, created_at, id, evidence_key, evidence_name, evidence_type,"
        " evidence_bytes, '', 0, '', 'waiting' FROM credentials WHERE evidence_key IS NOT NULL"
    )
    with op.batch_alter_table("credentials") as table:
        for name in ("evidence_key", "evidence_name", "evidence_type", "evidence_bytes"):
            table.drop_column(name)
        for name in ("scheme", "number_sealed", "number_tail"):
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default=PLAIN))
        table.add_column(sa.Column("number_digest", sa.String(), nullable=True))
        table.create_index("ix_credentials_number", ["number_digest"])
        table.create_index("ix_credentials_queue", ["state", "submitted_at", "id"])
    with op.batch_alter_table("experts") as table:
        for name in ("weekly_hours", "days", "quiet_from", "quiet_to"):
            table.alter_column(name, server_default=None)
    with op.batch_alter_table("credentials") as table:
        for name in ("scheme", "number_sealed", "number_tail"):
            table.alter_column(name, server_default=None)
    record(
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        name="credential_questions",
        keys={"credential_id": "credentials", "by_id": "users"},
    )
    record(
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("case_text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        name="revocations",
        keys={"credential_id": "credentials", "by_id": "users", "decided_by_id": "users"},
    )
    for table_name, open_while in (("credential_questions", "closed_at"), ("revocations", "decided_at")):
        where = sa.text(f"{open_while} IS NULL")
        op.create_index(f"ix_{table_name}_credential", table_name, ["credential_id"])
        op.create_index(
            f"uq_{table_name}_open",
            table_name,
            ["credential_id"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )


def downgrade() -> None:
    op.drop_table("revocations")
    op.drop_table("credential_questions")
    with op.batch_alter_table("credentials") as table:
        table.drop_index("ix_credentials_queue")
        table.drop_index("ix_credentials_number")
        for name in ("number_digest", "number_tail", "number_sealed", "scheme"):
            table.drop_column(name)
        table.add_column(sa.Column("evidence_key", sa.String(), nullable=True))
        for name in ("evidence_name", "evidence_type"):
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default=PLAIN))
        table.add_column(sa.Column("evidence_bytes", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE credentials SET evidence_key = (SELECT min(storage_key) FROM evidence_files"
        " WHERE credential_id = credentials.id AND storage_key IS NOT NULL)"
    )
    op.drop_table("evidence_files")
    op.drop_table("history_entries")
    with op.batch_alter_table("experts") as table:
        for name in ("quiet_to", "quiet_from", "days", "weekly_hours"):
            table.drop_column(name)
