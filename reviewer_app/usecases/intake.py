"""Take in what a team handed over: documents and benchmark results, from files, folders and zips."""

import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from reviewer_app.domain.state import RoundState
from reviewer_app.domain.submission import ResultSet, Submission, SubmittedFile
from reviewer_app.errors import AppError, FileError, Malformed, NotOurFile, RuleError, TooLarge
from reviewer_app.results.archive import entries
from reviewer_app.results.detect import ResultFile, classify, read_results
from reviewer_app.results.limits import MAX_FILE, MAX_RESULTS
from reviewer_app.signing.identity import KeyPair
from reviewer_app.texts import Message, say
from reviewer_app.usecases.progress import Cancelled, Progress, Stopped, never, silent
from reviewer_app.usecases.session import Session, Unsigned
from reviewer_app.workspace import Changes

_HEAD = 64 * 1024


class IntakeReport(msgspec.Struct, frozen=True):
    """What was taken in: every file, every result set read, and what was not understood and why."""

    team: str
    files: tuple[SubmittedFile, ...]
    results: tuple[ResultSet, ...]
    not_understood: tuple[tuple[str, Message], ...]
    changes: Changes


class _Counted:
    """A stream that refuses to be longer than the limit and hears cancellation."""

    def __init__(self, stream: BinaryIO, name: str, cancelled: Cancelled) -> None:
        self._stream = stream
        self._name = name
        self._cancelled = cancelled
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        if self._cancelled():
            raise Stopped
        chunk = self._stream.read(size)
        self._read += len(chunk)
        if self._read > MAX_FILE:
            raise _too_large(self._name)
        return chunk


def _too_large(name: str) -> TooLarge:
    return TooLarge(
        name,
        say("The file is larger than {limit} MiB.", limit=MAX_FILE >> 20),
        say("Ask the team for a smaller file, or split it."),
    )


def _walk(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        if path.is_symlink():
            raise FileError(
                path, say("It is a link, not a file."), say("Give the file that it points to.")
            )
        if path.is_dir():
            for inner in sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink()):
                yield f"{path.name}/{inner.relative_to(path).as_posix()}", inner
        elif path.is_file():
            yield path.name, path
        else:
            raise FileError(path, say("There is no such file."), say("Check the name."))


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(0)
            if not stat.S_ISREG(path.stat().st_mode):
                raise FileError(path, say("It is not a regular file."))
            if size > MAX_FILE:
                raise _too_large(str(path))
            if size == 0:
                raise Malformed(
                    path, say("The file is empty (0 bytes)."), say("Ask the team to send it again.")
                )
            yield stream
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(path, say("The file cannot be read: {why}.", why=reason)) from error


def _streams(paths: Sequence[Path], stack: ExitStack) -> Iterator[tuple[str, BinaryIO]]:
    """Yield each file's name and stream; a zip is given entry by entry, never unpacked to paths."""
    for name, path in _walk(paths):
        stream = stack.enter_context(_opened(path))
        if stream.read(4) == b"PK\x03\x04" and path.suffix.lower() == ".zip":
            stream.seek(0)
            for inner, content in entries(stream, str(path)):
                yield f"{name}/{inner}", content
        else:
            stream.seek(0)
            yield name, stream


def intake(
    session: Session,
    keys: KeyPair,
    round_id: str,
    team: str,
    paths: Sequence[Path],
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> IntakeReport:
    """Hash, keep and record every file; read the benchmark results among them.

    All or nothing: a file that cannot be accepted at all (a hostile zip, over the size limit, empty)
    refuses the intake with one sentence and nothing is kept. A file that is merely not understood
    is kept as a document of kind ``other`` and listed.
    """
    round_ = session.round(round_id)
    if team not in session.state.teams:
        known = ", ".join(sorted(session.state.teams))
        raise RuleError(
            say("There is no team '{id}' in this programme.", id=team),
            say("Known teams: {teams}.", teams=known),
        )
    files: list[SubmittedFile] = []
    results: list[ResultSet] = []
    troubles: list[tuple[str, Message]] = []
    with session.workspace.transaction(), ExitStack() as stack:
        for name, stream in _streams(paths, stack):
            progress(say("Taking in {name}", name=name), len(files), 0)
            file, read, trouble = _take(session, team, name, stream, cancelled)
            files.append(file)
            if read is not None:
                results.append(read)
            if trouble is not None:
                troubles.append((name, trouble))
        if not files:
            raise RuleError(say("There is no file to take in."), say("Name files or folders."))
        changes = _record(session, keys, round_, team, files, results)
    return IntakeReport(team, tuple(files), tuple(results), tuple(troubles), changes)


def _take(
    session: Session, team: str, name: str, stream: BinaryIO, cancelled: Cancelled
) -> tuple[SubmittedFile, ResultSet | None, Message | None]:
    counted = _Counted(stream, name, cancelled)
    info = session.workspace.put_blob(counted)
    if info.size == 0:
        raise Malformed(
            name, say("The file is empty (0 bytes)."), say("Ask the team to send it again.")
        )
    with session.workspace.open_blob(info.sha256) as blob:
        head = blob.read(_HEAD)
    guess = classify(name, head, info.size)
    kind, note, read = guess.kind, guess.note, None
    if kind == "results" and info.size > MAX_RESULTS:
        kind, note = "other", say("It is too large to be a results file.")
    elif kind == "results":
        try:
            result = read_results(session.workspace.read_blob(info.sha256), name)
            read = ResultSet(
                team=team,
                source=info.sha256,
                name=name,
                tool=result.tool,
                tool_version=result.tool_version,
                model=result.model,
                measures=result.measures,
            )
        except AppError as error:
            kind, note = "other", error.message
    file = SubmittedFile(
        name=name,
        sha256=info.sha256,
        size=info.size,
        kind=kind,
        media_type=guess.media_type,
        note=str(note) if note else "",
    )
    return file, read, note if kind == "other" else None


def _record(
    session: Session,
    keys: KeyPair,
    round_: RoundState,
    team: str,
    files: Sequence[SubmittedFile],
    results: Sequence[ResultSet],
) -> Changes:
    return session.write(
        keys,
        [
            Unsigned("submission", round_.id, Submission(team, tuple(files))),
            *(Unsigned("results", round_.id, result) for result in results),
        ],
    )


def read_result_file(path: Path) -> ResultFile:
    """Read one benchmark result file without a workspace; raises FileError, Malformed or TooLarge."""
    with _opened(path) as stream:
        content = stream.read(MAX_RESULTS + 1)
    guess = classify(path.name, content[:_HEAD], len(content))
    if guess.kind != "results":
        raise NotOurFile(
            path,
            guess.note or say("It is not a benchmark results file ({kind}).", kind=guess.kind),
        )
    return read_results(content, str(path))
