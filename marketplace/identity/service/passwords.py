"""How passwords are kept: argon2id, and the same time for nobody's password as for somebody's."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """A hasher that can be changed for a whole process: tests put a cheap one in its place."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hasher = hasher

    def hashed(self, password: str) -> str:
        """What is stored of a password."""
        return self.hasher.hash(password)

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether `password` made the hash `kept`; without one (no such User) False, and as slow."""
        try:
            self.hasher.verify(kept or _nobodys(self.hasher), password)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self.hasher.check_needs_rehash(kept)


@lru_cache(maxsize=4)
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


ARGON2ID = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)  # memory in KiB
PASSWORDS = Passwords(ARGON2ID)
