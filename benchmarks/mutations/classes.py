"""The classes of mutation by name, and which of them keep what a file says."""

from collections.abc import Callable
from random import Random

from benchmarks.mutations.good_file import Good

Mutate = Callable[[Random, Good], bytes]
MUTATIONS: dict[str, Mutate] = {}
BYTES: dict[str, Callable[[Random, bytes, Good], bytes]] = {}
KEEPS_MEANING: set[str] = set()


def changes(mutate: Mutate) -> Mutate:
    """A mutation after which the file says what its bytes now say."""
    MUTATIONS[mutate.__name__] = mutate
    return mutate


def keeps(mutate: Mutate) -> Mutate:
    """A mutation after which the file says what it said before."""
    KEEPS_MEANING.add(mutate.__name__)
    return changes(mutate)


def of_bytes(mutate: Callable[[Random, bytes, Good], bytes]) -> None:
    """A mutation of bytes that knows nothing of what they say; may also strike a packed file."""
    BYTES[mutate.__name__] = mutate
    MUTATIONS[mutate.__name__] = lambda rng, good: mutate(rng, good.data, good)


def some(rng: Random, items: list[str]) -> list[int]:
    """Positions of some data lines, at least one."""
    return sorted(rng.sample(range(1, len(items)), rng.choice([1, 1, 2, len(items) - 1])))
