"""What must guard the tables: the one copy that `ledger verify` and the tests compare a database with.

A migration that changes a trigger changes it here as well, and keeps its own frozen copy.
"""

from collections.abc import Mapping

_REFUSE = "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
_REFUSE_ALL = "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
_IDENTITY = "id, kind, owner_id, currency, normal_side, allow_negative, hot"

SQLITE: Mapping[str, str] = {
    "ledger_transactions_no_update": """
        BEFORE UPDATE ON ledger_transactions
        BEGIN SELECT RAISE(ABORT, 'ledger_transactions is append-only'); END""",
    "ledger_transactions_no_delete": """
        BEFORE DELETE ON ledger_transactions
        BEGIN SELECT RAISE(ABORT, 'ledger_transactions is append-only'); END""",
    "ledger_postings_no_update": """
        BEFORE UPDATE ON ledger_postings
        BEGIN SELECT RAISE(ABORT, 'ledger_postings is append-only'); END""",
    "ledger_postings_no_delete": """
        BEFORE DELETE ON ledger_postings
        BEGIN SELECT RAISE(ABORT, 'ledger_postings is append-only'); END""",
    "ledger_accounts_no_delete": """
        BEFORE DELETE ON ledger_accounts
        BEGIN SELECT RAISE(ABORT, 'ledger accounts are never deleted'); END""",
    "ledger_accounts_frozen": f"""
        BEFORE UPDATE OF {_IDENTITY} ON ledger_accounts
        BEGIN SELECT RAISE(ABORT, 'the identity of a ledger account never changes'); END""",
    "ledger_accounts_start_at_zero": """
        BEFORE INSERT ON ledger_accounts WHEN NEW.debits_minor <> 0 OR NEW.credits_minor <> 0
        BEGIN SELECT RAISE(ABORT, 'a ledger account starts at zero'); END""",
    "ledger_postings_sealed": """
        BEFORE INSERT ON ledger_postings
        WHEN NEW.seq > (SELECT last_seq FROM ledger_transactions WHERE id = NEW.transaction_id)
        BEGIN SELECT RAISE(ABORT, 'ledger transaction is sealed'); END""",
    "ledger_postings_in_order": """
        BEFORE INSERT ON ledger_postings
        WHEN NEW.seq <> (SELECT count(*) FROM ledger_postings WHERE transaction_id = NEW.transaction_id)
        BEGIN SELECT RAISE(ABORT, 'postings are numbered without a gap'); END""",
    "ledger_accounts_balance_guard": """
        BEFORE UPDATE OF debits_minor, credits_minor ON ledger_accounts
        WHEN NOT EXISTS (SELECT 1 FROM ledger_guard)
        BEGIN SELECT RAISE(ABORT, 'balances move only through postings'); END""",
    "ledger_postings_apply": """
        AFTER INSERT ON ledger_postings BEGIN
        INSERT INTO ledger_guard VALUES (1);
        UPDATE ledger_accounts SET debits_minor = debits_minor + NEW.amount_minor
          WHERE id = NEW.debit_account_id AND NOT hot;
        UPDATE ledger_accounts SET credits_minor = credits_minor + NEW.amount_minor
          WHERE id = NEW.credit_account_id AND NOT hot;
        DELETE FROM ledger_guard; END""",
}

# PostgreSQL prints the events of a trigger in alphabetical order; so does this list.
POSTGRESQL: Mapping[str, str] = {
    "ledger_transactions_append_only": f"BEFORE DELETE OR UPDATE ON ledger_transactions {_REFUSE}",
    "ledger_postings_append_only": f"BEFORE DELETE OR UPDATE ON ledger_postings {_REFUSE}",
    "ledger_transactions_no_truncate": f"BEFORE TRUNCATE ON ledger_transactions {_REFUSE_ALL}",
    "ledger_postings_no_truncate": f"BEFORE TRUNCATE ON ledger_postings {_REFUSE_ALL}",
    "ledger_accounts_no_truncate": f"BEFORE TRUNCATE ON ledger_accounts {_REFUSE_ALL}",
    "ledger_accounts_no_delete": f"BEFORE DELETE ON ledger_accounts {_REFUSE}",
    "ledger_accounts_frozen": f"BEFORE UPDATE OF {_IDENTITY} ON ledger_accounts {_REFUSE}",
    "ledger_accounts_start_at_zero": (
        "BEFORE INSERT ON ledger_accounts FOR EACH ROW "
        "WHEN (NEW.debits_minor <> 0 OR NEW.credits_minor <> 0) EXECUTE FUNCTION ledger_refuse()"
    ),
    "ledger_accounts_balance_guard": (
        "BEFORE UPDATE OF debits_minor, credits_minor ON ledger_accounts FOR EACH ROW "
        "WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION ledger_refuse()"
    ),
    "ledger_postings_apply": ("AFTER INSERT ON ledger_postings FOR EACH ROW EXECUTE FUNCTION ledger_apply()"),
}

# name: (runs with the rights of its owner, body)
FUNCTIONS: Mapping[str, tuple[bool, str]] = {
    "ledger_refuse": (
        False,
        """
BEGIN
  RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' refuses this change',
    ERRCODE = 'integrity_constraint_violation';
END
""",
    ),
    "ledger_apply": (
        True,
        """
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
END
""",
    ),
}
