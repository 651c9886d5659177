"""Packs that cross the air gap: write one for a person, open one that came."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from reviewer_app.domain.committee import Role
from reviewer_app.domain.record import Record
from reviewer_app.domain.submission import Submission
from reviewer_app.errors import FileError, PackDamaged, PackError, PackOlder, UsageError
from reviewer_app.packs import (
    PACK_TYPE,
    Manifest,
    manifest_payload,
    read_manifest,
    read_pack,
    records_digest,
    write_pack_file,
)
from reviewer_app.records.envelope import Envelope
from reviewer_app.signing.identity import KeyPair
from reviewer_app.signing.records import check, sign
from reviewer_app.texts import Message, say
from reviewer_app.usecases.progress import Cancelled, Progress, Stopped, never, silent
from reviewer_app.usecases.session import Session, stamp
from reviewer_app.workspace import Changes

_SEES_ALL = frozenset({Role.AUTHORITY, Role.SECRETARY, Role.AUDITOR})


class Imported(msgspec.Struct, frozen=True):
    """What a pack brought: who made it, when (claimed), and how much of it was new."""

    maker: str
    made: str
    records: int
    new: int
    blobs: int
    changes: Changes


def blobs_of(record: Record[Any]) -> tuple[str, ...]:
    """Return the SHA-256 of every blob that the record refers to."""
    if record.kind == "submission":
        body: Submission = record.body
        return tuple(f.sha256 for f in body.files)
    if record.kind == "signature":
        return (record.body.pdf,)
    return ()


def visible_to(session: Session, person: str) -> tuple[Record[Any], ...]:
    """Return the records that a person may see: nobody sees another's scorecard before the seal."""
    identity = session.state.identities.get(person)
    if identity is None:
        raise UsageError(
            say("There is no person '{id}' in this programme.", id=person),
            say("Known persons: {people}.", people=", ".join(sorted(session.state.identities))),
        )
    everything = session.records
    if _SEES_ALL & set(identity.body.roles):
        return everything
    open_rounds = {r.id for r in session.state.rounds.values() if r.seal is None}
    return tuple(
        r
        for r in everything
        if r.kind != "scorecard" or r.author == person or r.round not in open_rounds
    )


def write_pack(
    session: Session,
    keys: KeyPair,
    person: str,
    out: Path,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Manifest:
    """Write one pack sealed for ``person``: what they may see, with its documents.

    The pack appears under its name only when it is complete.
    """
    records = visible_to(session, person)
    recipient = session.state.identities[person].body
    blobs = _wanted_blobs(session, records, keys, recipient.roles)
    manifest = Manifest(
        programme=session.programme,
        maker=keys.person,
        device=session.device(keys.person),
        recipient=person,
        made=stamp(session.clock()),
        sequence=max((r.seq for r in session.own_records(keys.person)), default=0),
        records=len(records),
        digest=records_digest(r.id for r in records),
        blobs=tuple((b, session.workspace.blob_size(b)) for b in blobs),
        checkpoint=session.workspace.get(f"checkpoint/{session.programme}") or "",
    )
    ids = {r.id for r in records}
    envelopes = [e for e in session.workspace.envelopes() if e.id in ids]
    sealed = sign(keys, manifest_payload(manifest), PACK_TYPE)
    total = sum(size for _, size in manifest.blobs)
    done = 0

    def contents() -> Iterator[tuple[str, int, BinaryIO]]:
        nonlocal done
        for sha256, size in manifest.blobs:
            if cancelled():
                raise Stopped
            with session.workspace.open_blob(sha256) as blob:
                yield sha256, size, blob
            done += size
            progress(say("Writing the pack for {person}", person=person), done, total)

    write_pack_file(out, sealed, envelopes, contents(), [recipient.recipient])
    return manifest


def _wanted_blobs(
    session: Session, records: Iterable[Record[Any]], keys: KeyPair, roles: tuple[Role, ...]
) -> list[str]:
    """Return the documents to carry: the material, or to the office only what the maker added."""
    to_office = bool(_SEES_ALL & set(roles))
    wanted = {
        blob
        for record in records
        if not to_office or record.author == keys.person
        for blob in blobs_of(record)
    }
    return sorted(b for b in wanted if session.workspace.has_blob(b))


@contextmanager
def stream_of(path: Path) -> Iterator[BinaryIO]:
    """Open a pack file; raises FileError when it cannot be read."""
    try:
        stream = path.open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(
            path, say("The file cannot be read: {why}.", why=reason), say("Check its name.")
        ) from error
    with stream:
        yield stream


def import_pack(
    session: Session,
    keys: KeyPair,
    path: Path,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Imported:
    """Take in a pack; on any fault the workspace stays as it was."""
    with (
        stream_of(path) as stream,
        session.workspace.transaction(),
        read_pack(stream, [keys.age_identity], where=str(path)) as pack,
    ):
        manifest = read_manifest(pack.manifest, str(path))
        envelopes = list(pack.envelopes)
        _check_manifest(session, keys, path, pack.manifest, manifest, envelopes)
        changes = session.workspace.append(envelopes, f"pack:{manifest.maker}")
        new = len(changes.records)
        total = sum(size for _, size in manifest.blobs)
        done = blobs = 0
        for sha256, size, content in pack.blobs():
            if cancelled():
                raise Stopped
            progress(say("Opening the pack of {maker}", maker=manifest.maker), done, total)
            session.workspace.put_blob(content, expect_sha256=sha256, expect_size=size)
            done, blobs = done + size, blobs + 1
        if blobs != len(manifest.blobs):
            raise _damaged(path, say("Documents are missing from it."))
        session.workspace.set(_seen_key(manifest), str(manifest.sequence))
    session.reload()
    return Imported(manifest.maker, manifest.made, len(envelopes), new, blobs, changes)


def _damaged(path: Path, message: Message) -> PackDamaged:
    return PackDamaged(path, message, say("Ask for the pack to be written again."))


def _seen_key(manifest: Manifest) -> str:
    return f"pack/{manifest.maker}/{manifest.device}"


def _check_manifest(
    session: Session,
    keys: KeyPair,
    path: Path,
    sealed: Envelope,
    manifest: Manifest,
    envelopes: list[Envelope],
) -> None:
    """Raise unless the manifest is for this person and programme, rightly signed, complete and not old."""
    if manifest.programme != session.programme:
        raise PackError(
            path,
            say("The pack belongs to another programme."),
            say("Use one workspace for each programme."),
        )
    if manifest.recipient != keys.person:
        raise _damaged(path, say("It is addressed to '{person}'.", person=manifest.recipient))
    ids = [e.id for e in envelopes]
    if len(ids) != manifest.records or records_digest(ids) != manifest.digest:
        raise _damaged(path, say("Its records are not the ones its maker signed for."))
    known = check([*session.workspace.envelopes(), *envelopes], session.programme)
    if not known.signed_by(sealed, manifest.maker):
        raise _damaged(path, say("It is not signed by '{maker}'.", maker=manifest.maker))
    seen = session.workspace.get(_seen_key(manifest))
    if seen is not None and int(seen) > manifest.sequence:
        raise PackOlder(
            path,
            say("A newer pack of '{maker}' has already been imported.", maker=manifest.maker),
            say("Nothing was changed; use the newest pack."),
        )
