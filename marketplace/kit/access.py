"""Deny by default: every view says who may pass, and a file says it again."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from marketplace.kit.errors import Forbidden, NotSignedIn


class Actor(Protocol):
    """Whoever asks; a visitor without roles is not signed in."""

    @property
    def roles(self) -> frozenset[str]: ...


V = TypeVar("V", bound=Callable[..., Any])
Rule = Callable[[Actor], bool]
_RULE = "access_rule"
STAFF = ("support", "ops", "finance", "admin")


def open_to(rule: Rule) -> Callable[[V], V]:
    """Say who may pass.  Stands directly above the view, below the route."""

    def mark(view: V) -> V:
        setattr(view, _RULE, rule)
        return view

    return mark


def anyone(actor: Actor) -> bool:
    """Visitors too."""
    return True


def signed_in(actor: Actor) -> bool:
    """Every User."""
    return bool(actor.roles)


def role(*names: str) -> Rule:
    """Users with one of these roles: expert, reviewer, member, support, ops, finance, admin."""

    def rule(actor: Actor) -> bool:
        return not actor.roles.isdisjoint(names)

    rule.__name__ = "role:" + ",".join(sorted(names))
    return rule


def admit(view: Callable[..., Any], actor: Actor) -> None:
    """Let the actor in, or NotSignedIn (401) or Forbidden (403)."""
    rule: Rule = getattr(view, _RULE)
    if not rule(actor):
        raise Forbidden("You may not open this page.") if actor.roles else NotSignedIn("Sign in first.")


def read_policy(folder: Path) -> dict[str, str]:
    """Endpoint -> rule, from every file of `config/policy/access/`; an endpoint listed twice is refused."""
    policy: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        for endpoint, rule in tomllib.loads(path.read_text()).items():
            if endpoint in policy:
                raise RuntimeError(f"{path.name}: {endpoint} is listed twice")
            policy[endpoint] = rule
    return policy


def check_locks(views: Mapping[str, Callable[..., Any]], policy: Mapping[str, str]) -> None:
    """Stop the boot unless every view has a rule and the access files say the same one."""
    bare = sorted(name for name, view in views.items() if not hasattr(view, _RULE))
    if bare:
        raise RuntimeError(f"views without an access rule: {', '.join(bare)}")
    said = {name: getattr(view, _RULE).__name__ for name, view in views.items()}
    wrong = sorted(name for name in said if policy.get(name) != said[name])
    if wrong:
        raise RuntimeError(
            "config/policy/access disagrees with the code: "
            + "; ".join(f"{name} is {said[name]!r}, the file says {policy.get(name)!r}" for name in wrong)
        )
