"""The key of a workspace: 32 random bytes, or derived from a passphrase and the file's own salt."""

import hashlib
from pathlib import Path

from reviewer_app.errors import NotOurFile
from reviewer_app.texts import say

SALT = 16
_PAGE = 16384
_PLAIN = b"SQLite format 3\x00"


def salt_of(path: Path) -> bytes:
    """Return the salt that SQLCipher keeps in the file's first 16 bytes; raises NotOurFile."""
    remedy = say("Give a workspace file (.rvw).")
    try:
        with path.open("rb") as stream:
            salt = stream.read(SALT)
            size = stream.seek(0, 2)
    except OSError as error:
        reason = error.strerror or str(error)
        raise NotOurFile(
            path, say("The file cannot be read: {why}.", why=reason), remedy
        ) from error
    if size < _PAGE or size % _PAGE or salt == _PLAIN or salt.startswith((b"%PDF", b"PK\x03\x04")):
        raise NotOurFile(path, say("It is not a workspace."), remedy)
    return salt


def derive_key(passphrase: str, salt: bytes) -> bytes:
    """Return 32 bytes by scrypt (RFC 7914; N=2^15, r=8, p=1)."""
    return hashlib.scrypt(
        passphrase.encode(), salt=salt, n=1 << 15, r=8, p=1, maxmem=64 << 20, dklen=32
    )
