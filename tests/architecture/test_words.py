"""One word per thing: the other words stay out of tables, addresses and pages.

Every exception is a sentence here; a word that slips in elsewhere has to be renamed or argued for.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import create_app
from marketplace.kit.application import Application
from marketplace.kit.database import Base
from tests.architecture.sources import ROOT, name, parsed, sources
from tests.conftest import settings_for

TEMPLATES = ROOT / "templates"
INSTEAD = {
    "job": "message and handler; a Job is a posting on the board",
    "task": "schedule entry; a Task is a unit of annotation work",
    "account": "User; an account is the ledger's, and the payment service has a PayoutAccount",
    "transaction": "LedgerTransaction or Posting",
    "event": "AuditRecord; an Event is a published fact",
    "session": "TimeEntry or SignIn",
    "worker": "Expert; the worker is the outbox process",
    "domain": "Specialty",
    "contract": "Engagement",
    "lease": "Assignment",
    "escrow": "reserved, funded",
}
TABLES = {
    r"saved_jobs|SavedJob": "postings on the board",
    r"ledger_accounts|LedgerAccount|(debit|credit)_account_id": "an account of the ledger",
    r"ledger_transactions|LedgerTransaction|transaction_id": "what the ledger posts",
    r"stripe_balance_transactions": "what the payment service calls the lines of its list",
    r"payout_accounts|PayoutAccount|payout_account_id": "where the payment service sends an expert's money",
    r"session_(id|number|url|expires_at)": "the payment service's Checkout Session, on a deposit",
    r"tasks?|Task|task_(id|type|count|parts|imports)|Task(Part|Import|State)": "annotation work",
}
ADDRESSES = {
    r"/jobs(/.*|\.atom)?|/sitemap-jobs\.xml|jobs\..*": "postings on the board",
    r"(/company/projects/<uuid:project_id>)?/tasks(/.*)?|tasks\..*": "annotation work",
    r"/staff/ledger/accounts/.*|ledger\.accounts?": "accounts of the ledger",
    r"/staff/ledger/<int:transaction_id>|ledger\.transaction": "what the ledger posts",
    r"/earnings/account(/.*)?|payouts\.(open_)?account": "a PayoutAccount",
    r"/gateway/pay/<session_id>": "the payment service's Checkout Session, played by the emulator",
}
SENTENCES = {
    r"\bjobs?\b": "the posting an expert applies to",
    r"\btasks?\b": "annotation work",
    r"\bpayout accounts?\b|\bthis account is ready\b": "a PayoutAccount",
    r"\bbank accounts?\b": "a person's account at a bank",
    r"\bledger accounts?\b": "an account of the ledger",
    r"\ba letter or contract\b": "an employer's paper, as proof of practice",
    r"\blarger than any event\b": "said to the payment service, which sends events",
}
SPLIT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z]+")
SENTENCE = re.compile(r"\A[A-Z].*[a-z,;] [a-z].*\Z", re.DOTALL)
WORD = re.compile(rf"\b({'|'.join(INSTEAD)})s?\b", re.IGNORECASE)


def words(identifier: str) -> set[str]:
    """The words of a name, in the singular."""
    return {word.lower().removesuffix("s") for word in SPLIT.split(identifier)}


def wrong(identifier: str, allowed: dict[str, str]) -> bool:
    """It says a word of the left column, and no exception is written for it."""
    return bool(words(identifier) & set(INSTEAD)) and not any(
        re.fullmatch(pattern, identifier) for pattern in allowed
    )


def test_tables_say_one_word_per_thing() -> None:
    names: list[str] = [mapper.class_.__name__ for mapper in Base.registry.mappers]
    for table in Base.metadata.sorted_tables:
        names += [table.name, *(column.name for column in table.columns)]
        names += [value for column in table.columns for value in vars(column.type).get("enums", [])]
    assert len(names) > 400
    assert sorted({said for said in names if wrong(said, TABLES)}) == []


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """The product, wired; no database is opened."""
    folder = tmp_path_factory.mktemp("var")
    return create_app(settings_for(f"sqlite:///{folder}/none.db", folder))


def test_addresses_say_one_word_per_thing(house: Application) -> None:
    said = {text for rule in house.url_map.iter_rules() for text in (rule.rule, rule.endpoint)}
    assert len(said) > 200
    assert sorted(text for text in said if wrong(text, ADDRESSES)) == []


def read(template: str) -> str:
    """What a template says to a person: no comments, no code, no tags."""
    for pattern in (r"\{#.*?#\}", r"\{%.*?%\}", r"\{\{.*?\}\}"):
        template = re.sub(pattern, " ", template, flags=re.DOTALL)
    spoken = re.findall(r"(?:title|alt|placeholder|aria-label)=\"([^\"]*)\"", template)
    return " ".join([re.sub(r"<[^>]*>", " ", template), *spoken])


def bad_words(text: str) -> list[str]:
    """Words of the left column that no exception covers, with what stands around them."""
    text = " ".join(text.split())
    for pattern in SENTENCES:
        text = re.sub(pattern, "...", text, flags=re.IGNORECASE)
    return [text[max(found.start() - 30, 0) : found.end() + 30] for found in WORD.finditer(text)]


@pytest.mark.parametrize(
    "path",
    sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt", ".xml"}),
    ids=lambda path: path.relative_to(TEMPLATES).as_posix(),
)
def test_pages_say_one_word_per_thing(path: Path) -> None:
    assert bad_words(read(path.read_text())) == []


def sentences(path: Path) -> Iterator[str]:
    """Strings of a file that are sentences for a person: more than one word, not a docstring."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield from SENTENCE.findall(node.value)


ROOMS = [  # a gateway speaks the words of whoever is on the other side
    path
    for path in sources()
    if name(path).startswith(("marketplace/", "workspace/", "config/")) and "gateways" not in path.parts
]


@pytest.mark.parametrize("path", ROOMS, ids=name)
def test_code_tells_people_one_word_per_thing(path: Path) -> None:
    assert [bad for said in sentences(path) for bad in bad_words(said)] == []


def test_the_word_for_money_in_custody_stands_nowhere() -> None:
    legal = re.compile("escrow", re.IGNORECASE)
    paths = [*sources(), *TEMPLATES.rglob("*.*"), *(ROOT / "frontend").rglob("*.ts")]
    assert [name(path) for path in paths if path.is_file() and legal.search(path.read_text())] == []


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("Your account was closed", True),
        ("Your payout account is ready", False),
        ("The money is held in escrow", True),
        ("Pick a domain", True),
        ("Start the next task", False),
        ("Your session has ended", True),
        ("Events of this week", True),
    ],
)
def test_the_law_itself_sees(text: str, caught: bool) -> None:
    assert bool(bad_words(text)) is caught


@pytest.mark.parametrize(
    ("identifier", "caught"),
    [("sessions", True), ("user_account_id", True), ("WorkerRow", True), ("task_id", False), ("Job", True)],
)
def test_the_law_sees_names(identifier: str, caught: bool) -> None:
    assert wrong(identifier, TABLES) is caught
