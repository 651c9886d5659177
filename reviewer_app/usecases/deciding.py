"""The decision: propose it, lay it out as PDF with its evidence, and sign it one after another."""

import io
from collections.abc import Sequence

import msgspec

from reviewer_app.decision_pdf import document, render
from reviewer_app.domain.decision import Decision, Dissent, DocumentSigned
from reviewer_app.domain.record import Record
from reviewer_app.domain.state import RoundState
from reviewer_app.errors import RuleError, UsageError
from reviewer_app.records.envelope import to_ndjson
from reviewer_app.scoring.tally import tally_of
from reviewer_app.signing.identity import KeyPair
from reviewer_app.signing.pdf import prepare, sign_pdf
from reviewer_app.texts import in_language, say
from reviewer_app.usecases.session import Session, Unsigned
from reviewer_app.workspace import Changes


class DocumentState(msgspec.Struct, frozen=True):
    """The newest version of the decision PDF and who has signed it."""

    sha256: str
    record: str
    signed: tuple[str, ...]
    waiting: tuple[str, ...]


def decide(
    session: Session,
    keys: KeyPair,
    round_id: str,
    *,
    reasons: str,
    signers: Sequence[str] = (),
    dissents: Sequence[Dissent] = (),
    language: str = "ko",
) -> Changes:
    """Record the decision that follows from the tally and lay out its PDF, unsigned.

    ``signers`` are persons in the order of the signature fields; without any, every member with a
    sealed scorecard signs and the chair signs last.
    """
    round_ = session.round(round_id)
    if round_.tally is None or round_.roster is None:
        raise RuleError(
            say("There is no official tally yet, so nothing can be decided."),
            say("Seal the round and compile the tally first."),
        )
    tally = tally_of(session.state, round_.id)
    if tally != round_.tally.body.tally:
        raise RuleError(
            say("The recorded tally is not what the records amount to now."),
            say("Compile the tally again before deciding."),
        )
    if tally.unresolved:
        names = ", ".join(session.state.teams[t].body.name.en for t in tally.unresolved)
        raise RuleError(
            say("The cut falls between teams that are tied: {teams}.", teams=names),
            say("Add a tie rule to the round, or let the committee vote, and compile again."),
        )
    chair = round_.roster.body.chair
    present = [m for m in round_.members if m in round_.scorecards and m != chair]
    order = tuple(signers) or (*present, chair)
    for person in order:
        if person not in session.state.identities:
            raise RuleError(say("There is no person '{id}' in this programme.", id=person))
    body = Decision(
        tally=round_.tally.id,
        selected=tuple(t.team for t in tally.teams if t.outcome == "selected"),
        reasons=reasons,
        signers=order,
        language="en" if language == "en" else "ko",
        dissents=tuple(dissents),
    )
    old = (round_.decision.id,) if round_.decision else ()
    changes = session.write(keys, [Unsigned("decision", round_.id, body, old)])
    return changes | _lay_out(session, keys, round_.id)


def evidence(session: Session) -> bytes:
    """Return every record that counts or is disputed, as JSON lines in order of their ids."""
    return to_ndjson(sorted(session.workspace.envelopes(), key=lambda e: e.id))


def _lay_out(session: Session, keys: KeyPair, round_id: str) -> Changes:
    round_ = session.round(round_id)
    decision = _decision(round_)
    laid_out = document(session.state, round_.id, evidence(session), decision.body.language)
    rendered = render(laid_out)
    pdf = prepare(rendered.pdf, rendered.fields)
    with session.workspace.transaction():
        info = session.workspace.put_blob(io.BytesIO(pdf))
        body = DocumentSigned(decision.id, info.sha256, "")
        return session.write(keys, [Unsigned("signature", round_.id, body)])


def document_state(round_: RoundState) -> DocumentState:
    """Return the newest version of the PDF; raises RuleError when two were signed at once."""
    decision = _decision(round_)
    own = [r for r in round_.signatures if r.body.decision == decision.id]
    if not own:
        raise UsageError(
            say("The decision document has not arrived in this workspace."),
            say("Import the newest pack of the secretary, or sync."),
        )
    replaced = {r.body.previous for r in own}
    tips = [r for r in own if r.body.pdf not in replaced]
    if len(tips) != 1:
        raise RuleError(
            say(
                "Two people signed the same version of the document: {people}.",
                people=", ".join(sorted(r.author for r in tips)),
            ),
            say("Keep one of them and let the other sign the newest version again."),
        )
    signed = tuple(r.author for r in own if r.body.previous)
    waiting = tuple(p for p in decision.body.signers if p not in signed)
    return DocumentState(tips[0].body.pdf, tips[0].id, signed, waiting)


def document_pdf(session: Session, round_id: str) -> bytes:
    """Return the newest version of the decision PDF."""
    state = document_state(session.round(round_id))
    if not session.workspace.has_blob(state.sha256):
        raise UsageError(
            say("The decision document has not arrived in this workspace."),
            say("Import the newest pack of the secretary, or sync."),
        )
    return session.workspace.read_blob(state.sha256)


def sign_decision(session: Session, keys: KeyPair, round_id: str) -> Changes:
    """Put the person's signature on the newest version of the document and record it."""
    round_ = session.round(round_id)
    decision = _decision(round_)
    state = document_state(round_)
    if keys.person not in decision.body.signers:
        raise RuleError(say("'{person}' is not among the signers.", person=keys.person))
    if keys.person in state.signed:
        raise RuleError(say("'{person}' has already signed.", person=keys.person))
    chair = round_.roster.body.chair if round_.roster else ""
    if keys.person == chair and state.waiting != (chair,):
        raise RuleError(
            say(
                "The chair signs last; still missing: {people}.",
                people=", ".join(p for p in state.waiting if p != chair),
            )
        )
    identity = session.state.identities[keys.person].body
    place = decision.body.signers.index(keys.person) + 1
    language = decision.body.language
    role = say("Chair") if keys.person == chair else say("Committee member")
    signed = sign_pdf(
        document_pdf(session, round_id),
        keys,
        field=f"sign-{place}-{keys.person}",
        name=identity.name.show(language),
        role=in_language(role, language),
        reason=in_language(say("I approve this decision."), language),
        when=session.clock(),
        language=language,
    )
    with session.workspace.transaction():
        info = session.workspace.put_blob(io.BytesIO(signed))
        body = DocumentSigned(decision.id, info.sha256, state.sha256)
        return session.write(keys, [Unsigned("signature", round_.id, body)])


def _decision(round_: RoundState) -> Record[Decision]:
    if round_.decision is None:
        raise UsageError(
            say("Nothing has been decided in this round yet."),
            say("Compile the tally and decide first."),
        )
    return round_.decision
