"""Where a programme stands: who has done what, and what is to be done next."""

from typing import Literal

import msgspec

from reviewer_app.domain.state import RoundState
from reviewer_app.texts import Message, say
from reviewer_app.usecases.compiling import missing_members
from reviewer_app.usecases.deciding import document_state
from reviewer_app.usecases.session import Session

Step = Literal["waiting", "pledged", "declared", "sealed"]
Stage = Literal["intake", "scoring", "sealed", "tallied", "decided", "signed"]


class MemberRow(msgspec.Struct, frozen=True):
    """How far one member is, as far as records have arrived here."""

    person: str
    name: str
    chair: bool
    step: Step
    recused: tuple[str, ...]


class RoundOverview(msgspec.Struct, frozen=True):
    """How far a round is. ``next_step`` is one sentence for the person of this workspace."""

    id: str
    title: str
    deadline: str
    stage: Stage
    teams: int
    submissions: tuple[str, ...]
    members: tuple[MemberRow, ...]
    sealed: int
    quorum: int
    next_step: Message


def _step(round_: RoundState, person: str) -> Step:
    if person in round_.scorecards:
        return "sealed"
    if person in round_.conflicts:
        return "declared"
    return "pledged" if person in round_.pledges else "waiting"


def _stage(round_: RoundState) -> Stage:
    if round_.decision is not None:
        document = document_state(round_) if _has_document(round_) else None
        return "signed" if document is not None and not document.waiting else "decided"
    if round_.tally is not None:
        return "tallied"
    if round_.seal is not None:
        return "sealed"
    return "scoring" if round_.submissions else "intake"


def _has_document(round_: RoundState) -> bool:
    decision = round_.decision
    return decision is not None and any(r.body.decision == decision.id for r in round_.signatures)


def overview(session: Session, round_id: str, language: str) -> RoundOverview:
    """Return where a round stands."""
    round_ = session.round(round_id)
    chair = round_.roster.body.chair if round_.roster else ""
    stage = _stage(round_)
    return RoundOverview(
        id=round_.id,
        title=round_.round.title.show(language),
        deadline=round_.round.deadline,
        stage=stage,
        teams=len(session.state.taking_part()),
        submissions=tuple(sorted({s.body.team for s in round_.submissions})),
        members=tuple(
            MemberRow(
                person=m,
                name=session.state.name(m, language),
                chair=m == chair,
                step=_step(round_, m),
                recused=tuple(sorted(round_.conflicted(m))),
            )
            for m in round_.members
        ),
        sealed=len(round_.scorecards),
        quorum=round_.round.quorum,
        next_step=_next_step(session, round_, stage),
    )


def _next_step(  # noqa: PLR0911 - one sentence for each stage
    session: Session, round_: RoundState, stage: Stage
) -> Message:
    if stage == "intake":
        return say("Take in the teams' submissions.")
    if stage == "scoring":
        waiting = len(missing_members(round_))
        if session.person in round_.members and session.person not in round_.scorecards:
            return say("Score every team and seal your scorecard.")
        if waiting:
            return say("Wait for {n} scorecards, then seal the round.", n=waiting)
        return say("All scorecards are here: seal the round.")
    if stage == "sealed":
        return say("Compile the official tally.")
    if stage == "tallied":
        return say("Turn the tally into a decision.")
    if stage == "decided":
        return say("Collect the missing signatures on the decision.")
    return say("The round is closed: the decision is signed by everybody.")
