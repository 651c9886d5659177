"""What a member does: pledge, declare conflicts, score, seal. Scores are drafts until the seal."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from reviewer_app.domain.checks import check_score, check_scorecard, missing_in
from reviewer_app.domain.committee import Conflict, ConflictDeclaration, Pledge
from reviewer_app.domain.programme import Team
from reviewer_app.domain.scorecard import GateVote, Score, Scorecard, TeamCard
from reviewer_app.domain.state import RoundState
from reviewer_app.errors import RuleError, UsageError
from reviewer_app.signing.identity import KeyPair
from reviewer_app.texts import Message, language, say
from reviewer_app.usecases.session import Session, Unsigned
from reviewer_app.workspace import Changes


class DraftScore(msgspec.Struct, frozen=True):
    """What a member has entered for one criterion so far; the score may still be missing."""

    score: Decimal | None = None
    comment: str = ""


class DraftVote(msgspec.Struct, frozen=True):
    """What a member has entered for one gate so far."""

    passed: bool | None = None
    reason: str = ""


class DraftCard(msgspec.Struct, frozen=True):
    """One team's entries so far, by criterion and gate id."""

    team: str
    scores: dict[str, DraftScore]
    gates: dict[str, DraftVote]
    comment: str = ""


def sits(session: Session, round_: RoundState) -> bool:
    """Return whether the person of this workspace sits on the round's committee."""
    return session.person in round_.members


def sealed(session: Session, round_: RoundState) -> bool:
    """Return whether the person's scorecard is sealed."""
    return session.person in round_.scorecards


def open_teams(session: Session, round_: RoundState) -> tuple[Team, ...]:
    """Return the teams that the person may judge: taking part, and no conflict declared."""
    barred = round_.conflicted(session.person)
    return tuple(t for t in session.state.taking_part() if t.id not in barred)


def pledge_text(session: Session) -> str:
    """Return the confidentiality pledge in the language that texts are shown in."""
    programme = session.state.programme
    return programme.body.pledge.show(language()) if programme else ""


def sign_pledge(session: Session, keys: KeyPair, round_id: str) -> Changes:
    """Record the pledge in the words that were shown."""
    round_ = _committee_round(session, round_id)
    old = round_.pledges.get(session.person)
    if old is not None:
        return Changes()
    return session.write(keys, [Unsigned("pledge", round_.id, Pledge(pledge_text(session)))])


def declare_conflicts(
    session: Session, keys: KeyPair, round_id: str, conflicts: Sequence[Conflict]
) -> Changes:
    """Record the person's conflicts with all teams; an empty list says there are none."""
    round_ = _committee_round(session, round_id)
    known = set(session.state.teams)
    for conflict in conflicts:
        if conflict.team not in known:
            raise RuleError(say("There is no team '{id}' in this programme.", id=conflict.team))
        if not conflict.reason.strip():
            raise RuleError(
                say("The conflict with team '{id}' has no reason.", id=conflict.team),
                say("Say in a few words why."),
            )
    _refuse_after_seal(session, round_)
    old = round_.conflicts.get(session.person)
    body = ConflictDeclaration(tuple(conflicts))
    supersedes = (old.id,) if old else ()
    return session.write(keys, [Unsigned("conflicts", round_.id, body, supersedes)])


def cards(session: Session, round_: RoundState) -> dict[str, DraftCard]:
    """Return the entries so far of every team that the person may judge, by team id."""
    prefix = f"score/{round_.id}/"
    result = {team.id: DraftCard(team.id, {}, {}) for team in open_teams(session, round_)}
    for key, value in session.workspace.drafts(prefix).items():
        team, what, name = key.removeprefix(prefix).split("/", 2)
        card = result.get(team)
        if card is None:
            continue
        if what == "criterion":
            card.scores[name] = msgspec.json.decode(value, type=DraftScore)
        elif what == "gate":
            card.gates[name] = msgspec.json.decode(value, type=DraftVote)
        else:
            comment = msgspec.json.decode(value, type=str)
            result[team] = msgspec.structs.replace(card, comment=comment)
    return result


def enter_score(
    session: Session, round_: RoundState, team: str, criterion_id: str, entry: DraftScore
) -> Changes:
    """Keep one criterion's entry as a draft; raises RuleError when it is off the scale."""
    criterion = round_.round.criterion(criterion_id)
    if criterion is None:
        raise RuleError(say("The rubric has no criterion '{id}'.", id=criterion_id))
    if entry.score is not None:
        check_score(criterion, entry.score, team)
    return _enter(session, round_, team, f"criterion/{criterion_id}", entry)


def enter_vote(
    session: Session, round_: RoundState, team: str, gate_id: str, entry: DraftVote
) -> Changes:
    """Keep one gate's vote as a draft."""
    if gate_id not in {g.id for g in round_.round.gates}:
        raise RuleError(say("The rubric has no gate '{id}'.", id=gate_id))
    return _enter(session, round_, team, f"gate/{gate_id}", entry)


def enter_comment(session: Session, round_: RoundState, team: str, comment: str) -> Changes:
    """Keep the comment on a team as a whole as a draft."""
    return _enter(session, round_, team, "comment/all", comment)


def checklist(session: Session, round_: RoundState) -> tuple[Message, ...]:
    """Return what is still missing before the person can seal, in the order to do it."""
    missing: list[Message] = []
    if session.person not in round_.pledges:
        missing.append(say("The confidentiality pledge is not signed."))
    if session.person not in round_.conflicts:
        missing.append(say("The conflicts of interest are not declared."))
    for card in cards(session, round_).values():
        missing.extend(missing_in(round_.round, _finished(round_, card)))
    return tuple(missing)


def scorecard(session: Session, round_: RoundState, reason: str = "") -> Scorecard:
    """Return the scorecard exactly as it would be signed now; it may still be incomplete."""
    drafts = cards(session, round_)
    return Scorecard(
        rules=round_.rules.id,
        submissions=tuple(sorted(s.id for s in round_.submissions)),
        teams=tuple(_finished(round_, drafts[team]) for team in sorted(drafts)),
        recused=tuple(sorted(round_.conflicted(session.person))),
        reason=reason,
    )


def seal_scorecard(session: Session, keys: KeyPair, round_id: str, reason: str = "") -> Changes:
    """Sign the scorecard; a correction names the one it replaces and needs a reason."""
    round_ = _committee_round(session, round_id)
    _refuse_after_round_seal(round_)
    for missing in checklist(session, round_):
        raise RuleError(
            say("The scorecard is not complete: {what}.", what=missing),
            say("Complete it and seal again."),
        )
    old = round_.scorecards.get(session.person)
    if old is not None and not reason.strip():
        raise RuleError(
            say("Your scorecard is already sealed."),
            say("To correct it, give the reason for the correction."),
        )
    card = scorecard(session, round_, reason)
    present = frozenset(t.id for t in session.state.taking_part())
    check_scorecard(
        round_.round,
        card,
        present,
        frozenset(session.state.teams),
        round_.conflicted(session.person),
    )
    return session.write(keys, [Unsigned("scorecard", round_.id, card, (old.id,) if old else ())])


def _enter(session: Session, round_: RoundState, team: str, place: str, entry: object) -> Changes:
    if team in round_.conflicted(session.person):
        raise RuleError(
            say("You declared a conflict of interest with team '{id}'.", id=team),
            say("Its scores cannot be entered."),
        )
    if team not in session.state.teams:
        raise RuleError(say("There is no team '{id}' in this programme.", id=team))
    return session.workspace.save_draft(
        f"score/{round_.id}/{team}/{place}", msgspec.json.encode(entry)
    )


def _finished(round_: RoundState, card: DraftCard) -> TeamCard:
    return TeamCard(
        team=card.team,
        scores=tuple(
            Score(c.id, entry.score, entry.comment)
            for c in round_.round.criteria
            if (entry := card.scores.get(c.id)) is not None and entry.score is not None
        ),
        gates=tuple(
            GateVote(g.id, vote.passed, vote.reason)
            for g in round_.round.gates
            if (vote := card.gates.get(g.id)) is not None and vote.passed is not None
        ),
        comment=card.comment,
    )


def _committee_round(session: Session, round_id: str) -> RoundState:
    round_ = session.round(round_id)
    if not sits(session, round_):
        raise UsageError(
            say("'{person}' does not sit on the committee of this round.", person=session.person),
            say("Open the workspace of a committee member."),
        )
    return round_


def _refuse_after_round_seal(round_: RoundState) -> None:
    if round_.seal is not None:
        raise RuleError(
            say("The round is sealed; no scorecard can be added or changed."),
            say("Ask the secretary whether the round can be opened again."),
        )


def _refuse_after_seal(session: Session, round_: RoundState) -> None:
    _refuse_after_round_seal(round_)
    if sealed(session, round_):
        raise RuleError(
            say("Your scorecard is already sealed."),
            say("Conflicts of interest are declared before scoring."),
        )
