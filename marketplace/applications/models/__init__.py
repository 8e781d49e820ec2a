"""Applications and engagements, invitations, saved jobs and searches, screenings, certificates."""

from marketplace.applications.models.certificates import (
    Certificate,
)
from marketplace.applications.models.invitations import (
    ASKED_MOVES,
    AskedState,
    CompanyMute,
    ProjectInvitation,
)
from marketplace.applications.models.joining import (
    APPLICATION_MOVES,
    ENGAGEMENT_MOVES,
    LIVE,
    Application,
    ApplicationState,
    Closed,
    Engagement,
    EngagementState,
    Rhythm,
    SavedJob,
    SavedSearch,
    ToldProject,
)
from marketplace.applications.models.screenings import (
    SCREENING_MOVES,
    UNFINISHED,
    Screening,
    ScreeningItem,
    ScreeningPlan,
    ScreeningState,
    ScreeningVersion,
)

__all__ = [
    "APPLICATION_MOVES",
    "ASKED_MOVES",
    "ENGAGEMENT_MOVES",
    "LIVE",
    "SCREENING_MOVES",
    "UNFINISHED",
    "Application",
    "ApplicationState",
    "AskedState",
    "Certificate",
    "Closed",
    "CompanyMute",
    "Engagement",
    "EngagementState",
    "ProjectInvitation",
    "Rhythm",
    "SavedJob",
    "SavedSearch",
    "Screening",
    "ScreeningItem",
    "ScreeningPlan",
    "ScreeningState",
    "ScreeningVersion",
    "ToldProject",
]
