"""How passwords are kept."""

from argon2 import PasswordHasher, Type

from marketplace.identity.service.passwords import ARGON2ID, Passwords


def cheap(memory: int = 8) -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=memory, parallelism=1))


def test_the_product_uses_argon2id_with_its_parameters() -> None:
    assert (ARGON2ID.type, ARGON2ID.memory_cost, ARGON2ID.time_cost, ARGON2ID.parallelism) == (
        Type.ID,
        19456,
        2,
        1,
    )


def test_only_the_same_characters_match() -> None:
    passwords = cheap()
    kept = passwords.hashed("Lantern Orbit ß")
    assert passwords.matches(kept, "Lantern Orbit ß")
    assert not passwords.matches(kept, "lantern orbit ß")
    assert not passwords.matches(kept, "Lantern Orbit ß ")
    assert not passwords.matches("not a hash", "Lantern Orbit ß")


def test_nobody_is_verified_too_and_never_matches() -> None:
    passwords = cheap()
    asked: list[str] = []

    class Watching(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002
            asked.append(str(hash))
            return super().verify(hash, password)  # type: ignore[return-value]

    passwords.hasher = Watching(time_cost=1, memory_cost=8, parallelism=1)
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches(None, "anything else")
    assert len(asked) == 2
    assert asked[0].startswith("$argon2id$")
    assert asked[0] == asked[1]


def test_a_hash_of_weaker_parameters_is_outdated() -> None:
    assert cheap(16).is_outdated(cheap(8).hashed("anything"))
    assert not cheap(8).is_outdated(cheap(8).hashed("anything"))
