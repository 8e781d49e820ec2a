"""The demo's people and projects."""

from dataclasses import dataclass

from marketplace.identity.models import Role

PASSWORD = "seven quiet lanterns"  # noqa: S105 - a demo's, printed when it is seeded


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as."""

    name: str
    email: str
    roles: tuple[Role, ...]
    what: str


@dataclass(frozen=True, slots=True)
class DemoProject:
    """A project of the demo company; `file` is one of the JSONL files beside this one."""

    file: str
    title: str
    summary: str
    task_type: str
    specialty: str
    tier: str
    hourly_minor: int
    minutes: int
    overlap: int
    budget_minor: int
    clauses: tuple[tuple[str, str, str, str], ...]


PEOPLE = {
    "expert": DemoPerson(
        "Demo Expert", "expert@demo.example", (Role.EXPERT,), "an expert: jobs, work, earnings"
    ),
    "counsel": DemoPerson(
        "Demo Counsel", "counsel@demo.example", (Role.EXPERT,), "an expert with a checked licence"
    ),
    "owner": DemoPerson("Demo Owner", "company@demo.example", (Role.MEMBER,), "owns the demo company"),
    "reviewer": DemoPerson("Demo Reviewer", "reviewer@demo.example", (Role.REVIEWER,), "reviews submissions"),
    "ops": DemoPerson("Demo Operations", "ops@demo.example", (Role.OPS,), "checks credentials and projects"),
    "second": DemoPerson("Demo Second", "second@demo.example", (Role.OPS,), "the second person on a licence"),
    "finance": DemoPerson(
        "Demo Finance", "finance@demo.example", (Role.FINANCE,), "prepares payouts, reads the books"
    ),
    "approver": DemoPerson("Demo Approver", "approver@demo.example", (Role.FINANCE,), "approves payouts"),
    "admin": DemoPerson("Demo Admin", "admin@demo.example", (Role.ADMIN,), "gives roles, sees everything"),
}
COMPANY = "Lantern Labs (demo)"
DEPOSIT_MINOR = 200_000
_RANKING = (
    ("Read to the end", "Read the prompt and every response to its end before you decide.", "", ""),
    (
        "Right before pretty",
        "A correct answer that is plain comes before a wrong one that reads well.",
        "Names the step that is wrong.",
        "“It sounds more professional.”",
    ),
    (
        "Say why",
        "Name the response you mean and what decided it.",
        "“A gives the temperature, B does not.”",
        "“A is best.”",
    ),
)
PROJECTS = (
    DemoProject(
        "ranking_kitchen.jsonl",
        "Rank answers to kitchen questions",
        "Three answers to a question from a home kitchen: put them in order and say why.",
        "response_ranking",
        "general",
        "general",
        2000,
        6,
        3,
        40_000,
        _RANKING,
    ),
    DemoProject(
        "ranking_python.jsonl",
        "Rank answers to Python questions",
        "Three answers to a question about Python: which one would you want a colleague to follow?",
        "response_ranking",
        "software.python",
        "general",
        2600,
        8,
        3,
        60_000,
        _RANKING,
    ),
    DemoProject(
        "golden_contracts.jsonl",
        "Write model answers about contracts",
        "Answer a real person's question about a contract as you would want it answered.",
        "golden_response",
        "law.contracts",
        "licensed",
        13_000,
        20,
        1,
        80_000,
        (
            ("Answer the question", "The first sentence answers what was asked.", "", ""),
            (
                "No false certainty",
                "Say what depends on the country or the contract.",
                "",
                "“Always”, “never”.",
            ),
            ("Plain words", "Write for somebody who has never read a contract.", "", ""),
        ),
    ),
)
