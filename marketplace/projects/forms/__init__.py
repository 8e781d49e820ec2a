"""Forms for projects: the plan, the guideline, money, a reason, the model experts talk to."""

from marketplace.projects.forms.endpoints import ModelForm
from marketplace.projects.forms.projects import (
    CLAUSES_MAXIMUM,
    MINUTES_MAXIMUM,
    OVERLAP_MAXIMUM,
    AnswerForm,
    FundForm,
    GuidelineForm,
    PauseForm,
    ProjectForm,
    RetagForm,
    SendBackForm,
)

__all__ = [
    "CLAUSES_MAXIMUM",
    "MINUTES_MAXIMUM",
    "OVERLAP_MAXIMUM",
    "AnswerForm",
    "FundForm",
    "GuidelineForm",
    "ModelForm",
    "PauseForm",
    "ProjectForm",
    "RetagForm",
    "SendBackForm",
]
