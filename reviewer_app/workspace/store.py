"""What a workspace keeps and gives: records, drafts, documents, receipts and settings."""

import hashlib
import io
import threading  # noqa: TID251 - a lock, since the window reads from several threads
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol, Self

import msgspec
from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.dialects.sqlite import insert

from reviewer_app.errors import Malformed, WorkspaceError
from reviewer_app.records.envelope import Envelope
from reviewer_app.texts import Message, say
from reviewer_app.workspace import schema
from reviewer_app.workspace.blobs import CHUNK, BlobReader, compress, decompress
from reviewer_app.workspace.engine import Lock, check_engine, engine_for, faults_named, migrate
from reviewer_app.workspace.key import salt_of


class Readable(Protocol):
    """Anything that gives bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes; empty at the end."""


class BlobInfo(msgspec.Struct, frozen=True):
    """A document as it is kept: SHA-256 (hex) and size in bytes."""

    sha256: str
    size: int


class Receipt(msgspec.Struct, frozen=True):
    """The server's proof that it logged a record; ``proof`` are hex hashes towards ``checkpoint``."""

    record: str
    place: int
    size: int
    proof: tuple[str, ...]
    checkpoint: str


class Changes(msgspec.Struct, frozen=True):
    """What a write changed; screens read again what concerns them."""

    records: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    receipts: bool = False
    settings: bool = False

    def __or__(self, other: "Changes") -> "Changes":
        return Changes(
            self.records + other.records,
            self.drafts + other.drafts,
            self.receipts or other.receipts,
            self.settings or other.settings,
        )


class Workspace:
    """One encrypted file, open in one process; safe to use from several threads.

    Writes inside ``transaction()`` are committed together or not at all.
    """

    def __init__(self, path: Path, key: bytes, salt: bytes, lock: Lock) -> None:
        self.path = path
        self._lock = lock
        self._engine = engine_for(path, key, salt)
        self._writer: Connection | None = None
        self._write_lock = threading.RLock()

    @classmethod
    def create(cls, path: Path, key: bytes, salt: bytes) -> Self:
        """Make a new workspace; an existing file is never overwritten."""
        check_engine()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.open("xb").close()
        except FileExistsError as error:
            raise WorkspaceError(
                say("{file} exists already.", file=path), say("Choose another name.")
            ) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkspaceError(
                say("{file} cannot be made: {why}.", file=path, why=reason)
            ) from error
        try:
            return cls._opened(path, key, salt)
        except BaseException:
            for suffix in ("", "-wal", "-shm", ".lock"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            raise

    @classmethod
    def open(cls, path: Path, key: bytes) -> Self:
        """Open a workspace; raises NotOurFile, WrongKey or WorkspaceBusy."""
        check_engine()
        return cls._opened(path, key, salt_of(path))

    @classmethod
    def _opened(cls, path: Path, key: bytes, salt: bytes) -> Self:
        lock = Lock(path)
        workspace = cls(path, key, salt, lock)
        try:
            with faults_named(path):
                with workspace._engine.connect() as connection:
                    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
                    raw: Any = connection.connection.driver_connection
                    connection.rollback()
                    raw.execute("PRAGMA journal_mode = WAL")
                migrate(workspace._engine, path)
        except BaseException:
            workspace.close()
            raise
        return workspace

    def close(self) -> None:
        """Forget the key and let others open the file."""
        self._engine.dispose()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything written inside together; an inner one joins the outer one."""
        with self._write_lock:
            if self._writer is not None:
                yield
                return
            with faults_named(self.path), self._engine.connect() as connection:
                self._writer = connection.execution_options(write=True)
                try:
                    with self._writer.begin():
                        yield
                finally:
                    self._writer = None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self.transaction():
            if self._writer is None:
                raise WorkspaceError(say("The workspace is closed."))
            with faults_named(self.path):
                yield self._writer

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        mine = self._writer is not None and self._write_lock.acquire(blocking=False)
        try:
            with faults_named(self.path):
                if mine and self._writer is not None:
                    yield self._writer
                else:
                    with self._engine.connect() as connection:
                        yield connection
        finally:
            if mine:
                self._write_lock.release()

    def envelopes(self) -> list[Envelope]:
        """Return all records in the order they came."""
        query = select(schema.records.c.envelope).order_by(schema.records.c.place)
        with self._reading() as connection:
            rows = connection.execute(query).scalars().all()
        return [Envelope.from_json(row, str(self.path)) for row in rows]

    def append(self, envelopes: Iterable[Envelope], origin: str) -> Changes:
        """Add the records that are not here yet; ``origin`` says how they came."""
        wanted = {e.id: e for e in envelopes}
        with self._writing() as connection:
            known = set(connection.execute(select(schema.records.c.id)).scalars())
            new = [e for i, e in wanted.items() if i not in known]
            if new:
                connection.execute(
                    insert(schema.records),
                    [{"id": e.id, "envelope": e.to_json(), "origin": origin} for e in new],
                )
        return Changes(records=tuple(e.id for e in new))

    def draft(self, key: str) -> bytes | None:
        """Return a draft."""
        with self._reading() as connection:
            return connection.execute(
                select(schema.drafts.c.value).where(schema.drafts.c.key == key)
            ).scalar()

    def drafts(self, prefix: str) -> dict[str, bytes]:
        """Return all drafts whose key begins with ``prefix``."""
        table = schema.drafts
        query = select(table.c.key, table.c.value).where(
            table.c.key >= prefix, table.c.key < prefix + "\U0010ffff"
        )
        with self._reading() as connection:
            return {row.key: row.value for row in connection.execute(query)}

    def save_draft(self, key: str, value: bytes) -> Changes:
        """Keep a draft, replacing the one before."""
        row = {"key": key, "value": value}
        with self._writing() as connection:
            connection.execute(
                insert(schema.drafts).values(row).on_conflict_do_update(["key"], set_=row)
            )
        return Changes(drafts=(key,))

    def delete_draft(self, key: str) -> Changes:
        """Forget a draft."""
        with self._writing() as connection:
            connection.execute(delete(schema.drafts).where(schema.drafts.c.key == key))
        return Changes(drafts=(key,))

    def get(self, key: str) -> str | None:
        """Return a setting."""
        with self._reading() as connection:
            return connection.execute(
                select(schema.settings.c.value).where(schema.settings.c.key == key)
            ).scalar()

    def set(self, key: str, value: str) -> Changes:
        """Keep a setting."""
        row = {"key": key, "value": value}
        with self._writing() as connection:
            connection.execute(
                insert(schema.settings).values(row).on_conflict_do_update(["key"], set_=row)
            )
        return Changes(settings=True)

    def put_blob(
        self,
        stream: Readable,
        *,
        expect_sha256: str | None = None,
        expect_size: int | None = None,
    ) -> BlobInfo:
        """Keep a document chunk by chunk; raises Malformed when it is not the one expected."""
        with self._writing() as connection, connection.begin_nested():
            digest, size, place = hashlib.sha256(), 0, 0
            temporary = f"incoming-{id(stream)}"
            connection.execute(insert(schema.blobs).values(sha256=temporary, size=0))
            while chunk := _full(stream, CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if expect_size is not None and size > expect_size:
                    break
                row = {"sha256": temporary, "place": place, "content": compress(chunk)}
                connection.execute(insert(schema.chunks).values(row))
                place += 1
            sha256 = digest.hexdigest()
            if expect_sha256 not in (None, sha256) or expect_size not in (None, size):
                raise Malformed(
                    expect_sha256 or sha256,
                    say("The document is not the one that was announced."),
                    say("Ask for it to be sent again."),
                )
            _settle(connection, temporary, sha256, size)
        return BlobInfo(sha256, size)

    def has_blob(self, sha256: str) -> bool:
        """Return whether the document is here."""
        return self._size(sha256) is not None

    def blob_size(self, sha256: str) -> int:
        """Return the document's size in bytes; raises WorkspaceError when it is not here."""
        size = self._size(sha256)
        if size is None:
            raise WorkspaceError(
                say("Document {id} is not in this workspace.", id=sha256[:12]),
                say("Import the newest pack, or sync."),
            )
        return size

    def _size(self, sha256: str) -> int | None:
        query = select(schema.blobs.c.size).where(schema.blobs.c.sha256 == sha256)
        with self._reading() as connection:
            return connection.execute(query).scalar()

    def blobs(self) -> list[str]:
        """Return the SHA-256 of every document, in order."""
        with self._reading() as connection:
            query = select(schema.blobs.c.sha256).order_by(schema.blobs.c.sha256)
            return list(connection.execute(query).scalars())

    def open_blob(self, sha256: str) -> BinaryIO:
        """Return the document as a seekable stream."""
        size = self.blob_size(sha256)
        table = schema.chunks

        def chunk(place: int) -> bytes:
            query = select(table.c.content).where(table.c.sha256 == sha256, table.c.place == place)
            with self._reading() as connection:
                return decompress(connection.execute(query).scalar_one())

        return io.BufferedReader(BlobReader(size, chunk))

    def read_blob(self, sha256: str) -> bytes:
        """Return the whole document."""
        with self.open_blob(sha256) as stream:
            return stream.read()

    def save_receipts(self, receipts: Sequence[Receipt]) -> Changes:
        """Keep the server's receipts."""
        with self._writing() as connection:
            for receipt in receipts:
                row = {**msgspec.structs.asdict(receipt), "proof": " ".join(receipt.proof)}
                connection.execute(
                    insert(schema.receipts).values(row).on_conflict_do_update(["record"], set_=row)
                )
        return Changes(receipts=True)

    def receipts(self) -> dict[str, Receipt]:
        """Return all receipts by record id."""
        with self._reading() as connection:
            rows = connection.execute(select(schema.receipts)).all()
        return {
            r.record: Receipt(r.record, r.place, r.size, tuple(r.proof.split()), r.checkpoint)
            for r in rows
        }

    def count(self) -> int:
        """Return how many records are here."""
        with self._reading() as connection:
            return int(
                connection.execute(select(func.count()).select_from(schema.records)).scalar_one()
            )

    def damage(self) -> Message | None:
        """Return what is wrong with the file itself, page by page; None when it is whole."""
        with self._reading() as connection:
            pages = connection.execute(text("PRAGMA cipher_integrity_check")).scalars().first()
            tables = connection.execute(text("PRAGMA integrity_check")).scalars().first()
        if pages is not None:
            return say("A page was altered outside the application: {why}.", why=pages)
        if tables != "ok":
            return say("Its tables are damaged: {why}.", why=tables)
        return None


def _full(stream: Readable, size: int) -> bytes:
    """Read until ``size`` bytes are there or the stream ends, so that chunks have one length."""
    parts, missing = [], size
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _settle(connection: Connection, temporary: str, sha256: str, size: int) -> None:
    """Give the incoming document its name, or drop it when it is here already."""
    known = connection.execute(
        select(schema.blobs.c.size).where(schema.blobs.c.sha256 == sha256)
    ).scalar()
    if known is None:
        connection.execute(insert(schema.blobs).values(sha256=sha256, size=size))
        connection.execute(
            schema.chunks.update().where(schema.chunks.c.sha256 == temporary).values(sha256=sha256)
        )
    connection.execute(delete(schema.chunks).where(schema.chunks.c.sha256 == temporary))
    connection.execute(delete(schema.blobs).where(schema.blobs.c.sha256 == temporary))
