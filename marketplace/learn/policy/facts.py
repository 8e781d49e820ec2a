"""The numbers a text may name by `{{ name }}`: the rules of the house, so that no number is written twice."""

from collections.abc import Mapping

from config.fields import TIERS
from config.policy import MONEY, WORK
from marketplace.kit.money import ceil_div, share, shown

DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
HOUR_MINUTES = 60
EXAMPLE_TIER, EXAMPLE_MINUTES = "board_certified", 7


def known_facts() -> Mapping[str, str]:
    """Every name a text may use, with the words that stand in its place."""
    return {**_money(), **_work(), **_example(), "tier_table": _tier_table()}


def _money() -> dict[str, str]:
    return {
        "platform_fee": _percent(MONEY.platform_fee_bps),
        "review_fee": _percent(MONEY.review_fee_bps),
        "hold_days": _counted(MONEY.hold_days, "day"),
        "trusted_approved": str(MONEY.trusted_approved),
        "trusted_share": _percent(MONEY.trusted_first_time_bps),
        "payout_minimum": _short(MONEY.payout_minimum_minor),
        "payday": DAYS[MONEY.payout_weekday],
        "bank_change_hours": _counted(MONEY.bank_change_hours, "hour"),
        "lowest_rate": _short(min(tier.low_minor for tier in TIERS.values())),
        "highest_rate": _short(max(tier.high_minor for tier in TIERS.values())),
    }


def _work() -> dict[str, str]:
    return {
        "assignment_factor": str(WORK.assignment_factor),
        "assignment_minimum": _counted(WORK.assignment_minimum_minutes, "minute"),
        "extension": _counted(WORK.extension_minutes, "minute"),
        "extensions": str(WORK.extensions_maximum),
        "auto_approve": _counted(WORK.auto_approve_hours, "hour"),
        "undo": _counted(WORK.undo_seconds, "second"),
        "change_rounds": _counted(WORK.change_rounds, "round"),
        "changes_due": _counted(WORK.changes_due_hours, "hour"),
        "rejection_words": _counted(WORK.rejection_minimum_words, "word"),
        "appeal_days": _counted(WORK.appeal_days, "day"),
        "appeal_decide": _counted(WORK.appeal_decide_days, "day"),
        "appeal_answer": _counted(WORK.appeal_answer_days, "day"),
        "appeal_words": str(WORK.appeal_words),
        "draft_kept": _counted(WORK.draft_kept_days, "day"),
        "stop_share": _percent(WORK.stop_share_bps),
        "cancel_share": _percent(WORK.cancel_share_bps),
        "tripwire_share": _percent(WORK.tripwire_rejected_bps),
        "tripwire_decisions": str(WORK.tripwire_decisions),
        "pilot_tasks": str(WORK.pilot_tasks),
        "exposure_day": _counted(WORK.exposure_day_minutes, "minute"),
        "exposure_stretch": _counted(WORK.exposure_stretch_minutes, "minute"),
        "offer_days": _counted(WORK.offer_days, "day"),
        "answer_days": _counted(WORK.answer_days, "day"),
        "screening_start": _counted(WORK.screening_offer_days, "day"),
        "screening_grade": _counted(WORK.screening_grade_days, "day"),
        "screening_decide": _counted(WORK.screening_decide_days, "day"),
        "screening_pass": _percent(WORK.screening_pass_mark_bps),
        "screening_valid": _counted(WORK.screening_valid_months, "month"),
        "screening_again": _counted(WORK.retry_days, "day"),
        "screening_tries": str(WORK.tries_maximum),
        "question_pause": _counted(WORK.question_pause_hours, "hour"),
    }


def _example() -> dict[str, str]:
    """One worked price, made as every price is: rate by minutes, up to the cent; fees on top, down."""
    hourly = TIERS[EXAMPLE_TIER].low_minor
    price = ceil_div(hourly * EXAMPLE_MINUTES, HOUR_MINUTES)
    platform, review = share(price, MONEY.platform_fee_bps), share(price, MONEY.review_fee_bps)
    return {
        "example_rate": _short(hourly),
        "example_minutes": _counted(EXAMPLE_MINUTES, "minute"),
        "example_price": shown(price),
        "example_platform_fee": shown(platform),
        "example_review_fee": shown(review),
        "example_funded": shown(price + platform + review),
    }


def _tier_table() -> str:
    """The tiers as a table of Markdown."""
    rows = [
        f"| {tier.title} | {_range(tier.low_minor, tier.high_minor)} | {tier.rule} |"
        for tier in TIERS.values()
    ]
    return "\n".join(["| Tier | An hour | What it takes |", "| --- | --- | --- |", *rows])


def _range(low: int, high: int) -> str:
    return _short(low) if low == high else f"{_short(low)} to {_short(high)}"


def _short(minor: int) -> str:
    return shown(minor).removesuffix(".00")


def _percent(bps: int) -> str:
    return f"{bps / 100:g} %"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
