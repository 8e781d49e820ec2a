"""Forms for profiles, credentials and their checks."""

from marketplace.experts.forms.checks import AskForm, RefuseForm, RevokeForm, VerifyForm
from marketplace.experts.forms.credentials import (
    AnswerForm,
    CredentialForm,
    EditCredentialForm,
    EvidenceForm,
    NewCredentialForm,
)
from marketplace.experts.forms.evidence import Chosen, EvidenceField
from marketplace.experts.forms.profile import ProfileForm, SpecialtiesForm

__all__ = [
    "AnswerForm",
    "AskForm",
    "Chosen",
    "CredentialForm",
    "EditCredentialForm",
    "EvidenceField",
    "EvidenceForm",
    "NewCredentialForm",
    "ProfileForm",
    "RefuseForm",
    "RevokeForm",
    "SpecialtiesForm",
    "VerifyForm",
]
