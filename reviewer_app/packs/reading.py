"""Read a pack as a stream: nothing is written to a path, every size is limited, any damage is found.

age authenticates each 64 KiB before it gives it out and notices a missing end only there. So what
is read must be kept in one transaction that is given up when this reader raises.
"""

import os
import re
import tarfile
import threading  # noqa: TID251 - age pushes and tar pulls
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, BinaryIO

import pyrage
import zstandard

from reviewer_app.errors import AppError, NotOurFile, PackDamaged, SealedForSomebodyElse
from reviewer_app.records.envelope import Envelope, from_ndjson
from reviewer_app.texts import Message, say

_MAGIC = b"age-encryption.org/v1\n"
_BLOB = re.compile(r"^blobs/([0-9a-f]{64})$")
_MAX_MANIFEST = 16 << 20
_MAX_RECORDS = 1 << 30
_MAX_BLOB = 2 << 30
_MAX_MEMBERS = 200_000
_FAULTS = (tarfile.TarError, zstandard.ZstdError, EOFError, OSError, ValueError)


class _Decryption:
    """Runs age in a thread that feeds a pipe, since age pushes and tar pulls."""

    def __init__(self, untrusted: BinaryIO, identities: Sequence[str]) -> None:
        keys = [pyrage.x25519.Identity.from_str(i) for i in identities]
        reading, self._writing = os.pipe()
        self.plain: IO[bytes] = os.fdopen(reading, "rb")
        self.failure: BaseException | None = None
        self._thread = threading.Thread(
            target=self._run, args=(untrusted, keys), name="pack-decryption", daemon=True
        )
        self._thread.start()

    def _run(self, untrusted: BinaryIO, keys: Sequence[pyrage.x25519.Identity]) -> None:
        with os.fdopen(self._writing, "wb") as out:
            try:
                pyrage.decrypt_io(untrusted, out, keys)
            except BaseException as error:  # noqa: BLE001 - told by the reading side
                self.failure = error
                with suppress(OSError):
                    out.flush()

    def finish(self) -> None:
        """Stop reading and wait until the thread has ended."""
        self.plain.close()
        self._thread.join()


class PackReader:
    """An opened pack: ``manifest`` and ``envelopes`` are there, ``blobs()`` streams the rest once."""

    def __init__(self, tar: tarfile.TarFile, where: str) -> None:
        self._tar = tar
        self._where = where
        self._members = iter(tar)
        self._count = 0
        self.manifest = Envelope.from_json(self._read("manifest.json", _MAX_MANIFEST), where)
        self.envelopes = from_ndjson(self._read("records.ndjson", _MAX_RECORDS), where)

    def _next(self) -> tarfile.TarInfo | None:
        self._count += 1
        if self._count > _MAX_MEMBERS:
            raise _damaged(self._where, say("It has too many entries."))
        member = next(self._members, None)
        if member is not None and not member.isreg():
            raise _damaged(self._where, say("An entry is not a regular file."))
        return member

    def _stream(self, member: tarfile.TarInfo, limit: int) -> IO[bytes]:
        if member.size > limit:
            raise _damaged(self._where, say("An entry is larger than is allowed."))
        stream = self._tar.extractfile(member)
        if stream is None:
            raise _damaged(self._where, say("An entry is not a regular file."))
        return stream

    def _read(self, name: str, limit: int) -> bytes:
        member = self._next()
        if member is None or member.name != name:
            raise _damaged(self._where, say("'{name}' is not where it should be.", name=name))
        return self._stream(member, limit).read()

    def blobs(self) -> Iterator[tuple[str, int, IO[bytes]]]:
        """Yield (SHA-256, size, stream) of every document, in order; each must be read at once."""
        while (member := self._next()) is not None:
            match = _BLOB.match(member.name)
            if match is None:
                raise _damaged(self._where, say("It has an entry that no pack has."))
            yield match[1], member.size, self._stream(member, _MAX_BLOB)


def _damaged(where: str, message: Message) -> PackDamaged:
    return PackDamaged(where, message, say("Ask for the pack to be written again."))


@contextmanager
def read_pack(
    untrusted: BinaryIO, identities: Sequence[str], *, where: str
) -> Iterator[PackReader]:
    """Open a pack with secret age identities.

    Raises NotOurFile, SealedForSomebodyElse or PackDamaged, also at the end, when the end is missing.
    """
    if untrusted.read(len(_MAGIC)) != _MAGIC:
        raise NotOurFile(where, say("It is not a pack."), say("Give a .rvpack file."))
    untrusted.seek(0)
    decryption = _Decryption(untrusted, identities)
    try:
        plain = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
            decryption.plain, read_across_frames=False
        )
        with tarfile.open(fileobj=plain, mode="r|") as tar:
            yield PackReader(tar, where)
            if any(plain.read(2 * tarfile.BLOCKSIZE)) or plain.read(1):
                raise _damaged(where, say("Something follows its end."))
        if decryption.plain.read(1):
            raise _damaged(where, say("Something follows its end."))
    except AppError as error:
        decryption.finish()
        cause = _cause(decryption, where)
        if cause is None:
            raise
        raise cause from error
    except _FAULTS as error:
        decryption.finish()
        raise _cause(decryption, where) or _damaged(
            where, say("It is truncated or was altered.")
        ) from error
    finally:
        decryption.finish()
    if decryption.failure is not None:
        raise _cause(decryption, where) or _damaged(where, say("It is truncated or was altered."))


def _cause(decryption: _Decryption, where: str) -> AppError | None:
    """Return what age itself found wrong, which says more than what tar made of it."""
    failure = decryption.failure
    if not isinstance(failure, pyrage.DecryptError):
        return None
    if "No matching keys" in str(failure):
        return SealedForSomebodyElse(
            where,
            say("It is sealed for somebody else."),
            say("Open it with the identity of the person it was made for."),
        )
    return _damaged(where, say("It is truncated or was altered."))
