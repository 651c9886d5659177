"""Signed heads of the log: C2SP tlog-checkpoint in a C2SP signed note (Ed25519)."""

import base64
import binascii
import hashlib
import re

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from reviewer_app.errors import Malformed
from reviewer_app.texts import say

ORIGIN = "reviewer-app.log"
_ED25519 = b"\x01"
_HASH = 32
_SIGNATURE = re.compile(r"^— (\S+) ([A-Za-z0-9+/=]+)$")
_NUMBER = re.compile(r"^(0|[1-9][0-9]{0,17})$")


class Checkpoint(msgspec.Struct, frozen=True):
    """A head that a log signed: ``size`` leaves with ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes


def origin_of(programme: str) -> str:
    """Return the log's name for a programme, the first line of its checkpoints."""
    return f"{ORIGIN}/{programme}"


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, key: Ed25519PrivateKey) -> str:
    """Return the C2SP verifier key (``name+hash+key``) of a signing key."""
    public = key.public_key().public_bytes_raw()
    encoded = base64.b64encode(_ED25519 + public).decode()
    return f"{name}+{_key_id(name, public).hex()}+{encoded}"


def sign_checkpoint(checkpoint: Checkpoint, name: str, key: Ed25519PrivateKey) -> str:
    """Return the checkpoint as a signed note."""
    root = base64.b64encode(checkpoint.root).decode()
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"
    public = key.public_key().public_bytes_raw()
    signature = base64.b64encode(_key_id(name, public) + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def read_checkpoint(untrusted: str, vkey: str, origin: str, where: str) -> Checkpoint:
    """Return the checkpoint if the key of ``vkey`` signed it for ``origin``; raises Malformed."""
    try:
        text, _, signatures = untrusted.partition("\n\n")
        text += "\n"
        name, key_id, public = _read_verifier_key(vkey)
        lines = text.split("\n")
        root = base64.b64decode(lines[2], validate=True)
        sound = (
            lines[0] == origin
            and _NUMBER.match(lines[1]) is not None
            and len(root) == _HASH
            and _signed(text, signatures, name, key_id, public)
        )
    except (ValueError, IndexError, binascii.Error) as error:
        raise _not_signed(where) from error
    if not sound:
        raise _not_signed(where)
    return Checkpoint(origin, int(lines[1]), root)


def _not_signed(where: str) -> Malformed:
    return Malformed(
        where,
        say("Its checkpoint is not signed by the log that is known here."),
        say("Do not trust this server; tell the secretary."),
    )


def _read_verifier_key(vkey: str) -> tuple[str, bytes, Ed25519PublicKey]:
    name, key_hash, encoded = vkey.split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    if raw[:1] != _ED25519 or _key_id(name, raw[1:]).hex() != key_hash:
        raise ValueError
    return name, _key_id(name, raw[1:]), Ed25519PublicKey.from_public_bytes(raw[1:])


def _signed(text: str, signatures: str, name: str, key_id: bytes, public: Ed25519PublicKey) -> bool:
    for line in signatures.split("\n"):
        match = _SIGNATURE.match(line)
        if match is None or match[1] != name:
            continue
        raw = base64.b64decode(match[2], validate=True)
        if raw[:4] != key_id:
            continue
        try:
            public.verify(raw[4:], text.encode())
        except InvalidSignature:
            return False
        return True
    return False
