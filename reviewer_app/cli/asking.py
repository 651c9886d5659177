"""What commands ask for: the workspace, passphrases, text files and numbers."""

import argparse
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path

from reviewer_app.errors import Malformed, UsageError
from reviewer_app.signing.identity import KeyPair
from reviewer_app.signing.secrets import Secrets
from reviewer_app.texts import Message, say
from reviewer_app.usecases import opening
from reviewer_app.usecases.session import Session

MAX_TEXT = 4 << 20


def _ask(prompt: Message) -> str:
    if not sys.stdin.isatty():
        raise EOFError
    return getpass.getpass(f"{prompt}: ")


def secrets_of(arguments: argparse.Namespace) -> Secrets:
    """Return where passphrases come from: file, environment, keyring, person."""
    return Secrets(arguments.passphrase_file, ask=_ask)


def workspace_path(arguments: argparse.Namespace) -> Path:
    if arguments.workspace is None:
        raise UsageError(
            say("No workspace was named."),
            say("Give --workspace FILE.rvw or set REVIEWER_APP_WORKSPACE."),
        )
    return Path(arguments.workspace)


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[tuple[Session, Callable[[], KeyPair]]]:
    """Open the workspace that the arguments name; the second value unlocks the person's key."""
    secrets = secrets_of(arguments)
    session = opening.open_workspace(workspace_path(arguments), secrets)
    try:
        yield session, lambda: opening.own_keys(session, secrets)
    finally:
        session.workspace.close()


def text_of(path: Path, remedy: Message) -> str:
    content = opening.read_small_file(path, MAX_TEXT, remedy)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(
            path, say("It is not UTF-8 text (byte {place}).", place=error.start), remedy
        ) from error


def decimal(text: str, where: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise Malformed(where, say("'{text}' is not a number.", text=text), say("Correct it."))
    return value
