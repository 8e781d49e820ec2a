"""Forms for profiles, credentials and their checks."""

from marketplace.experts.forms.checks import (
    AppealDecisionForm,
    AskForm,
    NumberForm,
    RefuseForm,
    RevokeForm,
    VerifyForm,
)
from marketplace.experts.forms.credentials import (
    AnswerForm,
    AppealForm,
    CredentialForm,
    EditCredentialForm,
    EvidenceForm,
    NewCredentialForm,
)
from marketplace.experts.forms.evidence import Chosen, EvidenceField
from marketplace.experts.forms.history import HistoryForm, NewHistoryForm, filled
from marketplace.experts.forms.profile import ProfileForm, SpecialtiesForm, zone_names

__all__ = [
    "AnswerForm",
    "AppealDecisionForm",
    "AppealForm",
    "AskForm",
    "Chosen",
    "CredentialForm",
    "EditCredentialForm",
    "EvidenceField",
    "EvidenceForm",
    "HistoryForm",
    "NewCredentialForm",
    "NewHistoryForm",
    "NumberForm",
    "ProfileForm",
    "RefuseForm",
    "RevokeForm",
    "SpecialtiesForm",
    "VerifyForm",
    "filled",
    "zone_names",
]
