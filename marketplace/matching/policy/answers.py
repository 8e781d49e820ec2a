"""The tick list: each rule with its reason and what would fix it.  Pure."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fix:
    """What a person can do about a rule that failed; `href` is a path of this site, or None."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One line of the tick list."""

    rule: str
    passed: bool
    reason: str
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Yes or no, and every rule behind it."""

    rules: tuple[RuleResult, ...]

    @property
    def eligible(self) -> bool:
        """Every rule passed."""
        return all(result.passed for result in self.rules)

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        """What stands in the way."""
        return tuple(result for result in self.rules if not result.passed)

    def to_json(self) -> dict[str, Any]:
        """The tick list as it is kept on an Application (domain.md 6.1)."""
        return {
            "eligible": self.eligible,
            "rules": [
                {
                    "rule": result.rule,
                    "passed": result.passed,
                    "reason": result.reason,
                    "fix": {"text": result.fix.text, "href": result.fix.href} if result.fix else None,
                }
                for result in self.rules
            ],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Eligibility":
        """Read a kept tick list."""
        return cls(
            tuple(
                RuleResult(
                    row["rule"], row["passed"], row["reason"], Fix(**row["fix"]) if row["fix"] else None
                )
                for row in value.get("rules", [])
            )
        )
