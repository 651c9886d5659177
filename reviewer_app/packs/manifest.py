"""What a pack's maker signs for: for whom it is, and exactly what is in it."""

import hashlib
from collections.abc import Iterable

import msgspec

from reviewer_app.errors import Malformed, PackDamaged
from reviewer_app.records.envelope import Envelope
from reviewer_app.records.strict_json import canonical, decode
from reviewer_app.texts import say

PACK_TYPE = "application/vnd.reviewer-app.pack+json"


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first entry of a pack.

    ``sequence`` is the number of the maker's newest record on ``device``: a pack with a lower one is
    older. ``digest`` is the SHA-256 (hex) over the sorted record ids; ``blobs`` are (SHA-256, bytes).
    ``checkpoint`` is the newest log head that the maker has seen, as a signed note; may be empty.
    """

    programme: str
    maker: str
    device: str
    recipient: str
    made: str
    sequence: int
    records: int
    digest: str
    blobs: tuple[tuple[str, int], ...] = ()
    checkpoint: str = ""


def records_digest(ids: Iterable[str]) -> str:
    """Return the SHA-256 (hex) over the sorted record ids, one a line."""
    return hashlib.sha256("".join(f"{i}\n" for i in sorted(ids)).encode()).hexdigest()


def manifest_payload(manifest: Manifest) -> bytes:
    """Return the canonical bytes of a manifest, to be signed."""
    return canonical(manifest)


def read_manifest(envelope: Envelope, where: str) -> Manifest:
    """Return the manifest of an envelope, its signature not yet checked; raises PackDamaged."""
    remedy = say("Ask for the pack to be written again.")
    if envelope.payload_type != PACK_TYPE:
        raise PackDamaged(where, say("Its manifest is of another kind."), remedy)
    try:
        return msgspec.convert(decode(envelope.payload, where=where), Manifest)
    except (msgspec.ValidationError, Malformed) as error:
        raise PackDamaged(
            where, say("Its manifest cannot be read: {why}.", why=error), remedy
        ) from error
