"""How many people fit, said so that nobody can be counted out.  Pure."""

from dataclasses import dataclass

FEW = 5  # below this a count would name people, and above it counts go in steps of it (docs/adr/0027)


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many people meet every rule about people, and how many of them were here this week."""

    fit: int
    active: int
    verified: bool  # the job asks for a credential

    @property
    def why(self) -> str:
        """Why there is no number; empty when there is one."""
        return "" if self.fit >= FEW else "Smaller numbers are not shown: they could name people."

    @property
    def sentence(self) -> str:
        """What a company reads while it edits a project."""
        kind = "verified expert" if self.verified else "expert"
        if self.fit < FEW:
            return f"Fewer than {FEW} {kind}s fit."
        active = f"at least {_down(self.active):,} were" if self.active >= FEW else f"fewer than {FEW} were"
        return f"At least {_down(self.fit):,} {kind}s fit, {active} active this week."


def _down(count: int) -> int:
    """Rounded down to a step: two counts that differ by one person are mostly the same."""
    return count - count % FEW
