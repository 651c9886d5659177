"""Write a pack: tar in zstd in age, streamed, and under its name only when complete."""

import hashlib
import os
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyrage
import zstandard

from reviewer_app.errors import FileError, Malformed
from reviewer_app.records.envelope import Envelope, to_ndjson
from reviewer_app.texts import say

_CHUNK = 1 << 20
_BLOCK = tarfile.BLOCKSIZE


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, 0
    return info.tobuf(tarfile.USTAR_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def _tar(
    manifest: Envelope,
    envelopes: Sequence[Envelope],
    blobs: Iterable[tuple[str, int, BinaryIO]],
) -> Iterator[bytes]:
    for name, content in (
        ("manifest.json", manifest.to_json()),
        ("records.ndjson", to_ndjson(envelopes)),
    ):
        yield _header(name, len(content)) + content + _padding(len(content))
    for sha256, size, stream in blobs:
        yield _header(f"blobs/{sha256}", size)
        digest, seen = hashlib.sha256(), 0
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            seen += len(chunk)
            yield chunk
        if seen != size or digest.hexdigest() != sha256:
            raise Malformed(
                sha256,
                say("The document was altered inside the workspace."),
                say("Verify the workspace and restore a copy."),
            )
        yield _padding(size)
    yield bytes(2 * _BLOCK)


def _compressed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    compressor = zstandard.ZstdCompressor(level=3).compressobj()
    for chunk in chunks:
        if out := compressor.compress(chunk):
            yield out
    yield compressor.flush()


class _Pulled:
    """A reader over chunks, as age asks for it; keeps what went wrong while it was asked."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""
        self.failure: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes; empty at the end."""
        try:
            while not self._held:
                self._held = next(self._chunks)
        except StopIteration:
            return b""
        except BaseException as error:
            self.failure = error
            raise
        end = len(self._held) if size < 0 else size
        part, self._held = self._held[:end], self._held[end:]
        return part


def write_pack_file(
    path: Path,
    manifest: Envelope,
    envelopes: Sequence[Envelope],
    blobs: Iterable[tuple[str, int, BinaryIO]],
    recipients: Sequence[str],
) -> None:
    """Write the pack for the age recipients; raises FileError and leaves nothing behind on a fault."""
    part = path.with_name(f".{path.name}.part")
    source = _Pulled(_compressed(_tar(manifest, envelopes, blobs)))
    keys = [pyrage.x25519.Recipient.from_str(r) for r in recipients]
    try:
        with part.open("wb") as out:
            pyrage.encrypt_io(source, out, keys)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except (OSError, pyrage.EncryptError) as error:
        part.unlink(missing_ok=True)
        if source.failure is not None:
            raise source.failure from error
        why = getattr(error, "strerror", None) or str(error)
        raise FileError(
            path, say("The pack cannot be written: {why}.", why=why), say("Choose another place.")
        ) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
