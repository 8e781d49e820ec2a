"""Forms for projects: the plan, the guideline, money, a reason, the model experts talk to."""

from marketplace.projects.forms.endpoints import ModelForm
from marketplace.projects.forms.guidelines import CLAUSES_MAXIMUM, GuidelineForm
from marketplace.projects.forms.moves import AnswerForm, FundForm, PauseForm, RetagForm, SendBackForm
from marketplace.projects.forms.projects import MINUTES_MAXIMUM, OVERLAP_MAXIMUM, ProjectForm
from marketplace.projects.forms.rules import COMPARISONS, fact_titles

__all__ = [
    "CLAUSES_MAXIMUM",
    "COMPARISONS",
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
    "fact_titles",
]
