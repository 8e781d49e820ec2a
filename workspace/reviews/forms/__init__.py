"""What reviewers, experts who appeal and whoever decides fill in."""

from workspace.reviews.forms.appeals import AnswerForm, AppealForm, AskForm, RulingForm
from workspace.reviews.forms.reviews import (
    GiveBonusForm,
    OverturnForm,
    RefuseOverturnForm,
    ReportForm,
    StepAsideForm,
    VerdictForm,
    blank,
    picks,
)

__all__ = [
    "AnswerForm",
    "AppealForm",
    "AskForm",
    "GiveBonusForm",
    "OverturnForm",
    "RefuseOverturnForm",
    "ReportForm",
    "RulingForm",
    "StepAsideForm",
    "VerdictForm",
    "blank",
    "picks",
]
