"""DSSE envelopes (in-toto/DSSE v1): the bytes that are signed, stored and sent."""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import msgspec

from reviewer_app.domain.record import BODIES, SCHEMA, Body, Record
from reviewer_app.errors import Malformed
from reviewer_app.records.strict_json import Limits, canonical, decode
from reviewer_app.texts import say

PAYLOAD_TYPE = "application/vnd.reviewer-app.record+json"
_LIMITS = Limits(size=16 << 20, canonical_text=True)
_MAX_LINES = 2_000_000


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the DSSE v1 pre-authentication encoding, which is what gets signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


class Envelope(msgspec.Struct, frozen=True, dict=True):
    """A signed payload; ``keyid`` is the SHA-256 (hex) of the signer's certificate.

    ``signature`` is ECDSA P-256 with SHA-256 in DER over the pre-authentication encoding.
    """

    payload_type: str
    payload: bytes
    keyid: str
    signature: bytes

    @cached_property
    def id(self) -> str:
        """SHA-256 (hex) of the pre-authentication encoding; the signature is not part of it."""
        return hashlib.sha256(pae(self.payload_type, self.payload)).hexdigest()

    def to_json(self) -> bytes:
        """Return the envelope as one line of DSSE JSON."""
        return canonical(
            {
                "payload": base64.b64encode(self.payload).decode(),
                "payloadType": self.payload_type,
                "signatures": [
                    {"keyid": self.keyid, "sig": base64.b64encode(self.signature).decode()}
                ],
            }
        )

    @classmethod
    def from_json(cls, untrusted: bytes, where: str) -> "Envelope":
        """Read one envelope; raises Malformed naming ``where``."""
        try:
            wire = msgspec.convert(decode(untrusted, where=where, limits=_LIMITS), _Wire)
            (signature,) = wire.signatures
            return cls(
                payload_type=wire.payloadType,
                payload=base64.b64decode(wire.payload, validate=True),
                keyid=signature.keyid,
                signature=base64.b64decode(signature.sig, validate=True),
            )
        except (msgspec.ValidationError, ValueError, binascii.Error) as error:
            raise Malformed(
                where,
                say("It is not a signed envelope: {why}.", why=error),
                say("Ask for the file to be written again."),
            ) from error


class _Signature(msgspec.Struct, forbid_unknown_fields=True):
    keyid: str
    sig: str


class _Wire(msgspec.Struct, forbid_unknown_fields=True):
    payload: str
    payloadType: str  # noqa: N815 - the name that the DSSE specification gives it
    signatures: list[_Signature]


class _Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    schema: int
    programme: str
    round: str
    author: str
    device: str
    seq: int
    prev: str
    issued: str
    supersedes: tuple[str, ...]
    body: dict[str, Any]


def payload(  # noqa: PLR0913 - the header of a record has this many fields
    *,
    kind: str,
    programme: str,
    round: str,  # noqa: A002 - the field's name in the format
    author: str,
    device: str,
    seq: int,
    prev: str,
    issued: str,
    supersedes: tuple[str, ...],
    body: Body,
) -> bytes:
    """Return the canonical payload of a record that is about to be signed."""
    return canonical(
        {
            "kind": kind,
            "schema": SCHEMA,
            "programme": programme,
            "round": round,
            "author": author,
            "device": device,
            "seq": seq,
            "prev": prev,
            "issued": issued,
            "supersedes": list(supersedes),
            "body": body,
        }
    )


def read(envelope: Envelope, where: str) -> Record[Any]:
    """Return the typed record of an envelope, its signature not yet checked; raises Malformed."""
    if envelope.payload_type != PAYLOAD_TYPE:
        raise Malformed(where, say("It is not a record but '{kind}'.", kind=envelope.payload_type))
    value = decode(envelope.payload, where=where, limits=_LIMITS)
    try:
        if canonical(value) != envelope.payload:
            raise Malformed(where, say("The record is not written in canonical form (RFC 8785)."))
        header = msgspec.convert(value, _Payload)
        body_type = BODIES.get(header.kind)
        if body_type is None or header.schema != SCHEMA:
            raise Malformed(
                where,
                say("This version does not know records of kind '{kind}'.", kind=header.kind),
                say("Update Reviewer App."),
            )
        body = msgspec.convert(header.body, body_type)
    except (msgspec.ValidationError, ValueError, TypeError) as error:
        raise Malformed(where, say("The record cannot be read: {why}.", why=error)) from error
    return Record(
        id=envelope.id,
        kind=header.kind,
        programme=header.programme,
        round=header.round,
        author=header.author,
        device=header.device,
        seq=header.seq,
        prev=header.prev,
        issued=header.issued,
        supersedes=header.supersedes,
        body=body,
        signer=envelope.keyid,
        schema=header.schema,
    )


def to_ndjson(envelopes: Iterable[Envelope]) -> bytes:
    """Return envelopes as JSON lines."""
    return b"".join(e.to_json() + b"\n" for e in envelopes)


def from_ndjson(untrusted: bytes, where: str) -> list[Envelope]:
    """Read JSON lines of envelopes; raises Malformed naming the line."""
    lines = untrusted.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    if len(lines) > _MAX_LINES:
        raise Malformed(where, say("It has more than {limit} records.", limit=_MAX_LINES))
    return [Envelope.from_json(line, f"{where}:{n}") for n, line in enumerate(lines, 1)]
