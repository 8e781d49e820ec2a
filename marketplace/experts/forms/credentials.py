"""Forms about a credential: the claim, its number and the files that prove it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from config.countries import COUNTRIES
from config.policy import PEOPLE
from marketplace.experts import policy
from marketplace.experts.forms.evidence import EvidenceField
from marketplace.experts.forms.profile import specialty_options
from marketplace.experts.models import Credential, CredentialKind
from marketplace.experts.service import Claim
from marketplace.kit import clock
from marketplace.kit.forms import BaseForm, FormKeyMixin, at_most, between, maybe, needed, options

_FILES = (
    f"PDF, PNG or JPEG, up to {PEOPLE.evidence_maximum_bytes // 2**20} MB each, "
    f"at most {PEOPLE.evidence_files_maximum}. Only you and the people who check it can open them. "
    "We read them for harm first and take out where and with what they were made."
)
_ACCEPT = ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"
OLDEST = date(1930, 1, 1)
_NOTHING = ("", "Choose one")
_KINDS = (
    (CredentialKind.DEGREE, "Degree", "From a university or college"),
    (CredentialKind.LICENCE, "Licence to practise", "From a medical council, a bar, a chamber"),
    (
        CredentialKind.BOARD_CERTIFICATION,
        "Board certification",
        "A specialist qualification on top of a licence",
    ),
    (CredentialKind.CERTIFICATE, "Certificate", "A course or an exam with a certificate"),
    (CredentialKind.EMPLOYMENT, "Employment", "A letter or contract that shows you practise"),
    (CredentialKind.PUBLICATION, "Publication", "Shown with your profile; it does not change your tier"),
)


class EvidenceForm(BaseForm):
    """Files alone: for a question that waits, or a claim that stays as it is."""

    evidence = EvidenceField(
        "Add files",
        description=_FILES,
        render_kw={"accept": _ACCEPT},
    )

    def validate_evidence(self, field: Any) -> None:
        """At least one; browsers send an empty one when nothing was chosen."""
        if not field.chosen:
            raise StopValidation("Choose a file.")


class AnswerForm(BaseForm):
    """The answer to what staff ask about a credential, with files if they help."""

    answer = TextAreaField(
        "Your answer",
        [needed("Write an answer."), between(2, 2000)],
        description="The person who checks it reads it.",
        render_kw={"rows": 4},
    )
    evidence = EvidenceField("Files", [maybe()], description=_FILES, render_kw={"accept": _ACCEPT})


class AppealForm(BaseForm):
    """Why a withdrawal should be looked at again."""

    reason = TextAreaField(
        "Why should somebody look again?",
        [needed("Say why."), between(PEOPLE.refusal_minimum_characters, 2000)],
        description="A person who had no part in the withdrawal reads it.",
        render_kw={"rows": 4},
    )


class CredentialForm(BaseForm):
    """The claim, its number and the files that prove it."""

    kind = RadioField(
        "What is it?",
        [needed("Choose what it is.")],
        choices=options((kind.value, title, text) for kind, title, text in _KINDS),
        render_kw={"layout": "boxed"},
    )
    title = StringField(
        "Its name",
        [needed("Enter its name."), between(2, 160)],
        description="As it stands on the paper, such as “Doctor of Medicine”.",
    )
    specialty = SelectField(
        "Field",
        [needed("Choose the field.")],
        choices=specialty_options("Choose one"),
        description="A whole field, such as Medicine, covers what lies under it.",
    )
    issuer = StringField(
        "Who issued it?",
        [needed("Enter who issued it."), between(2, 160)],
        description="University, board, employer.",
    )
    country = SelectField(
        "Country of the issuer",
        [needed("Choose the country.")],
        choices=options([_NOTHING, *COUNTRIES.items()]),
    )
    issued_on = DateField("Issued on", [needed("Enter the date of issue.")])
    expires_on = DateField(
        "Valid until", [maybe()], description="The last day. Leave it empty when there is none."
    )
    scheme = SelectField(
        "Which number is it?",
        choices=options(list(policy.SCHEMES.items())),
    )
    number = StringField(
        "Its number",
        [maybe(), at_most(120)],
        description="Licence, certificate or member number. It is kept sealed: "
        "only the person who checks it sees it.",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    evidence = EvidenceField(
        "Files that prove it", [maybe()], description=_FILES, render_kw={"accept": _ACCEPT}
    )

    def validate_number(self, field: Any) -> None:
        """As the rules of its kind say: length, check digit."""
        problem = policy.number_problem(self.scheme.data or "", field.data)
        if problem:
            raise StopValidation(problem)

    def validate_scheme(self, field: Any) -> None:
        """An NPI is a number of the United States; a kind of number wants a number."""
        if field.data == "npi" and self.country.data and self.country.data != "US":
            raise StopValidation("An NPI is given in the United States only. Choose “Number of its issuer”.")

    def validate_issued_on(self, field: Any) -> None:
        """Not in the future, and not in another age."""
        if field.data > clock.now().date():
            raise StopValidation("This date is in the future. Enter the day it was issued.")
        if field.data < OLDEST:
            raise StopValidation(f"Enter a date after {OLDEST.year}.")

    def validate_expires_on(self, field: Any) -> None:
        """After the day of issue, and not over yet; what is no date has its message already."""
        if field.data is None:
            return
        if self.issued_on.data and field.data <= self.issued_on.data:
            raise StopValidation("Enter a day after the date of issue.")
        if field.data < clock.now().date():
            raise StopValidation("This day has passed. Only credentials that are still valid count.")

    def claim(self) -> Claim:
        """What the expert says."""
        return Claim(
            kind=CredentialKind(self.kind.data),
            specialty=self.specialty.data,
            title=self.title.data or "",
            issuer=self.issuer.data or "",
            country=self.country.data,
            issued_on=self.issued_on.data or OLDEST,
            expires_on=self.expires_on.data,
        )


class NewCredentialForm(FormKeyMixin, CredentialForm):
    """A credential that does not exist yet."""

    @classmethod
    def like(cls, known: Credential | None) -> "NewCredentialForm":
        """A renewal of one that is known, or a blank form; the dates are always new."""
        if known is None:
            return cls()
        return cls(data=_said(known))


class EditCredentialForm(CredentialForm):
    """A credential nobody is checking."""

    @classmethod
    def of(cls, known: Credential) -> "EditCredentialForm":
        """The form as the credential stands."""
        return cls(data={**_said(known), "issued_on": known.issued_on, "expires_on": known.expires_on})


def _said(known: Credential) -> Mapping[str, Any]:
    return {
        "kind": known.kind.value,
        "title": known.title,
        "specialty": known.specialty,
        "issuer": known.issuer,
        "country": known.country,
        "scheme": known.scheme,
    }
