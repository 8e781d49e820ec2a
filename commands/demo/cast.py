"""The demo's people: who they are, what the experts among them can prove, what they agreed to see."""

from dataclasses import dataclass
from datetime import date

from marketplace.experts.models import CredentialKind
from marketplace.experts.service import Claim
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
class DemoExpert:
    """What an expert says of themselves and has proved; `unchecked` waits for staff; `years` by specialty."""

    headline: str
    years: dict[str, int]
    claims: tuple[Claim, ...]
    unchecked: tuple[Claim, ...] = ()


def _claim(kind: CredentialKind, specialty: str, title: str, issuer: str, issued_on: date) -> Claim:
    return Claim(
        kind=kind, specialty=specialty, title=title, issuer=issuer, country="US", issued_on=issued_on
    )


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
EXPERTS = {
    "expert": DemoExpert(
        "Pharmacist who writes Python and teaches chemistry",
        {"medicine.pharmacy": 8, "software.python": 6, "science.chemistry": 10, "mathematics": 10},
        (
            _claim(
                CredentialKind.DEGREE,
                "medicine.pharmacy",
                "Degree in pharmacy",
                "Demo College",
                date(2014, 7, 1),
            ),
            _claim(
                CredentialKind.DEGREE,
                "science.chemistry",
                "Degree in chemistry",
                "Demo University",
                date(2011, 7, 1),
            ),
            _claim(
                CredentialKind.DEGREE,
                "mathematics",
                "Degree in mathematics",
                "Demo University",
                date(2011, 7, 1),
            ),
            _claim(
                CredentialKind.CERTIFICATE,
                "software.python",
                "Certificate in Python",
                "Demo Institute",
                date(2020, 3, 1),
            ),
        ),
    ),
    "counsel": DemoExpert(
        "Practises contract law",
        {"law.contracts": 9},
        (
            _claim(
                CredentialKind.LICENCE,
                "law.contracts",
                "Licence to practise law",
                "Demo Bar",
                date(2017, 5, 2),
            ),
        ),
        unchecked=(
            _claim(
                CredentialKind.DEGREE, "law.tax", "Degree in tax law", "Demo University", date(2016, 7, 1)
            ),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class _Trade:
    """What some of the crowd do: a headline for each, and the credential all of them have."""

    specialty: str
    kind: CredentialKind
    title: str
    headlines: tuple[str, ...]


_TRADES = (
    _Trade(
        "medicine.pharmacy",
        CredentialKind.DEGREE,
        "Degree in pharmacy",
        (
            "Runs the dispensary of a hospital",
            "Owns a pharmacy in a small town",
            "Checks prescriptions on a children's ward",
            "Answers questions about medicines for nurses",
            "Teaches pharmacy and writes its exams",
        ),
    ),
    _Trade(
        "software.python",
        CredentialKind.CERTIFICATE,
        "Certificate in Python",
        ("Writes services in Python", "Tests data pipelines"),
    ),
)


def _crowd() -> dict[str, tuple[DemoPerson, DemoExpert]]:
    found = {}
    for trade in _TRADES:
        field = trade.specialty.rpartition(".")[2]
        for number, headline in enumerate(trade.headlines, 1):
            name = f"Demo {field.capitalize()} {number}"
            email = f"{field}{number}@demo.example"
            proof = _claim(
                trade.kind, trade.specialty, trade.title, "Demo College", date(2008 + number, 7, 1)
            )
            found[f"{field}{number}"] = (
                DemoPerson(name, email, (Role.EXPERT,), headline),
                DemoExpert(headline, {trade.specialty: 2 + number}, (proof,)),
            )
    return found


CROWD = _crowd()
WILLING = ("expert", "reviewer")  # to see what the red teaming job declares
AGREED = ("abuse", "medical_graphic")
COMPANY = "Lantern Labs (demo)"
PAGE_MINOR, INVOICE_MINOR = 100_000, 200_000
