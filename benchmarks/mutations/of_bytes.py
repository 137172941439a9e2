"""Mutations of bytes: what a broken disk, line or tool does."""

from dataclasses import replace
from random import Random

from benchmarks.mutations.classes import of_bytes
from benchmarks.mutations.good_file import Good, good_file

INSERTED = [b'"', b'""', b"'", b";", b",", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\\", b" ", b"\xa0", b"\xef\xbb\xbf",
            b"\x00", b"\x01", b"\x0b", b"\x0c", b"\x1a", b"\x1c", b"\x85", b"\xc2\x85", b"\xe2\x80\xa8"]  # fmt: skip


def block(rng: Random, data: bytes) -> tuple[int, int]:
    begin = rng.randrange(len(data))
    return begin, begin + rng.choice([1, 3, 20, rng.randint(1, len(data))])


@of_bytes
def cut_at_a_byte(rng: Random, data: bytes, good: Good) -> bytes:
    return data[: rng.randrange(len(data))]


@of_bytes
def block_doubled(rng: Random, data: bytes, good: Good) -> bytes:
    begin, end = block(rng, data)
    return data[:end] + data[begin:]


@of_bytes
def block_lost(rng: Random, data: bytes, good: Good) -> bytes:
    begin, end = block(rng, data)
    return data[:begin] + data[end:]


@of_bytes
def bits_flipped(rng: Random, data: bytes, good: Good) -> bytes:
    flipped = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


@of_bytes
def bytes_inserted(rng: Random, data: bytes, good: Good) -> bytes:
    for _ in range(rng.choice([1, 1, 2, 4])):
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice([*INSERTED, bytes([rng.randrange(0x80, 0x100)])]) + data[at:]
    return data


@of_bytes
def byte_replaced(rng: Random, data: bytes, good: Good) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.choice([*INSERTED, bytes([rng.randrange(256)])]) + data[at + 1 :]


@of_bytes
def tail_of_another(rng: Random, data: bytes, good: Good) -> bytes:
    other = good_file(rng, good.number, good.kind).data
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


@of_bytes
def concatenated(rng: Random, data: bytes, good: Good) -> bytes:
    other = good_file(rng, good.number, good.kind)
    return data + rng.choice(
        [data, other.data, replace(other, encoding=good.encoding).data if other.can_be(good.encoding) else data]
    )
