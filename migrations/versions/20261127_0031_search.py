"""Search documents with their full-text index on both databases, and the text model."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_0031"
down_revision = "20261127_0030"
branch_labels = None
depends_on = None

KINDS = ("project", "specialty", "credential", "field", "work", "profile")
# Only what is searched is indexed: an expert's own documents are what one searches with.
SQLITE = [
    "CREATE VIRTUAL TABLE search_texts USING fts5(title, names, text, tokenize = 'porter unicode61')",
    """
CREATE TRIGGER search_documents_written AFTER INSERT ON search_documents WHEN NEW.expert_id IS NULL
BEGIN
  DELETE FROM search_texts WHERE rowid = NEW.id;
  INSERT INTO search_texts (rowid, title, names, text) VALUES (NEW.id, NEW.title, NEW.names, NEW.text);
END
""",
    """
CREATE TRIGGER search_documents_changed AFTER UPDATE OF title, names, text ON search_documents
WHEN NEW.expert_id IS NULL
BEGIN
  DELETE FROM search_texts WHERE rowid = NEW.id;
  INSERT INTO search_texts (rowid, title, names, text) VALUES (NEW.id, NEW.title, NEW.names, NEW.text);
END
""",
    """
CREATE TRIGGER search_documents_removed AFTER DELETE ON search_documents WHEN OLD.expert_id IS NULL
BEGIN
  DELETE FROM search_texts WHERE rowid = OLD.id;
END
""",
]
DICTIONARY = "CASE WHEN language = 'en' THEN to_tsvector('english', {0}) ELSE to_tsvector('simple', {0}) END"
LEXEMES = " || ".join(
    f"setweight({DICTIONARY.format(column)}, '{weight}')"
    for column, weight in (("title", "A"), ("names", "B"), ("text", "D"))
)
POSTGRESQL = [
    f"ALTER TABLE search_documents ADD COLUMN lexemes tsvector GENERATED ALWAYS AS ({LEXEMES}) STORED",
    "CREATE INDEX ix_search_documents_lexemes ON search_documents USING gin (lexemes) WHERE expert_id IS NULL",
]


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="documentkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("names", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("vector_model", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["experts.id"], name=op.f("fk_search_documents_expert_id_experts")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_search_documents_project_id_projects")
        ),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_search_documents_kind_key")),
    )
    op.create_index("ix_search_documents_expert", "search_documents", ["expert_id"])
    op.create_index("ix_search_documents_project", "search_documents", ["project_id"])
    op.create_index("ix_search_documents_changed", "search_documents", ["kind", "changed_at"])
    op.create_table(
        "text_models",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_models")),
        sa.UniqueConstraint("number", name=op.f("uq_text_models_number")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("text_models")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_texts")
    op.drop_table("search_documents")
