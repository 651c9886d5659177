"""Documents in compressed chunks inside the encrypted file; read from any place without a copy on disk."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import zstandard

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 512 * 1024


def compress(chunk: bytes) -> bytes:
    """Return one chunk compressed; level 1, since submissions are mostly compressed already."""
    return zstandard.compress(chunk, 1)


def decompress(stored: bytes) -> bytes:
    """Return one chunk as it was."""
    return zstandard.decompress(stored, CHUNK)


class BlobReader(io.RawIOBase):
    """A seekable view of one document; ``chunk`` gives the plain chunk at a place."""

    def __init__(self, size: int, chunk: Callable[[int], bytes]) -> None:
        self._size = size
        self._chunk = chunk
        self._at = 0
        self._place = -1
        self._held = b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read from any place."""
        return True

    def tell(self) -> int:
        """Return the place in bytes."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in bytes."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read up to the end of the chunk at the place."""
        view = memoryview(buffer).cast("B")
        if self._at >= self._size or not len(view):
            return 0
        place, offset = divmod(self._at, CHUNK)
        if place != self._place:
            self._held, self._place = self._chunk(place), place
        part = self._held[offset : offset + len(view)]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)
