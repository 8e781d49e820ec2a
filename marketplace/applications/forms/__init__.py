"""Forms of the board, of applications and of invitations."""

from marketplace.applications.forms.board import (
    RHYTHMS,
    AcceptForm,
    AcknowledgeForm,
    BlockForm,
    RevokeForm,
    RhythmForm,
    SaveSearchForm,
    ShowForm,
    read_filters,
)
from marketplace.applications.forms.choosing import AnswerForm, InviteForm, OfferForm

__all__ = [
    "RHYTHMS",
    "AcceptForm",
    "AcknowledgeForm",
    "AnswerForm",
    "BlockForm",
    "InviteForm",
    "OfferForm",
    "RevokeForm",
    "RhythmForm",
    "SaveSearchForm",
    "ShowForm",
    "read_filters",
]
