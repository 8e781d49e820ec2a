"""Applications and engagements, saved jobs and searches, screenings, certificates."""

from marketplace.applications.models.certificates import (
    Certificate,
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
    "ENGAGEMENT_MOVES",
    "LIVE",
    "SCREENING_MOVES",
    "UNFINISHED",
    "Application",
    "ApplicationState",
    "Certificate",
    "Closed",
    "Engagement",
    "EngagementState",
    "Rhythm",
    "SavedJob",
    "SavedSearch",
    "Screening",
    "ScreeningItem",
    "ScreeningPlan",
    "ScreeningState",
    "ScreeningVersion",
]
