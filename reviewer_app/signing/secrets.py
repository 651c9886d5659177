"""Where passphrases and keys are kept: the operating system's keyring, and what stands in for it."""

import os
from collections.abc import Callable
from pathlib import Path

import keyring
import keyring.errors

from reviewer_app.errors import FileError, SecretMissing
from reviewer_app.texts import Message, say

_SERVICE = "reviewer-app"
_VARIABLE = "REVIEWER_APP_PASSPHRASE"
_MAX = 4096


class Secrets:
    """Looks a secret up in a passphrase file, the environment, the keyring, and then asks.

    ``ask`` shows a prompt and returns what the person typed; it may raise EOFError when nobody is there.
    """

    def __init__(
        self, passphrase_file: Path | None = None, ask: Callable[[Message], str] | None = None
    ) -> None:
        self._file = passphrase_file
        self._ask = ask

    def given(self) -> str | None:
        """Return the passphrase that was given by file or environment, if one was."""
        if self._file is not None:
            try:
                with self._file.open("rb") as stream:
                    content = stream.read(_MAX)
                first = content.decode("utf-8").splitlines()[:1]
            except (OSError, UnicodeDecodeError) as error:
                raise FileError(
                    self._file, say("The passphrase file cannot be read: {why}.", why=error)
                ) from error
            if not first or not first[0]:
                raise FileError(self._file, say("The passphrase file is empty."))
            return first[0]
        return os.environ.get(_VARIABLE) or None

    def stored(self, name: str) -> str | None:
        """Return the keyring's secret of that name; None when it has none or cannot be used."""
        try:
            return keyring.get_password(_SERVICE, name)
        except (keyring.errors.KeyringError, RuntimeError, OSError):
            return None

    def get(self, name: str, prompt: Message) -> str:
        """Return a secret; raises SecretMissing when it can be had nowhere."""
        found = self.given() or self.stored(name)
        if found:
            return found
        if self._ask is not None:
            try:
                answer = self._ask(prompt)
            except EOFError:
                answer = ""
            if answer:
                return answer
        raise SecretMissing(
            say("A passphrase is needed: {prompt}.", prompt=prompt),
            say("Give --passphrase-file FILE, or set {variable}.", variable=_VARIABLE),
        )

    def remember(self, name: str, secret: str) -> bool:
        """Keep a secret in the keyring; False when there is no usable one."""
        try:
            keyring.set_password(_SERVICE, name, secret)
        except (keyring.errors.KeyringError, RuntimeError, OSError):
            return False
        return self.stored(name) == secret

    def forget(self, name: str) -> None:
        """Remove a secret from the keyring, if it is there."""
        try:
            keyring.delete_password(_SERVICE, name)
        except (keyring.errors.KeyringError, RuntimeError, OSError):
            return

    def keyring_state(self) -> Message | None:
        """Return why the keyring cannot be used; None when it can."""
        try:
            keyring.get_password(_SERVICE, "probe")
        except keyring.errors.NoKeyringError:
            return say("This computer has no keyring, so the passphrase is asked for each time.")
        except (keyring.errors.KeyringError, RuntimeError, OSError) as error:
            return say("The keyring cannot be used ({why}).", why=type(error).__name__)
        return None
