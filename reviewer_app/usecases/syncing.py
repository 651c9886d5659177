"""Exchange records and documents with the central server."""

from reviewer_app.errors import UsageError
from reviewer_app.signing.identity import KeyPair
from reviewer_app.sync.client import SyncReport, sync
from reviewer_app.texts import say
from reviewer_app.usecases.carrying import blobs_of
from reviewer_app.usecases.progress import Cancelled, Progress, never, silent
from reviewer_app.usecases.session import Session


def server_of(session: Session) -> str:
    """Return the address of the server that was last used; empty when there was none."""
    return session.workspace.get("server") or ""


def synchronise(
    session: Session,
    keys: KeyPair,
    url: str = "",
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> SyncReport:
    """Push what the server lacks, pull what is new, and keep a proved receipt of every record."""
    address = (url or server_of(session)).rstrip("/")
    if not address:
        raise UsageError(
            say("No server is known yet."), say("Give its address, such as https://host.")
        )
    wanted = {sha256 for r in session.records for sha256 in blobs_of(r)}
    del wanted
    report = sync(
        session.workspace, keys, address, session.programme, progress=progress, cancelled=cancelled
    )
    session.workspace.set("server", address)
    session.reload()
    return report
