"""Days, hours and history as words.  Pure."""

from datetime import timedelta

DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday",
    "fri": "Friday", "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip
WEEKLY_HOURS_MAXIMUM = 80


def ordered_days(days: list[str]) -> str:
    """The days of the week in their order, with commas, as they are kept."""
    return ",".join(day for day in DAYS if day in days)


def availability(weekly_hours: int, days: str, quiet_from: str, quiet_to: str) -> str:
    """When somebody works, as a sentence; empty when nothing was said."""
    parts = []
    if weekly_hours:
        parts.append(f"{weekly_hours} hours a week")
    if days:
        names = [DAYS[day][:3] for day in days.split(",") if day in DAYS]
        parts.append("every day" if len(names) == len(DAYS) else ", ".join(names))
    if quiet_from and quiet_to:
        parts.append(f"quiet from {quiet_from} to {quiet_to}")
    return "; ".join(parts)


def hours_reached(weekly_hours: int, worked: timedelta) -> str:
    """What somebody is told whose seven days were as long as they wished, else empty; stops nobody."""
    if not weekly_hours or worked < timedelta(hours=weekly_hours):
        return ""
    wished = "one hour" if weekly_hours == 1 else f"{weekly_hours} hours"
    hours, minutes = divmod(int(worked.total_seconds()) // 60, 60)
    return (
        f"You wished for {wished} a week and have worked {hours} h {minutes} min in the last seven days. "
        "It is your own wish: you can go on, and nothing changes when you stop."
    )
