"""A person's key pair: PKCS#12 in and out, certificate fingerprint, and the age recipient beside it."""

import hashlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    load_pkcs12,
    serialize_key_and_certificates,
)
from cryptography.x509.oid import NameOID

from reviewer_app.errors import NotOurFile, WrongKey
from reviewer_app.signing.bech32 import encode
from reviewer_app.texts import say


def new_key() -> ec.EllipticCurvePrivateKey:
    """Return a new P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def der(certificate: x509.Certificate) -> bytes:
    """Return the certificate's DER bytes."""
    return certificate.public_bytes(Encoding.DER)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 (hex) of the certificate's DER."""
    return hashlib.sha256(der(certificate)).hexdigest()


def person_of(certificate: x509.Certificate) -> str:
    """Return the person id that the certificate names (attribute userID); empty when none."""
    named = certificate.subject.get_attributes_for_oid(NameOID.USER_ID)
    return str(named[0].value) if len(named) == 1 else ""


class KeyPair:
    """A person's private key with certificate and the authority that issued it.

    Nothing of it is ever logged or shown; ``repr`` names the person only.
    """

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey,
        certificate: x509.Certificate,
        authority: x509.Certificate,
    ) -> None:
        self.key = key
        self.certificate = certificate
        self.authority = authority

    def __repr__(self) -> str:
        return f"KeyPair({self.person})"

    @property
    def person(self) -> str:
        """The person's id."""
        return person_of(self.certificate)

    @property
    def programme(self) -> str:
        """The programme's id: the fingerprint of its authority's certificate."""
        return fingerprint(self.authority)

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the person's own certificate."""
        return fingerprint(self.certificate)

    def _age_secret(self) -> bytes:
        scalar = self.key.private_numbers().private_value.to_bytes(32, "big")
        return HKDF(hashes.SHA256(), 32, salt=None, info=b"reviewer-app age v1").derive(scalar)

    @property
    def age_identity(self) -> str:
        """The secret age identity (``AGE-SECRET-KEY-1…``), derived from the signing key."""
        return encode("age-secret-key-", self._age_secret()).upper()

    @property
    def recipient(self) -> str:
        """The public age recipient (``age1…``)."""
        public = X25519PrivateKey.from_private_bytes(self._age_secret()).public_key()
        return encode("age", public.public_bytes_raw())

    def to_p12(self, passphrase: str) -> bytes:
        """Return the pair as PKCS#12, sealed with the passphrase."""
        return serialize_key_and_certificates(
            self.person.encode(),
            self.key,
            self.certificate,
            [self.authority] if self.authority != self.certificate else None,
            BestAvailableEncryption(passphrase.encode()),
        )

    @classmethod
    def from_p12(cls, untrusted: bytes, passphrase: str, where: str) -> "KeyPair":
        """Unlock a PKCS#12 identity; raises WrongKey or NotOurFile naming ``where``."""
        if not untrusted.startswith(b"\x30"):
            raise _not_an_identity(where)
        try:
            found = load_pkcs12(untrusted, passphrase.encode())
        except ValueError as error:
            raise WrongKey(
                say("The passphrase does not open the identity {file}.", file=where),
                say("Check the passphrase; capital letters and spaces count."),
            ) from error
        key, own = found.key, found.cert
        if own is None or not isinstance(key, ec.EllipticCurvePrivateKey):
            raise _not_an_identity(where)
        authorities = [c.certificate for c in found.additional_certs] or [own.certificate]
        for authority in authorities:
            if issued_by(own.certificate, authority) and person_of(own.certificate):
                return cls(key, own.certificate, authority)
        raise _not_an_identity(where)


def issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Return whether the authority's key signed the certificate."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _not_an_identity(where: str) -> NotOurFile:
    return NotOurFile(
        where,
        say("It is not an identity of this application."),
        say("Give the .p12 file that the programme's authority issued."),
    )
