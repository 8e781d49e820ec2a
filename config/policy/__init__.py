"""The rules of the house as numbers, from the TOML files beside this one; printed everywhere from here."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

_FOLDER = Path(__file__).parent
ACCESS = _FOLDER / "access"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class MoneyRules(_Frozen):
    """`money.toml`: amounts in minor units, shares in ten-thousandths (`_bps`)."""

    platform_fee_bps: int
    review_fee_bps: int
    hold_days: int
    trusted_approved: int
    trusted_first_time_bps: int
    payout_minimum_minor: int
    payout_asks_a_day: int = Field(ge=1)
    payout_weekday: str
    cut_off_days: int
    run_days: int
    bank_change_hours: int
    payout_hold_days: int
    unsent_days: int
    deposit_minimum_minor: int
    deposit_maximum_minor: int
    new_company_days: int
    new_company_week_minor: int
    invoice_maximum_minor: int
    invoice_days: int
    low_answers: int
    low_wallet_minor: int
    refund_minimum_minor: int
    refund_alone_minor: int
    proposal_days: int
    fraud_days: int
    fraud_answer_days: int
    bonus_hours_minimum: int
    bonus_amount_maximum_minor: int
    bonus_answers_maximum: int
    bonus_places_maximum: int
    bonus_rules_maximum: int
    bonus_given_minimum_minor: int
    bonus_given_maximum_minor: int
    bonus_given_day_minor: int
    bonus_reason_words: int
    bonus_reason_length: int
    bonus_grace_minutes: int


class WorkRules(_Frozen):
    """`work.toml`: times carry their unit in the name."""

    assignment_minimum_minutes: int
    assignment_factor: int
    assignment_grace_minutes: int
    extension_minutes: int
    extensions_maximum: int
    held_minutes: int
    auto_approve_hours: int
    auto_approve_minimum_hours: int
    auto_approve_maximum_hours: int
    stop_share_bps: int
    cancel_share_bps: int
    withdrawal_characters: int
    stop_claims_bps: int
    feedback_notes: int
    broken_people: int
    undo_seconds: int
    change_rounds: int
    changes_due_hours: int
    rejection_minimum_words: int
    appeal_days: int
    appeal_decide_days: int
    appeal_answer_days: int
    appeal_lock_minutes: int
    senior_verdicts: int
    senior_overturned_bps: int
    review_lock_minutes: int
    review_lock_maximum_hours: int
    draft_kept_days: int
    draft_revisions: int
    heartbeat_seconds: int
    idle_seconds: int
    tripwire_decisions: int
    tripwire_rejected_bps: int
    project_days: int
    pilot_tasks: int
    offer_days: int
    retry_days: int
    tries_maximum: int
    fair_share_bps: int
    fair_share_floor: int
    fair_share_minutes: int
    saved_searches_maximum: int
    digest_hour: int
    digest_days: int
    digest_jobs: int
    digest_link_days: int
    import_maximum_bytes: int
    import_maximum_rows: int
    question_characters: int
    answer_characters: int
    question_minimum_words: int
    questions_a_day: int
    question_pause_hours: int
    exposure_day_minutes: int
    exposure_stretch_minutes: int
    exposure_pause_minutes: int
    severe_items: int
    message_maximum_characters: int
    replies_maximum: int
    screening_offer_days: int
    screening_grade_days: int
    screening_decide_days: int
    screening_valid_months: int
    screening_grace_seconds: int
    screening_items_maximum: int
    screening_pass_mark_bps: int
    screening_hidden_below: int
    appeal_words: int
    answer_days: int
    choice_minimum_words: int
    choice_characters: int
    project_invitation_days: int
    invitations_a_day: int
    invitation_characters: int
    forecast_days: int
    forecast_people: int


class PeopleRules(_Frozen):
    """`people.toml`: sign-in, limits, files."""

    sign_in_idle_hours: int
    sign_in_total_hours: int
    password_minimum: int
    password_maximum: int
    failed_per_user: int
    failed_per_address: int
    failed_window_minutes: int
    confirm_hours: int
    reset_minutes: int
    proof_minutes: int
    evidence_maximum_bytes: int
    evidence_form_bytes: int
    evidence_files_maximum: int
    evidence_pages_maximum: int
    evidence_pixels_maximum: int
    evidence_seconds: int
    credentials_maximum: int
    credential_reminder_days: list[int]
    credential_check_days: int
    credential_answer_days: int
    credential_appeal_days: int
    credential_appeal_decide_days: int
    history_maximum: int
    shared_mail_hosts: list[str]
    refusal_minimum_characters: int
    invitation_days: int
    quiet_leaves_hours: int
    conflict_days: int
    requests_per_minute: int
    posts_per_minute: int


class OutboundRules(_Frozen):
    """`outbound.toml`: what a call to an address of somebody else's may take."""

    ports: list[int]
    calls_at_once: int
    calls_to_one_place: int
    hosts_maximum: int
    connect_seconds: float
    silence_seconds: float
    total_seconds: float
    request_maximum_bytes: int
    answer_maximum_bytes: int
    line_maximum_bytes: int
    reply_maximum_characters: int


MONEY = MoneyRules.model_validate(tomllib.loads((_FOLDER / "money.toml").read_text()))
WORK = WorkRules.model_validate(tomllib.loads((_FOLDER / "work.toml").read_text()))
PEOPLE = PeopleRules.model_validate(tomllib.loads((_FOLDER / "people.toml").read_text()))
OUTBOUND = OutboundRules.model_validate(tomllib.loads((_FOLDER / "outbound.toml").read_text()))
COMMON_PASSWORDS = frozenset((_FOLDER / "common_passwords.txt").read_text().split())
