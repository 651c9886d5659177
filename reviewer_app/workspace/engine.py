"""How the encrypted file is opened, locked and migrated, and what its faults are called."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import sqlcipher3
import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from reviewer_app.errors import DiskFull, WorkspaceBusy, WorkspaceError, WrongKey
from reviewer_app.texts import say

HEAD = "0001"
_OLDEST_SQLITE = (3, 53, 2)  # older ones can corrupt a WAL, or crash on crafted FTS5 data
_TOO_NEW = "the workspace is newer"


def check_engine() -> None:
    """Raise WorkspaceError when the linked SQLite is one that can damage a workspace."""
    if sqlcipher3.dbapi2.sqlite_version_info < _OLDEST_SQLITE:
        raise WorkspaceError(
            say(
                "The database engine is version {found}; at least {needed} is needed.",
                found=sqlcipher3.dbapi2.sqlite_version,
                needed=".".join(map(str, _OLDEST_SQLITE)),
            ),
            say("Install sqlcipher3 0.6.4 or newer."),
        )


def engine_for(path: Path, key: bytes, salt: bytes) -> Engine:
    """Return an engine on the encrypted file; an explicit pool, since the default one crashes under threads."""

    def connect() -> sqlcipher3.dbapi2.Connection:
        connection = sqlcipher3.dbapi2.connect(
            str(path), check_same_thread=False, timeout=10, isolation_level=None
        )
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}{salt.hex()}'\"")
        connection.execute("PRAGMA cipher_page_size = 16384")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    engine = create_engine(
        "sqlite://", creator=connect, module=sqlcipher3.dbapi2, poolclass=QueuePool, pool_size=4
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


@contextmanager
def faults_named(path: Path) -> Iterator[None]:
    """Turn the engine's errors into the workspace's own, each with one sentence."""
    try:
        yield
    except (DBAPIError, sqlcipher3.dbapi2.Error, DatabaseError, OperationalError) as error:
        why = str(getattr(error, "orig", error))
        if "not a database" in why or "hmac check failed" in why:
            raise WrongKey(
                say("The passphrase or key does not open {file}.", file=path),
                say("Check the passphrase; capital letters and spaces count."),
            ) from error
        if "disk is full" in why or "full" in why.split():
            raise DiskFull(
                say("The disk is full; nothing was written to {file}.", file=path),
                say("Free some room and try again."),
            ) from error
        if "locked" in why:
            raise _busy(path) from error
        raise WorkspaceError(
            say("{file} cannot be read or written: {why}.", file=path, why=why),
            say("Check the disk, and restore a copy if this repeats."),
        ) from error


def _busy(path: Path) -> WorkspaceBusy:
    return WorkspaceBusy(
        say("{file} is open in another window or process.", file=path),
        say("Close it there first."),
    )


class Lock:
    """Holds ``<file>.lock`` while the workspace is open; the system lets go when the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        try:
            self._file = path.with_name(path.name + ".lock").open("ab")
            self._take()
        except OSError as error:
            if self._file is not None:
                self._file.close()
                raise _busy(path) from error
            reason = error.strerror or str(error)
            raise WorkspaceError(
                say("{file} cannot be locked: {why}.", file=path, why=reason)
            ) from error

    def _take(self) -> None:
        if self._file is None:
            return
        if sys.platform == "win32":
            import msvcrt  # only there

            msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # only there

            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self) -> None:
        """Let another process open the workspace."""
        if self._file is not None:
            self._file.close()
            self._file = None


def migrate(engine: Engine, path: Path) -> None:
    """Bring the file to the newest revision; raises WorkspaceError when it is of a newer version."""
    with engine.connect() as connection, connection.begin():
        has = connection.execute(
            text("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")
        ).scalar()
        revision = (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if has
            else None
        )
    if revision == HEAD:
        return
    if revision is not None and str(revision) > HEAD:
        raise WorkspaceError(
            say("{file} was written by a newer version of Reviewer App.", file=path),
            say("Update Reviewer App on this computer."),
        )
    from alembic import command  # 300 ms, and only after an update
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "reviewer_app.workspace:migrations")
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
