"""The verbs of the room: profiles, credentials, checks, and what the clock does."""

from marketplace.experts.service.checks import note_evidence_seen, open_check, reject, verify
from marketplace.experts.service.credentials import (
    Claim,
    add_credential,
    attach_evidence,
    change_credential,
    delete,
    send_for_checking,
)
from marketplace.experts.service.files import forget_evidence
from marketplace.experts.service.notices import (
    begin_profile,
    tell_expired,
    tell_expiring,
    tell_rejected,
    tell_verified,
)
from marketplace.experts.service.profiles import become_expert, save_profile, set_specialties, standing
from marketplace.experts.service.sweeps import expire

__all__ = [
    "Claim",
    "add_credential",
    "attach_evidence",
    "become_expert",
    "begin_profile",
    "change_credential",
    "delete",
    "expire",
    "forget_evidence",
    "note_evidence_seen",
    "open_check",
    "reject",
    "save_profile",
    "send_for_checking",
    "set_specialties",
    "standing",
    "tell_expired",
    "tell_expiring",
    "tell_rejected",
    "tell_verified",
    "verify",
]
