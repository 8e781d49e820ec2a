"""Forms for profiles, credentials and their checks."""

from marketplace.experts.forms.checks import RefuseForm, VerifyForm
from marketplace.experts.forms.credentials import CredentialForm, EditCredentialForm, NewCredentialForm
from marketplace.experts.forms.profile import ProfileForm, SpecialtiesForm

__all__ = [
    "CredentialForm",
    "EditCredentialForm",
    "NewCredentialForm",
    "ProfileForm",
    "RefuseForm",
    "SpecialtiesForm",
    "VerifyForm",
]
