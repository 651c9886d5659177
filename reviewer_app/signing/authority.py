"""The programme's authority: a P-256 certificate authority that issues identities."""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from reviewer_app.signing.identity import KeyPair, new_key


def _name(common_name: str, person: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64]),
            x509.NameAttribute(NameOID.USER_ID, person),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _build(
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    valid: tuple[datetime, datetime],
    *,
    authority: bool,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(authority, 0 if authority else None), critical=True)
        .add_extension(_usage(authority=authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def new_authority(title: str, not_before: datetime, not_after: datetime) -> KeyPair:
    """Return a new self-signed authority; its person id is ``authority``."""
    key = new_key()
    subject = _name(title, "authority")
    certificate = (
        _build(subject, key.public_key(), (not_before, not_after), authority=True)
        .issuer_name(subject)
        .sign(key, hashes.SHA256())
    )
    return KeyPair(key, certificate, certificate)


def issue(
    authority: KeyPair,
    person: str,
    name: str,
    key: ec.EllipticCurvePrivateKey,
    not_before: datetime,
    not_after: datetime,
) -> KeyPair:
    """Return the person's key with a certificate that the authority issued."""
    public = authority.key.public_key()
    certificate = (
        _build(_name(name, person), key.public_key(), (not_before, not_after), authority=False)
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return KeyPair(key, certificate, authority.certificate)
