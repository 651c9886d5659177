"""Hostile zip files, read entry by entry within limits and never unpacked to paths."""

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from reviewer_app.errors import Malformed, TooLarge
from reviewer_app.results.limits import ArchiveLimits
from reviewer_app.texts import Message, say

_UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8_NAME = 0x800
_DRIVE = re.compile(r"[A-Za-z]:")
_TURNS_TEXT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class _Bounded:
    """A seekable stream that never gives more than ``most`` bytes at once.

    ``zipfile`` reads the whole list of entries in one go, in the size that the file declares.
    """

    def __init__(self, stream: BinaryIO, most: int, where: str) -> None:
        self._stream = stream
        self._most = most
        self._where = where

    def read(self, size: int = -1) -> bytes:
        found = self._stream.read(self._most + 1 if size < 0 or size > self._most else size)
        if len(found) > self._most:
            raise TooLarge(
                self._where,
                say("Its list of entries is over {most} bytes.", most=self._most),
                _fewer(),
            )
        return found

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """Leave the stream open; it is the caller's."""


class EntryStream(io.RawIOBase):
    """The unpacked bytes of one entry, forwards only; what breaks in it is told as Malformed."""

    def __init__(self, stream: BinaryIO, where: str, name: str) -> None:
        self._stream = stream
        self._where = where
        self.name = name

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: "memoryview | bytearray", /) -> int:  # type: ignore[override]
        """Fill the buffer as far as there are bytes; 0 at the end."""
        with _told(self._where, self.name):
            chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _fewer() -> Message:
    return say("Hand in fewer or smaller files, each on its own.")


def _again() -> Message:
    return say("Pack the files again with an ordinary zip tool.")


@contextmanager
def _told(where: str, name: str = "") -> Iterator[None]:
    """Turn what zipfile raises into one sentence."""
    try:
        yield
    except _UNREADABLE:
        message = (
            say("Entry '{name}' is damaged.", name=name)
            if name
            else say("It is not a readable zip file, or it is cut off.")
        )
        raise Malformed(where, message, _again()) from None


def _name(info: zipfile.ZipInfo) -> str:
    """Return the stored name in NFC with ``/``; without a UTF-8 flag it is UTF-8, CP949 or CP437."""
    stored = info.orig_filename
    if not info.flag_bits & _UTF8_NAME and not stored.isascii():
        raw = stored.encode("cp437")
        for encoding in ("utf-8", "cp949"):
            try:
                stored = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", stored.replace("\\", "/"))


def _name_fault(name: str, limits: ArchiveLimits) -> Message | None:
    """Return why no entry may have this name."""
    if name.startswith("/") or _DRIVE.match(name):
        return say("Entry '{name}' has an absolute path.", name=name)
    if ".." in name.split("/"):
        return say("Entry '{name}' leads out of the zip.", name=name)
    if not name or len(name) > limits.name:
        return say("An entry has no name, or one of over {most} characters.", most=limits.name)
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in _TURNS_TEXT for c in name):
        return say("Entry {name} has hidden characters in its name.", name=ascii(name))
    return None


def _kind_fault(info: zipfile.ZipInfo, name: str) -> Message | None:
    """Return why no entry may be of this kind."""
    if info.flag_bits & _ENCRYPTED:
        return say("Entry '{name}' is encrypted.", name=name)
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return say("Entry '{name}' is a link or a device, not a file.", name=name)
    if info.compress_type not in _METHODS:
        return say("Entry '{name}' is packed in an unusual way.", name=name)
    return None


def _size_fault(info: zipfile.ZipInfo, name: str, limits: ArchiveLimits) -> Message | None:
    """Return why no entry may be of this size; the declared one bounds what can be read."""
    if info.file_size > limits.each:
        return say(
            "Entry '{name}' has {size} bytes; {most} are allowed.",
            name=name,
            size=info.file_size,
            most=limits.each,
        )
    packed = max(1, info.compress_size)
    if info.file_size > limits.ratio_from and info.file_size > limits.ratio * packed:
        return say(
            "Entry '{name}' unpacks to more than {ratio} times its size.",
            name=name,
            ratio=limits.ratio,
        )
    return None


def _check_layout(infos: list[zipfile.ZipInfo], names: list[str], where: str) -> None:
    """Raise Malformed when a name stands twice or two entries share bytes."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Malformed(where, say("Entry '{name}' is there twice.", name=name), _again())
        seen.add(name)
    placed = sorted(zip(infos, names, strict=True), key=lambda pair: pair[0].header_offset)
    end = 0
    for info, name in placed:
        if info.header_offset < end:
            raise Malformed(where, say("Entry '{name}' overlaps another one.", name=name), _again())
        end = info.header_offset + _LOCAL_HEADER + info.compress_size


def _checked(
    infos: list[zipfile.ZipInfo], where: str, limits: ArchiveLimits
) -> list[tuple[zipfile.ZipInfo, str]]:
    """Return the files with their names. Raises on the first entry that breaks a limit."""
    if len(infos) > limits.entries:
        raise TooLarge(
            where,
            say("It has {n} entries; {most} are allowed.", n=len(infos), most=limits.entries),
            _fewer(),
        )
    names = [_name(info) for info in infos]
    for info, name in zip(infos, names, strict=True):
        fault = _name_fault(name, limits) or _kind_fault(info, name)
        if fault:
            raise Malformed(where, fault, _again())
        oversize = _size_fault(info, name, limits)
        if oversize:
            raise TooLarge(where, oversize, _fewer())
    total = sum(info.file_size for info in infos)
    if total > limits.total:
        raise TooLarge(
            where,
            say("It unpacks to {size} bytes; {most} are allowed.", size=total, most=limits.total),
            _fewer(),
        )
    _check_layout(infos, names, where)
    return [(i, n) for i, n in zip(infos, names, strict=True) if not n.endswith("/")]


def entries(
    untrusted: BinaryIO, where: str, limits: ArchiveLimits | None = None
) -> Iterator[tuple[str, BinaryIO]]:
    """Yield each file's name and its bytes, to be read before the next one is asked for.

    All entries are checked before the first is yielded. Raises Malformed or TooLarge, naming ``where``
    and the entry, also while an entry is read. ``untrusted`` must be seekable and stays open.
    """
    limits = limits or ArchiveLimits()
    bounded = cast("BinaryIO", _Bounded(untrusted, limits.directory, where))
    with _told(where):
        archive = zipfile.ZipFile(bounded)
    with archive:
        with _told(where):
            listed = _checked(archive.infolist(), where, limits)
        for info, name in listed:
            with _told(where, name):
                opened = archive.open(info)
            with opened:
                yield name, cast("BinaryIO", EntryStream(cast("BinaryIO", opened), where, name))
