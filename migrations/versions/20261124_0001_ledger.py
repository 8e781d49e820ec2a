"""The ledger: accounts, LedgerTransactions, postings, and the triggers that guard them.

Written by hand: constraints and triggers are the point, and a table rebuild would lose the triggers.
Ledger tables are therefore never changed in batch mode, only by plain ADD COLUMN.
"""

from alembic import op

revision = "20261124_0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE = [
    """
CREATE TABLE ledger_accounts (
  id INTEGER NOT NULL,
  kind VARCHAR(32) NOT NULL,
  owner_id CHAR(32) NOT NULL,
  currency VARCHAR(3) NOT NULL,
  normal_side VARCHAR(6) NOT NULL,
  allow_negative BOOLEAN NOT NULL,
  hot BOOLEAN NOT NULL,
  debits_minor BIGINT DEFAULT 0 NOT NULL,
  credits_minor BIGINT DEFAULT 0 NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT pk_ledger_accounts PRIMARY KEY (id),
  CONSTRAINT uq_ledger_accounts_kind UNIQUE (kind, owner_id, currency),
  CONSTRAINT uq_ledger_accounts_id UNIQUE (id, currency),
  CONSTRAINT ck_ledger_accounts_normal_side CHECK (normal_side = 'debit' OR normal_side = 'credit'),
  CONSTRAINT ck_ledger_accounts_currency CHECK (length(currency) = 3 AND currency = lower(currency)),
  CONSTRAINT ck_ledger_accounts_volumes CHECK (debits_minor >= 0 AND credits_minor >= 0),
  CONSTRAINT ck_ledger_accounts_hot_is_unbounded CHECK (NOT hot OR allow_negative),
  CONSTRAINT ck_ledger_accounts_no_overdraft CHECK (allow_negative OR
    (CASE normal_side WHEN 'credit' THEN credits_minor - debits_minor ELSE debits_minor - credits_minor END) >= 0),
  CONSTRAINT ck_ledger_accounts_integers CHECK (typeof(debits_minor) = 'integer' AND typeof(credits_minor) = 'integer')
)
""",
    """
CREATE TABLE ledger_transactions (
  id INTEGER NOT NULL,
  kind VARCHAR(32) NOT NULL,
  idempotency_key VARCHAR(200) NOT NULL,
  request_hash CHAR(64) NOT NULL,
  last_seq INTEGER NOT NULL,
  closes VARCHAR(80),
  reverses_id BIGINT,
  ref_type VARCHAR(32),
  ref_id CHAR(32),
  external_id VARCHAR(80),
  actor_id CHAR(32),
  approver_id CHAR(32),
  reason VARCHAR(400),
  effective_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
  CONSTRAINT pk_ledger_transactions PRIMARY KEY (id),
  CONSTRAINT uq_ledger_transactions_idempotency_key UNIQUE (idempotency_key),
  CONSTRAINT uq_ledger_transactions_closes UNIQUE (closes),
  CONSTRAINT uq_ledger_transactions_reverses_id UNIQUE (reverses_id),
  CONSTRAINT ck_ledger_transactions_last_seq CHECK (last_seq >= 0 AND last_seq <= 63),
  CONSTRAINT ck_ledger_transactions_two_people CHECK ((kind <> 'correction' AND kind <> 'goodwill'
    AND kind <> 'claim_overturn' AND kind <> 'claim_clawback' AND kind <> 'deposit_recorded') OR
    (actor_id IS NOT NULL AND approver_id IS NOT NULL AND actor_id <> approver_id
    AND coalesce(length(reason), 0) >= 20)),
  CONSTRAINT ck_ledger_transactions_integers CHECK (typeof(last_seq) = 'integer'),
  CONSTRAINT fk_ledger_transactions_complete FOREIGN KEY (id, last_seq)
    REFERENCES ledger_postings (transaction_id, seq) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_ledger_transactions_reverses_id FOREIGN KEY (reverses_id) REFERENCES ledger_transactions (id)
)
""",
    """
CREATE TABLE ledger_postings (
  id INTEGER NOT NULL,
  transaction_id BIGINT NOT NULL,
  seq INTEGER NOT NULL,
  debit_account_id BIGINT NOT NULL,
  credit_account_id BIGINT NOT NULL,
  currency VARCHAR(3) NOT NULL,
  amount_minor BIGINT NOT NULL,
  CONSTRAINT pk_ledger_postings PRIMARY KEY (id),
  CONSTRAINT uq_ledger_postings_transaction_id UNIQUE (transaction_id, seq),
  CONSTRAINT ck_ledger_postings_amount CHECK (amount_minor >= 1 AND amount_minor <= 100000000000),
  CONSTRAINT ck_ledger_postings_two_accounts CHECK (debit_account_id <> credit_account_id),
  CONSTRAINT ck_ledger_postings_seq CHECK (seq >= 0),
  CONSTRAINT ck_ledger_postings_integers CHECK (typeof(amount_minor) = 'integer' AND typeof(seq) = 'integer'),
  CONSTRAINT fk_ledger_postings_debit_account_id FOREIGN KEY (debit_account_id, currency)
    REFERENCES ledger_accounts (id, currency),
  CONSTRAINT fk_ledger_postings_credit_account_id FOREIGN KEY (credit_account_id, currency)
    REFERENCES ledger_accounts (id, currency),
  CONSTRAINT fk_ledger_postings_transaction_id FOREIGN KEY (transaction_id) REFERENCES ledger_transactions (id)
)
""",
    "CREATE TABLE ledger_guard (applying INTEGER PRIMARY KEY)",
]

POSTGRESQL = [
    """
CREATE TABLE ledger_accounts (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  kind VARCHAR(32) NOT NULL,
  owner_id UUID NOT NULL,
  currency VARCHAR(3) NOT NULL,
  normal_side VARCHAR(6) NOT NULL,
  allow_negative BOOLEAN NOT NULL,
  hot BOOLEAN NOT NULL,
  debits_minor BIGINT DEFAULT 0 NOT NULL,
  credits_minor BIGINT DEFAULT 0 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_ledger_accounts PRIMARY KEY (id),
  CONSTRAINT uq_ledger_accounts_kind UNIQUE (kind, owner_id, currency),
  CONSTRAINT uq_ledger_accounts_id UNIQUE (id, currency),
  CONSTRAINT ck_ledger_accounts_normal_side CHECK (normal_side = 'debit' OR normal_side = 'credit'),
  CONSTRAINT ck_ledger_accounts_currency CHECK (length(currency) = 3 AND currency = lower(currency)),
  CONSTRAINT ck_ledger_accounts_volumes CHECK (debits_minor >= 0 AND credits_minor >= 0),
  CONSTRAINT ck_ledger_accounts_hot_is_unbounded CHECK (NOT hot OR allow_negative),
  CONSTRAINT ck_ledger_accounts_no_overdraft CHECK (allow_negative OR
    (CASE normal_side WHEN 'credit' THEN credits_minor - debits_minor ELSE debits_minor - credits_minor END) >= 0)
)
""",
    """
CREATE TABLE ledger_transactions (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  kind VARCHAR(32) NOT NULL,
  idempotency_key VARCHAR(200) NOT NULL,
  request_hash CHAR(64) NOT NULL,
  last_seq INTEGER NOT NULL,
  closes VARCHAR(80),
  reverses_id BIGINT,
  ref_type VARCHAR(32),
  ref_id UUID,
  external_id VARCHAR(80),
  actor_id UUID,
  approver_id UUID,
  reason VARCHAR(400),
  effective_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_ledger_transactions PRIMARY KEY (id),
  CONSTRAINT uq_ledger_transactions_idempotency_key UNIQUE (idempotency_key),
  CONSTRAINT uq_ledger_transactions_closes UNIQUE (closes),
  CONSTRAINT uq_ledger_transactions_reverses_id UNIQUE (reverses_id),
  CONSTRAINT ck_ledger_transactions_last_seq CHECK (last_seq >= 0 AND last_seq <= 63),
  CONSTRAINT ck_ledger_transactions_two_people CHECK ((kind <> 'correction' AND kind <> 'goodwill'
    AND kind <> 'claim_overturn' AND kind <> 'claim_clawback' AND kind <> 'deposit_recorded') OR
    (actor_id IS NOT NULL AND approver_id IS NOT NULL AND actor_id <> approver_id
    AND coalesce(length(reason), 0) >= 20)),
  CONSTRAINT fk_ledger_transactions_reverses_id FOREIGN KEY (reverses_id) REFERENCES ledger_transactions (id)
)
""",
    """
CREATE TABLE ledger_postings (
  id BIGINT GENERATED ALWAYS AS IDENTITY,
  transaction_id BIGINT NOT NULL,
  seq INTEGER NOT NULL,
  debit_account_id BIGINT NOT NULL,
  credit_account_id BIGINT NOT NULL,
  currency VARCHAR(3) NOT NULL,
  amount_minor BIGINT NOT NULL,
  CONSTRAINT pk_ledger_postings PRIMARY KEY (id),
  CONSTRAINT uq_ledger_postings_transaction_id UNIQUE (transaction_id, seq),
  CONSTRAINT ck_ledger_postings_amount CHECK (amount_minor >= 1 AND amount_minor <= 100000000000),
  CONSTRAINT ck_ledger_postings_two_accounts CHECK (debit_account_id <> credit_account_id),
  CONSTRAINT ck_ledger_postings_seq CHECK (seq >= 0),
  CONSTRAINT fk_ledger_postings_debit_account_id FOREIGN KEY (debit_account_id, currency)
    REFERENCES ledger_accounts (id, currency),
  CONSTRAINT fk_ledger_postings_credit_account_id FOREIGN KEY (credit_account_id, currency)
    REFERENCES ledger_accounts (id, currency),
  CONSTRAINT fk_ledger_postings_transaction_id FOREIGN KEY (transaction_id) REFERENCES ledger_transactions (id)
)
""",
    """
ALTER TABLE ledger_transactions ADD CONSTRAINT fk_ledger_transactions_complete FOREIGN KEY (id, last_seq)
  REFERENCES ledger_postings (transaction_id, seq) DEFERRABLE INITIALLY DEFERRED
""",
]

INDEXES = [
    "CREATE INDEX ix_ledger_postings_debit ON ledger_postings (debit_account_id)",
    "CREATE INDEX ix_ledger_postings_credit ON ledger_postings (credit_account_id)",
    "CREATE INDEX ix_ledger_transactions_ref ON ledger_transactions (ref_type, ref_id)",
    "CREATE INDEX ix_ledger_transactions_external ON ledger_transactions (external_id)",
]

SQLITE_TRIGGERS = [
    """
CREATE TRIGGER ledger_transactions_no_update BEFORE UPDATE ON ledger_transactions
  BEGIN SELECT RAISE(ABORT, 'ledger_transactions is append-only'); END
""",
    """
CREATE TRIGGER ledger_transactions_no_delete BEFORE DELETE ON ledger_transactions
  BEGIN SELECT RAISE(ABORT, 'ledger_transactions is append-only'); END
""",
    """
CREATE TRIGGER ledger_postings_no_update BEFORE UPDATE ON ledger_postings
  BEGIN SELECT RAISE(ABORT, 'ledger_postings is append-only'); END
""",
    """
CREATE TRIGGER ledger_postings_no_delete BEFORE DELETE ON ledger_postings
  BEGIN SELECT RAISE(ABORT, 'ledger_postings is append-only'); END
""",
    """
CREATE TRIGGER ledger_accounts_no_delete BEFORE DELETE ON ledger_accounts
  BEGIN SELECT RAISE(ABORT, 'ledger accounts are never deleted'); END
""",
    """
CREATE TRIGGER ledger_accounts_frozen
  BEFORE UPDATE OF id, kind, owner_id, currency, normal_side, allow_negative, hot ON ledger_accounts
  BEGIN SELECT RAISE(ABORT, 'the identity of a ledger account never changes'); END
""",
    """
CREATE TRIGGER ledger_accounts_start_at_zero BEFORE INSERT ON ledger_accounts
  WHEN NEW.debits_minor <> 0 OR NEW.credits_minor <> 0
  BEGIN SELECT RAISE(ABORT, 'a ledger account starts at zero'); END
""",
    """
CREATE TRIGGER ledger_postings_sealed BEFORE INSERT ON ledger_postings
  WHEN NEW.seq > (SELECT last_seq FROM ledger_transactions WHERE id = NEW.transaction_id)
  BEGIN SELECT RAISE(ABORT, 'ledger transaction is sealed'); END
""",
    """
CREATE TRIGGER ledger_postings_in_order BEFORE INSERT ON ledger_postings
  WHEN NEW.seq <> (SELECT count(*) FROM ledger_postings WHERE transaction_id = NEW.transaction_id)
  BEGIN SELECT RAISE(ABORT, 'postings are numbered without a gap'); END
""",
    """
CREATE TRIGGER ledger_accounts_balance_guard BEFORE UPDATE OF debits_minor, credits_minor ON ledger_accounts
  WHEN NOT EXISTS (SELECT 1 FROM ledger_guard)
  BEGIN SELECT RAISE(ABORT, 'balances move only through postings'); END
""",
    """
CREATE TRIGGER ledger_postings_apply AFTER INSERT ON ledger_postings BEGIN
  INSERT INTO ledger_guard VALUES (1);
  UPDATE ledger_accounts SET debits_minor = debits_minor + NEW.amount_minor
    WHERE id = NEW.debit_account_id AND NOT hot;
  UPDATE ledger_accounts SET credits_minor = credits_minor + NEW.amount_minor
    WHERE id = NEW.credit_account_id AND NOT hot;
  DELETE FROM ledger_guard;
END
""",
]

POSTGRESQL_TRIGGERS = [
    """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' refuses this change', ERRCODE = 'integrity_constraint_violation';
END $$
""",
    """
CREATE FUNCTION ledger_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.seq > (SELECT last_seq FROM ledger_transactions WHERE id = NEW.transaction_id) THEN
    RAISE EXCEPTION 'ledger transaction is sealed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.seq > 0 AND NOT EXISTS
    (SELECT 1 FROM ledger_postings WHERE transaction_id = NEW.transaction_id AND seq = NEW.seq - 1) THEN
    RAISE EXCEPTION 'postings are numbered without a gap' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  UPDATE ledger_accounts SET debits_minor = debits_minor + NEW.amount_minor
    WHERE id = NEW.debit_account_id AND NOT hot;
  UPDATE ledger_accounts SET credits_minor = credits_minor + NEW.amount_minor
    WHERE id = NEW.credit_account_id AND NOT hot;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER ledger_transactions_append_only BEFORE DELETE OR UPDATE ON ledger_transactions
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse()
""",
    """
CREATE TRIGGER ledger_postings_append_only BEFORE DELETE OR UPDATE ON ledger_postings
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse()
""",
    """
CREATE TRIGGER ledger_transactions_no_truncate BEFORE TRUNCATE ON ledger_transactions
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
""",
    """
CREATE TRIGGER ledger_postings_no_truncate BEFORE TRUNCATE ON ledger_postings
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
""",
    """
CREATE TRIGGER ledger_accounts_no_truncate BEFORE TRUNCATE ON ledger_accounts
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
""",
    """
CREATE TRIGGER ledger_accounts_no_delete BEFORE DELETE ON ledger_accounts
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse()
""",
    """
CREATE TRIGGER ledger_accounts_frozen
  BEFORE UPDATE OF id, kind, owner_id, currency, normal_side, allow_negative, hot ON ledger_accounts
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse()
""",
    """
CREATE TRIGGER ledger_accounts_start_at_zero BEFORE INSERT ON ledger_accounts
  FOR EACH ROW WHEN (NEW.debits_minor <> 0 OR NEW.credits_minor <> 0) EXECUTE FUNCTION ledger_refuse()
""",
    """
CREATE TRIGGER ledger_accounts_balance_guard BEFORE UPDATE OF debits_minor, credits_minor ON ledger_accounts
  FOR EACH ROW WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION ledger_refuse()
""",
    """
CREATE TRIGGER ledger_postings_apply AFTER INSERT ON ledger_postings
  FOR EACH ROW EXECUTE FUNCTION ledger_apply()
""",
]


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def upgrade() -> None:
    tables, triggers = (SQLITE, SQLITE_TRIGGERS) if _is_sqlite() else (POSTGRESQL, POSTGRESQL_TRIGGERS)
    for statement in [*tables, *INDEXES, *triggers]:
        op.execute(statement.strip())


def downgrade() -> None:
    if _is_sqlite():
        op.execute("DROP TABLE ledger_guard")
    else:
        op.execute("ALTER TABLE ledger_transactions DROP CONSTRAINT fk_ledger_transactions_complete")
    for table in ("ledger_postings", "ledger_transactions", "ledger_accounts"):
        op.execute(f"DROP TABLE {table}")
    if not _is_sqlite():
        op.execute("DROP FUNCTION ledger_apply()")
        op.execute("DROP FUNCTION ledger_refuse()")
