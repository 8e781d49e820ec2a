"""What people fill in about screenings."""

from workspace.screenings.forms.screenings import (
    AppealForm,
    AskForm,
    DecideForm,
    ItemsForm,
    NoEffortForm,
    PickForm,
    PreviewBody,
    SaveBody,
    Sent,
    StepAsideForm,
    TermsForm,
    grades,
    sent,
)
from workspace.screenings.forms.writing import ASKED, WriteForm

__all__ = [
    "ASKED",
    "AppealForm",
    "AskForm",
    "DecideForm",
    "ItemsForm",
    "NoEffortForm",
    "PickForm",
    "PreviewBody",
    "SaveBody",
    "Sent",
    "StepAsideForm",
    "TermsForm",
    "WriteForm",
    "grades",
    "sent",
]
