"""Work and education as documents, vectors of meaning, and an index of lexemes without a list of what waits."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "20261127_0035"
down_revision = "20261127_0034"
branch_labels = None
depends_on = None

BEFORE = ("project", "specialty", "credential", "field", "work", "profile")
CHECK = "ck_search_documents_documentkind"
INDEX = "ix_search_documents_lexemes"
WRITTEN = """
BEGIN
  DELETE FROM search_texts WHERE rowid = NEW.id;
  INSERT INTO search_texts (rowid, title, names, text) VALUES (NEW.id, NEW.title, NEW.names, NEW.text);
END
"""
TRIGGERS = [  # they go with the old table when SQLite builds it anew
    f"CREATE TRIGGER search_documents_written AFTER INSERT ON search_documents WHEN NEW.expert_id IS NULL{WRITTEN}",
    "CREATE TRIGGER search_documents_changed AFTER UPDATE OF title, names, text ON search_documents"
    f" WHEN NEW.expert_id IS NULL{WRITTEN}",
    """
CREATE TRIGGER search_documents_removed AFTER DELETE ON search_documents WHEN OLD.expert_id IS NULL
BEGIN
  DELETE FROM search_texts WHERE rowid = OLD.id;
END
""",
]
DOCUMENTS = sa.table(
    "search_documents", *(sa.column(name) for name in ("id", "kind", "title", "names", "text", "text_hash"))
)


def upgrade() -> None:
    with op.batch_alter_table("search_documents") as table:
        table.add_column(sa.Column("text_hash", sa.String(), nullable=False, server_default=""))
        _kinds(table, (*BEFORE, "history"))
    with op.batch_alter_table("search_documents") as table:
        table.alter_column("text_hash", server_default=None)
    _after()
    _hash()
    op.create_table(
        "meanings",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["search_documents.id"],
            name=op.f("fk_meanings_document_id_search_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_meanings")),
    )
    op.create_index("ix_meanings_read", "meanings", ["read_at"])
    if op.get_bind().dialect.name == "postgresql":  # every search read that list from end to end
        op.execute(f"ALTER INDEX {INDEX} SET (fastupdate = off)")
        op.execute(f"SELECT gin_clean_pending_list('{INDEX}')")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX {INDEX} RESET (fastupdate)")
    op.drop_table("meanings")
    op.execute(DOCUMENTS.delete().where(DOCUMENTS.c.kind == "history"))
    with op.batch_alter_table("search_documents") as table:
        table.drop_column("text_hash")
        _kinds(table, BEFORE)
    _after()


def _kinds(table, kinds) -> None:
    table.drop_constraint(op.f(CHECK), type_="check")
    table.create_check_constraint(op.f(CHECK), sa.column("kind").in_(kinds))


def _after() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in TRIGGERS:
            op.execute(statement)


def _hash() -> None:
    bind = op.get_bind()
    rows = bind.execute(sa.select(*(DOCUMENTS.c[name] for name in ("id", "title", "names", "text")))).all()
    values = [
        {"one": one, "found": hashlib.sha256("\n".join(parts).encode()).hexdigest()} for one, *parts in rows
    ]
    change = DOCUMENTS.update().where(DOCUMENTS.c.id == sa.bindparam("one"))
    if values:
        bind.execute(change.values(text_hash=sa.bindparam("found")), values)
