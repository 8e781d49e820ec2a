"""Forms about a credential: the claim and the file that proves it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_wtf.file import FileField
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import StopValidation

from config.countries import COUNTRIES
from config.policy import PEOPLE
from marketplace.experts import policy
from marketplace.experts.forms.profile import specialty_options
from marketplace.experts.models import Credential, CredentialKind
from marketplace.experts.service import Claim
from marketplace.kit import clock
from marketplace.kit.forms import BaseForm, FormKeyMixin, between, maybe, needed, options

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


class EvidenceField(FileField):
    """A PDF, PNG or JPEG, judged by its first bytes; `content` and `content_type` are set when it is good."""

    content: bytes = b""
    content_type: str = ""

    def pre_validate(self, form: Any) -> None:
        """Read the file up to the limit and refuse what is none of the three."""
        if not self.data:
            return
        limit = PEOPLE.evidence_maximum_bytes
        content = self.data.read(limit + 1)
        if len(content) > limit:
            raise StopValidation(f"The file is larger than {limit // 2**20} MB. Choose a smaller one.")
        if not content:
            raise StopValidation("The file is empty. Choose another one.")
        kind = policy.evidence_type(content, self.data.filename or "")
        if kind is None:
            raise StopValidation("This is not a PDF, PNG or JPEG file. Choose one of these.")
        self.content, self.content_type = content, kind


class CredentialForm(BaseForm):
    """The claim and the file that proves it."""

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
    evidence = EvidenceField(
        "File that proves it",
        description=f"PDF, PNG or JPEG, up to {PEOPLE.evidence_maximum_bytes // 2**20} MB. "
        "Only you and the people who check it can open it.",
        render_kw={"accept": ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"},
    )

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
    }
