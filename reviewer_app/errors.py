"""Every error a person can meet.

Each has a title, a message that names the file and the place, and a remedy::

    AppError
    ├── InputError            what was given cannot be used (exit code 2)
    │   ├── FileError         a file: missing, unreadable, not what it should be
    │   │   ├── NotOurFile      not a workspace, pack, template or identity
    │   │   ├── TooLarge        over a stated limit, declared or actual
    │   │   └── Malformed       right kind, broken content
    │   ├── RuleError         a rule of the programme says no (weights, roles, scale, conflicts)
    │   └── UsageError        the command or the choice makes no sense here
    ├── WorkspaceError        the encrypted file
    │   ├── WrongKey          passphrase or key does not open it
    │   ├── WorkspaceBusy     open in another process
    │   └── DiskFull          nothing was written
    ├── PackError             a pack cannot be taken in
    │   ├── SealedForSomebodyElse
    │   ├── PackDamaged       truncated or altered
    │   └── PackOlder         older than what is here
    ├── SigningError          a key, token or certificate cannot sign
    │   └── SecretMissing     no passphrase to be had from file, environment, keyring or person
    ├── VerificationFailed    the answer is no (exit code 1)
    └── ServerError           the server is down, slow, or not ours
        └── ServerRewroteHistory  its log contradicts what this laptop has seen
"""

from typing import Any, ClassVar

from reviewer_app.texts import Message, say


class AppError(Exception):
    """An expected error, told as title, message and remedy."""

    exit_code: ClassVar[int] = 2
    title: ClassVar[Message] = say("Something went wrong")

    def __init__(self, message: Message, remedy: Message | None = None) -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}" if self.remedy else str(self.message)


class InputError(AppError):
    """What was given cannot be used."""

    title = say("This cannot be used")


class FileError(InputError):
    """A file is missing, unreadable, or not what it should be."""

    title = say("This file cannot be used")

    def __init__(
        self, path: object, message: Message, remedy: Message | None = None
    ) -> None:
        super().__init__(message, remedy)
        self.path = str(path)

    def __str__(self) -> str:
        return f"{self.path}: {super().__str__()}"


class NotOurFile(FileError):
    """The file is not of the kind that was asked for."""


class TooLarge(FileError):
    """The file is over a stated limit, as declared or as read."""


class Malformed(FileError):
    """The file is of the right kind but its content is broken."""


class RuleError(InputError):
    """A rule of the programme says no."""

    title = say("The programme's rules do not allow this")


class UsageError(InputError):
    """The command or choice makes no sense here."""


class WorkspaceError(AppError):
    """The encrypted workspace cannot be used."""

    title = say("The workspace cannot be used")


class WrongKey(WorkspaceError):
    """The passphrase or key does not open the workspace."""


class WorkspaceBusy(WorkspaceError):
    """The workspace is open in another process."""


class DiskFull(WorkspaceError):
    """The disk is full; nothing was written."""


class PackError(FileError):
    """A pack cannot be taken in; the workspace stays as it was."""

    title = say("This pack cannot be imported")


class SealedForSomebodyElse(PackError):
    """The pack was sealed for another person."""


class PackDamaged(PackError):
    """The pack is truncated or was altered."""


class PackOlder(PackError):
    """A newer pack of the same maker is already here."""


class SigningError(AppError):
    """A key, token or certificate cannot sign."""

    title = say("Signing is not possible")


class SecretMissing(SigningError):
    """No passphrase could be had from file, environment, keyring or person."""


class VerificationFailed(AppError):
    """The check was made and the answer is no."""

    exit_code = 1
    title = say("Verification failed")


class ServerError(AppError):
    """The server is down, slow, refuses, or is not ours."""

    title = say("The server cannot be used")


class ServerRewroteHistory(ServerError):
    """The server's log contradicts a checkpoint this laptop has seen."""

    exit_code = 1
    title = say("The server has changed its history")


def as_problem(error: AppError) -> dict[str, Any]:
    """Return the error as a plain mapping for machine output (``--json``)."""
    return {
        "error": type(error).__name__,
        "title": str(error.title),
        "message": str(error),
        "exit_code": error.exit_code,
    }
