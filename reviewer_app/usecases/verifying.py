"""Check a decision PDF, a pack or a workspace, offline, and say what was checked."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from reviewer_app.decision_pdf import document, render
from reviewer_app.domain.fold import fold
from reviewer_app.domain.state import ProgrammeState, RoundState
from reviewer_app.errors import AppError, NotOurFile, PackError, VerificationFailed
from reviewer_app.packs import read_manifest, read_pack, records_digest
from reviewer_app.records.envelope import Envelope, from_ndjson
from reviewer_app.scoring.tally import tally_of
from reviewer_app.signing.identity import KeyPair
from reviewer_app.signing.pdf import attachments, check_pdf, first_revision
from reviewer_app.signing.records import check
from reviewer_app.texts import Message, say
from reviewer_app.usecases.carrying import stream_of
from reviewer_app.usecases.opening import read_small_file
from reviewer_app.usecases.session import Session

MAX_PDF = 256 << 20
EVIDENCE = "evidence.ndjson"


class Outcome(StrEnum):
    """What one check says."""

    OK = "ok"
    NOTE = "note"
    FAILED = "failed"


class Check(msgspec.Struct, frozen=True):
    """One thing that was checked and what came of it."""

    what: Message
    outcome: Outcome
    detail: Message


class Report(msgspec.Struct, frozen=True):
    """Everything that was checked, in order. ``programme`` is the fingerprint to compare by eye."""

    file: str
    programme: str
    checks: tuple[Check, ...]

    @property
    def first_failure(self) -> Check | None:
        """The first thing that is wrong, if anything is."""
        return next((c for c in self.checks if c.outcome is Outcome.FAILED), None)

    def require(self) -> None:
        """Raise VerificationFailed with the first thing that is wrong."""
        failure = self.first_failure
        if failure is not None:
            raise VerificationFailed(
                say("{file}: {what}: {why}", file=self.file, what=failure.what, why=failure.detail)
            )


def _ok(what: Message, detail: Message) -> Check:
    return Check(what, Outcome.OK, detail)


def _failed(what: Message, detail: Message) -> Check:
    return Check(what, Outcome.FAILED, detail)


def verify_file(path: Path, programme: str = "") -> Report:
    """Check a decision PDF; ``programme`` pins the authority's fingerprint when it is known."""
    content = read_small_file(path, MAX_PDF, say("Give a decision PDF, a pack or a workspace."))
    if not content.startswith(b"%PDF-"):
        raise NotOurFile(
            path,
            say("It is not a decision PDF."),
            say("To check a pack or a workspace, name the workspace that opens it."),
        )
    return verify_pdf(content, str(path), programme)


def verify_pdf(pdf: bytes, name: str, programme: str = "") -> Report:
    """Check signatures, evidence, arithmetic and every printed figure of a decision PDF."""
    what = say("Evidence")
    try:
        attached = attachments(pdf).get(EVIDENCE)
        if attached is None:
            return Report(name, "", (_failed(what, say("The PDF carries no evidence.")),))
        envelopes = from_ndjson(attached, f"{name}/{EVIDENCE}")
    except AppError as error:
        return Report(name, "", (_failed(what, error.message),))
    found = programme or _claimed_programme(envelopes)
    checks = tuple(_pdf_checks(pdf, attached, envelopes, found))
    return Report(name, found, checks)


def _claimed_programme(envelopes: Sequence[Envelope]) -> str:
    """Return the one programme the records name; its authority is then checked against that id."""
    for envelope in envelopes:
        found = msgspec.json.decode(envelope.payload, type=dict[str, object]).get("programme")
        if isinstance(found, str):
            return found
    return ""


def _pdf_checks(
    pdf: bytes, attached: bytes, envelopes: Sequence[Envelope], programme: str
) -> Iterator[Check]:
    checked = check(envelopes, programme)
    what = say("Records")
    if checked.refused:
        yield _failed(what, checked.refused[0].reason)
        return
    state = fold(programme, checked.records)
    yield from _state_checks(state)
    if state.programme is None:
        yield _failed(what, say("The programme's authority is not among the evidence."))
        return
    yield _ok(what, say("{n} records are signed by whom they name.", n=len(checked.records)))
    round_ = next((r for r in state.rounds.values() if r.decision is not None), None)
    if round_ is None or round_.decision is None:
        yield _failed(say("Decision"), say("There is no decision among the evidence."))
        return
    yield from _decision_checks(state, round_)
    yield from _print_checks(pdf, attached, state, round_)
    authority = base64.b64decode(state.programme.body.certificate)
    yield from _signature_checks(pdf, authority, round_)


def _state_checks(state: ProgrammeState) -> Iterator[Check]:
    for quarantined in state.quarantined:
        yield Check(
            say("Record {id}", id=quarantined.record.id[:12]),
            Outcome.NOTE,
            say("It was not counted: {why}", why=quarantined.reason),
        )
    for fault in state.faults:
        text = (
            say("Two records stand at the same place of a device's chain.")
            if fault.kind == "fork"
            else say("A record of this device is missing before this one.")
        )
        where = say(
            "{author}, device {device}, {seq}",
            author=fault.author,
            device=fault.device,
            seq=fault.seq,
        )
        yield Check(where, Outcome.NOTE, text)
    for dispute in state.disputes:
        yield _failed(
            say("Records"),
            say(
                "Two records claim the same place: {kind} of '{key}'.",
                kind=dispute.kind,
                key=dispute.key,
            ),
        )


def _decision_checks(state: ProgrammeState, round_: RoundState) -> Iterator[Check]:
    what = say("Tally")
    if round_.tally is None or round_.decision is None:
        yield _failed(what, say("There is no tally among the evidence."))
        return
    try:
        recomputed = tally_of(state, round_.id)
    except AppError as error:
        yield _failed(what, error.message)
        return
    if recomputed != round_.tally.body.tally:
        yield _failed(what, say("The recomputed table differs from the recorded one."))
        return
    yield _ok(
        what,
        say(
            "Recomputed from {n} sealed scorecards: every figure is equal.",
            n=len(recomputed.members),
        ),
    )
    selected = tuple(t.team for t in recomputed.teams if t.outcome == "selected")
    decision = round_.decision.body
    if decision.tally != round_.tally.id or decision.selected != selected:
        yield _failed(say("Decision"), say("The decision does not follow from the tally."))
    else:
        yield _ok(say("Decision"), say("It follows from the recomputed tally."))


def _print_checks(
    pdf: bytes, attached: bytes, state: ProgrammeState, round_: RoundState
) -> Iterator[Check]:
    what = say("Printed pages")
    language = round_.decision.body.language if round_.decision else "ko"
    again = render(document(state, round_.id, attached, language)).pdf
    if first_revision(pdf) == again:
        yield _ok(what, say("Laid out again from the evidence: equal to the last byte."))
    else:
        yield _failed(what, say("What is printed is not what the evidence gives."))


def _signature_checks(pdf: bytes, authority: bytes, round_: RoundState) -> Iterator[Check]:
    verdicts = check_pdf(pdf, authority)
    signers = round_.decision.body.signers if round_.decision else ()
    for verdict in verdicts:
        outcome = Outcome.OK if verdict.verdict == "TOTAL-PASSED" else Outcome.FAILED
        yield Check(
            say("Signature of {name}", name=verdict.name or verdict.field),
            outcome,
            verdict.sentence,
        )
    signed = {v.person for v in verdicts}
    missing = [s for s in signers if s not in signed]
    if not verdicts:
        yield _failed(say("Signatures"), say("Nobody has signed this document."))
    elif missing:
        yield Check(
            say("Signatures"),
            Outcome.NOTE,
            say("Not yet signed by: {people}.", people=", ".join(missing)),
        )
    if verdicts and not verdicts[-1].covers_whole_file:
        yield _failed(
            say("Signatures"), say("Something was added to the file after the last signature.")
        )


def verify_pack(keys: KeyPair, path: Path) -> Report:
    """Check a pack without taking it in: readable to its end, rightly signed, every record sound."""
    try:
        with (
            stream_of(path) as stream,
            read_pack(stream, [keys.age_identity], where=str(path)) as pack,
        ):
            manifest = read_manifest(pack.manifest, str(path))
            envelopes = list(pack.envelopes)
            blobs = sum(1 for _, _, content in pack.blobs() if content.read() is not None)
    except PackError as error:
        return Report(str(path), keys.programme, (_failed(say("Pack"), error.message),))
    checked = check(envelopes, keys.programme)
    checks = [_failed(say("Record {id}", id=r.envelope.id[:12]), r.reason) for r in checked.refused]
    if not checked.signed_by(pack.manifest, manifest.maker):
        checks.append(
            _failed(say("Pack"), say("It is not signed by '{maker}'.", maker=manifest.maker))
        )
    if records_digest(e.id for e in envelopes) != manifest.digest or blobs != len(manifest.blobs):
        checks.append(_failed(say("Pack"), say("It does not hold what its maker signed for.")))
    if not checks:
        text = say(
            "Made by '{maker}' for '{person}': {n} sound records and {blobs} documents.",
            maker=manifest.maker,
            person=manifest.recipient,
            n=len(envelopes),
            blobs=blobs,
        )
        checks = [_ok(say("Pack"), text)]
    return Report(str(path), keys.programme, tuple(checks))


def verify_workspace(session: Session) -> Report:
    """Check every record, every document and the newest decision of an open workspace."""
    session.reload()
    checks = [_failed(say("Record {id}", id=r.envelope.id[:12]), r.reason) for r in session.refused]
    checks.extend(_state_checks(session.state))
    damaged = session.workspace.damage()
    if damaged is not None:
        checks.append(_failed(say("Workspace file"), damaged))
    checks.extend(
        _failed(say("Document {id}", id=sha256[:12]), say("Its content was altered."))
        for sha256 in session.workspace.blobs()
        if hashlib.sha256(session.workspace.read_blob(sha256)).hexdigest() != sha256
    )
    for round_ in session.state.rounds.values():
        checks.extend(_recorded_tally(session.state, round_))
    if not any(c.outcome is Outcome.FAILED for c in checks):
        checks.insert(
            0,
            _ok(
                say("Records"),
                say("{n} records are signed by whom they name.", n=len(session.records)),
            ),
        )
    return Report(str(session.path), session.programme, tuple(checks))


def _recorded_tally(state: ProgrammeState, round_: RoundState) -> Iterator[Check]:
    if round_.decision is not None:
        yield from _decision_checks(state, round_)
