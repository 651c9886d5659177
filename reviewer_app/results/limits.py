"""How much a team's files may hold."""

import msgspec

KIB = 1 << 10
MIB = 1 << 20

MAX_FILE = 1536 * MIB
"""Bytes of one submitted file (1.5 GiB); larger ones are not taken in."""

MAX_RESULTS = 64 * MIB
"""Bytes of one results file; a larger one is kept, but not read as results."""

MAX_LINE = 16 * MIB
"""Bytes of one line of a samples file."""


class ArchiveLimits(msgspec.Struct, frozen=True):
    """What a zip may declare and hold; sizes in bytes.

    ``ratio`` is unpacked to packed size and holds from ``ratio_from`` unpacked bytes on, for deflate packs
    a few blank pages as tightly as a bomb. ``directory`` bounds the list of entries as stored.
    """

    entries: int = 10_000
    each: int = MAX_FILE
    total: int = 2 * MAX_FILE
    ratio: int = 500
    ratio_from: int = MIB
    directory: int = 4 * MIB
    name: int = 1024
