"""Sign records, and check who signed them."""

import base64
import binascii
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from reviewer_app.domain.record import Record
from reviewer_app.errors import AppError
from reviewer_app.records.envelope import PAYLOAD_TYPE, Envelope, pae, read
from reviewer_app.signing.identity import KeyPair, fingerprint, issued_by, person_of
from reviewer_app.texts import Message, say

_ALGORITHM = ec.ECDSA(hashes.SHA256())


def sign(keys: KeyPair, payload: bytes, payload_type: str = PAYLOAD_TYPE) -> Envelope:
    """Return the payload in an envelope that the person signed."""
    signature = keys.key.sign(pae(payload_type, payload), _ALGORITHM)
    return Envelope(payload_type, payload, keys.fingerprint, signature)


class Refused(msgspec.Struct, frozen=True):
    """An envelope that does not hold, and why; it is kept and shown, never counted."""

    envelope: Envelope
    reason: Message


class Checked(msgspec.Struct, frozen=True):
    """Envelopes sorted into records that hold and envelopes that do not.

    ``people`` are the certificates that the authority vouched for, by fingerprint.
    """

    records: tuple[Record[Any], ...]
    refused: tuple[Refused, ...]
    people: dict[str, x509.Certificate]

    def signed_by(self, envelope: Envelope, person: str) -> bool:
        """Return whether the named person, as the authority vouches, signed the envelope."""
        certificate = self.people.get(envelope.keyid)
        return (
            certificate is not None
            and person_of(certificate) == person
            and _signature_holds(envelope, certificate)
        )


def check(envelopes: Iterable[Envelope], programme: str) -> Checked:
    """Check signature, certificate path, validity at the claimed time, and author of every record.

    ``programme`` is the fingerprint of the authority; nothing else is trusted.
    """
    records: list[tuple[Envelope, Record[Any]]] = []
    refused: list[Refused] = []
    for envelope in {e.id: e for e in envelopes}.values():
        try:
            records.append((envelope, read(envelope, short_id(envelope))))
        except AppError as error:
            refused.append(Refused(envelope, error.message))
    people = _people([r for _, r in records], programme)
    kept = []
    for envelope, record in records:
        reason = _fault(envelope, record, people, programme)
        if reason is None:
            kept.append(record)
        else:
            refused.append(Refused(envelope, reason))
    return Checked(tuple(kept), tuple(refused), people)


def short_id(envelope: Envelope) -> str:
    """Return a short name of an envelope for sentences."""
    return envelope.id[:12]


def _certificate(encoded: str) -> x509.Certificate | None:
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))
        public = certificate.public_key()
    except (ValueError, binascii.Error, TypeError, x509.UnsupportedGeneralNameType):
        return None
    if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        return None
    return certificate


def _people(records: Iterable[Record[Any]], programme: str) -> dict[str, x509.Certificate]:
    """Return the authority's certificate and those it issued, by fingerprint."""
    records = list(records)
    people: dict[str, x509.Certificate] = {}
    for record in records:
        if record.kind == "programme":
            certificate = _certificate(record.body.certificate)
            if certificate is not None and fingerprint(certificate) == programme:
                people[programme] = certificate
    authority = people.get(programme)
    if authority is None:
        return {}
    for record in records:
        if record.kind == "identity":
            certificate = _certificate(record.body.certificate)
            if (
                certificate is not None
                and issued_by(certificate, authority)
                and person_of(certificate) == record.body.person
            ):
                people[fingerprint(certificate)] = certificate
    return people


def _signature_holds(envelope: Envelope, certificate: x509.Certificate) -> bool:
    public = certificate.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return False
    try:
        public.verify(envelope.signature, pae(envelope.payload_type, envelope.payload), _ALGORITHM)
    except InvalidSignature:
        return False
    return True


def _fault(  # noqa: PLR0911 - one answer for each thing that can be wrong
    envelope: Envelope,
    record: Record[Any],
    people: dict[str, x509.Certificate],
    programme: str,
) -> Message | None:
    certificate = people.get(envelope.keyid)
    if record.programme != programme:
        return say("It belongs to another programme.")
    if certificate is None:
        return say("It is signed by a certificate that no identity record of the authority names.")
    if record.author != person_of(certificate):
        return say(
            "It names '{author}' as author but is signed by '{signer}'.",
            author=record.author,
            signer=person_of(certificate),
        )
    if not _signature_holds(envelope, certificate):
        return say("Its signature does not fit its content.")
    issued = moment(record.issued)
    if issued is None:
        return say("Its time '{time}' is not a time.", time=record.issued)
    if not certificate.not_valid_before_utc <= issued <= certificate.not_valid_after_utc:
        return say("Its signer's certificate was not valid at {time}.", time=record.issued)
    if record.kind == "identity" and _vouched(record, people) is None:
        return say("It holds a certificate that the authority did not issue to that person.")
    return None


def _vouched(record: Record[Any], people: dict[str, x509.Certificate]) -> x509.Certificate | None:
    certificate = _certificate(record.body.certificate)
    return people.get(fingerprint(certificate)) if certificate is not None else None


def moment(text: str) -> datetime | None:
    """Return a record's time; None when it is not written as records write it."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
