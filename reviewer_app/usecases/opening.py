"""Create and open workspaces, and put an identity into one."""

import os
from pathlib import Path

from reviewer_app.errors import FileError, UsageError
from reviewer_app.signing.identity import KeyPair
from reviewer_app.signing.secrets import Secrets
from reviewer_app.texts import Message, say
from reviewer_app.usecases.session import Clock, Session, now
from reviewer_app.workspace import Workspace, derive_key, salt_of

MAX_IDENTITY = 1 << 20


def read_small_file(path: Path, limit: int, remedy: Message) -> bytes:
    """Return a file's bytes; raises FileError when it is missing, unreadable, or over ``limit`` bytes."""
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(path, say("The file cannot be read: {why}.", why=reason), remedy) from error
    if len(content) > limit:
        raise FileError(path, say("The file is larger than {limit} bytes.", limit=limit), remedy)
    return content


def _entry(salt: bytes) -> str:
    return f"workspace/{salt.hex()}"


def create(path: Path, secrets: Secrets, clock: Clock = now) -> Session:
    """Create an empty workspace.

    Its key is random and lives in the keyring; with a passphrase given, or no usable keyring, the
    key is derived from the passphrase and kept nowhere.
    """
    salt = os.urandom(16)
    key = os.urandom(32)
    if secrets.given() or not secrets.remember(_entry(salt), key.hex()):
        passphrase = secrets.get(
            _entry(salt), say("Choose a passphrase for {file}", file=path.name)
        )
        key = derive_key(passphrase, salt)
    return Session(Workspace.create(path, key, salt), clock)


def workspace_key(path: Path, secrets: Secrets) -> bytes:
    """Return the key of a workspace: from the keyring if it is there, else from the passphrase."""
    salt = salt_of(path)
    stored = secrets.stored(_entry(salt))
    if stored is not None:
        return bytes.fromhex(stored)
    passphrase = secrets.get(_entry(salt), say("Passphrase of {file}", file=path.name))
    return derive_key(passphrase, salt)


def open_workspace(path: Path, secrets: Secrets, clock: Clock = now) -> Session:
    """Open a workspace; raises NotOurFile, WrongKey or WorkspaceBusy."""
    return Session(Workspace.open(path, workspace_key(path, secrets)), clock)


def needs_passphrase(path: Path, secrets: Secrets) -> Message | None:
    """Return why a passphrase must be asked for to open the workspace; None when the keyring has the key."""
    if secrets.stored(_entry(salt_of(path))) is not None:
        return None
    return secrets.keyring_state() or say("The key of this workspace is not in the keyring.")


def discard(path: Path) -> None:
    """Remove a workspace that was just made for an import that failed."""
    for suffix in ("", "-wal", "-shm", ".lock"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def write_file(path: Path, content: bytes) -> None:
    """Write a whole file or none of it: under a temporary name, synced, then renamed."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise FileError(path, say("The file cannot be written: {why}.", why=reason)) from error


def identity_file(path: Path, passphrase: str) -> KeyPair:
    """Unlock an identity file (PKCS#12); raises NotOurFile or WrongKey."""
    p12 = read_small_file(path, MAX_IDENTITY, say("Give the .p12 file that you were handed."))
    return KeyPair.from_p12(p12, passphrase, str(path))


def take_identity(session: Session, path: Path, passphrase: str) -> KeyPair:
    """Keep the identity in ``path`` (PKCS#12) in the workspace, which becomes that person's."""
    p12 = read_small_file(path, MAX_IDENTITY, say("Give the .p12 file that you were handed."))
    keys = KeyPair.from_p12(p12, passphrase, str(path))
    if session.person and session.person != keys.person:
        raise UsageError(
            say("This workspace belongs to '{person}'.", person=session.person),
            say("Open another workspace for '{other}'.", other=keys.person),
        )
    if session.programme and session.programme != keys.programme:
        raise UsageError(
            say("The identity was issued by the authority of another programme."),
            say("Use one workspace for each programme."),
        )
    session.keep_identity(p12, keys)
    session.reload()
    return keys


def own_keys(session: Session, secrets: Secrets) -> KeyPair:
    """Unlock the person's key with the passphrase from file, environment, keyring or person."""
    name = f"identity/{session.programme}/{session.person}"
    return session.keys(
        secrets.get(name, say("Passphrase of the identity of '{person}'", person=session.person))
    )


def remember_identity(session: Session, secrets: Secrets, passphrase: str) -> bool:
    """Keep the identity's passphrase in the keyring; False when there is no usable keyring."""
    return secrets.remember(f"identity/{session.programme}/{session.person}", passphrase)
