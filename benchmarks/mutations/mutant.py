"""One mutated file: the mutation of a number."""

from dataclasses import dataclass
from random import Random

from benchmarks.mutations import of_bytes, of_cells, of_files, of_lines
from benchmarks.mutations.classes import BYTES, KEEPS_MEANING, MUTATIONS
from benchmarks.mutations.good_file import Good, good_file

CLASSES = (of_bytes, of_lines, of_cells, of_files)  # reading them fills MUTATIONS


@dataclass(frozen=True)
class Mutant:
    """One mutated file."""

    kind: str
    good: Good
    data: bytes

    @property
    def file(self) -> str:
        return self.good.file

    @property
    def keeps_meaning(self) -> bool:
        return self.kind in KEEPS_MEANING

    @property
    def may_be_utf8(self) -> bool:
        """Whether what looks like utf-8 letters, in a file that is not all utf-8, was meant as such."""
        if self.kind in ("re_encoded_in_part", "concatenated", "tail_of_another"):
            return True
        return self.good.encoding != "cp1252" and self.kind != "encoded_as_nobody_reads"


def spoiled(seed: int, number: int) -> Mutant:
    """The mutation of this number; the classes take turns."""
    rng = Random(f"{seed} {number}")
    good, kind = good_file(rng, number), list(MUTATIONS)[number % len(MUTATIONS)]
    packed = good.packed(good.data)
    if kind in BYTES and packed != good.data and rng.random() < 0.5:
        return Mutant(kind, good, BYTES[kind](rng, packed, good))
    return Mutant(kind, good, good.packed(MUTATIONS[kind](rng, good)))
