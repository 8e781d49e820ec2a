"""Tax forms signed by experts, and what each was paid in a year beside the threshold of its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from config.tax import Role, threshold
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock, csv_files, ids
from marketplace.kit.csv_files import Amount
from marketplace.kit.errors import Invalid
from marketplace.kit.money import plain
from marketplace.kit.pages import Page
from marketplace.kit.sealing import Sealer
from marketplace.statements import policy, queries
from marketplace.statements.models import Classification, TaxKind, TaxProfile
from marketplace.statements.policy import Period, YearTotal
from marketplace.statements.queries import Paid

HEADS = (
    "year", "person", "name", "form", "gross_minor", "gross", "withheld_minor", "withheld", "payments",
    "threshold_minor", "reached", "signed", "legal_name", "classification", "street", "city", "postal_code",
    "country", "number_ends_in", "signed_at", "valid_until",
)  # fmt: skip
Row = tuple[Paid, YearTotal, TaxProfile | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a person fills in and signs; `number` as typed."""

    kind: TaxKind
    classification: Classification
    legal_name: str
    street: str
    city: str
    postal_code: str
    country: str
    number: str
    born_on: date | None
    signed_as: str


def sign(session: Session, user: User, signed: Signed, *, sealer: Sealer) -> TaxProfile:
    """Keep a signature, its number sealed; it counts from now on.  Invalid (422) for a wrong number."""
    of_us = signed.kind is TaxKind.W9
    number = policy.bare_number(signed.number)
    if (number or of_us) and not policy.is_number(number, of_us=of_us):
        raise Invalid("This is not a tax number of that kind.")
    now, profile_id = clock.database_now(session), ids.new_id()
    profile = TaxProfile(
        id=profile_id,
        user=user,
        kind=signed.kind,
        classification=signed.classification,
        legal_name=signed.legal_name,
        street=signed.street,
        city=signed.city,
        postal_code=signed.postal_code,
        country=signed.country,
        number_sealed=sealer.seal(f"tax:{profile_id}", number) if number else None,
        number_tail=policy.tail(number),
        born_on=signed.born_on,
        signed_as=signed.signed_as,
        signed_at=now,
        valid_until=policy.valid_until(now, of_us=of_us),
    )
    session.add(profile)
    audit.record(
        session,
        "expert:tax_profile:signed",
        actor_id=user.id,
        subject_type="tax_profile",
        subject_id=profile_id,
        kind=signed.kind.value,
    )
    return profile


def reseal_tax_numbers(session: Session, sealer: Sealer) -> int:
    """Seal every number with the newest key; CannotOpen when one was sealed with a key that is gone."""
    profiles = queries.all_sealed(session)
    for profile in profiles:
        purpose = f"tax:{profile.id}"
        profile.number_sealed = sealer.seal(purpose, sealer.open(purpose, profile.number_sealed or ""))
    return len(profiles)


def own_totals(session: Session, user: User, years: Sequence[int], role: Role) -> list[YearTotal]:
    """What a person was paid in each of these years."""
    totals = []
    for year in years:
        paid = queries.paid_in(session, Period(year), user.id) or [Paid(user, 0, 0)]
        totals += [total for _, total, _ in _rows(session, paid, year, role)]
    return totals


def totals_page(session: Session, year: int, role: Role, mark: str | None) -> Page[Row]:
    """Everybody who was paid in a year beside their threshold and what they signed."""
    found = queries.paid_page(session, Period(year), mark)
    paid = [Paid(row[0], int(row[1]), int(row[2])) for row in found.rows]
    return Page(_rows(session, paid, year, role), found.next_mark)


def totals_csv(session: Session, year: int, role: Role, *, by: User) -> bytes:
    """The year of everybody as a file in a layout of no office, of numbers the last signs only.  Audited."""
    rows = _rows(session, queries.paid_in(session, Period(year)), year, role)
    audit.record(
        session,
        "staff:tax_totals:downloaded",
        actor_id=by.id,
        subject_type="user",
        subject_id=by.id,
        year=year,
        people=len(rows),
    )
    return csv_files.written(HEADS, (_cells(*row) for row in rows))


def _rows(session: Session, paid: Sequence[Paid], year: int, role: Role) -> list[Row]:
    people = [one.user.id for one in paid]
    withheld = queries.withheld_in(session, Period(year), people)
    profiles = queries.profiles_of(session, people)
    rule = threshold(role, year)
    return [
        (
            one,
            YearTotal(
                user_id=one.user.id,
                year=year,
                gross_minor=one.minor + withheld.get(one.user.id, 0),
                withheld_minor=withheld.get(one.user.id, 0),
                payments=one.payments,
                threshold=rule,
            ),
            profiles.get(one.user.id),
        )
        for one in paid
    ]


def _cells(paid: Paid, total: YearTotal, profile: TaxProfile | None) -> tuple[str | int | None, ...]:
    rule = total.threshold
    return (
        total.year,
        str(total.user_id),
        paid.user.name,
        rule.form if rule else "none",
        total.gross_minor,
        Amount(plain(total.gross_minor)),
        total.withheld_minor,
        Amount(plain(total.withheld_minor)),
        total.payments,
        rule.amount_minor if rule else None,
        "yes" if total.is_reached else "no",
        *_signed_cells(profile),
    )


def _signed_cells(profile: TaxProfile | None) -> tuple[str | None, ...]:
    if profile is None:
        return ("no", *[None] * 9)
    return (
        profile.kind.value,
        profile.legal_name,
        profile.classification.value,
        profile.street,
        profile.city,
        profile.postal_code,
        profile.country,
        profile.number_tail,
        profile.signed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        profile.valid_until.isoformat() if profile.valid_until else None,
    )
