"""From sealed scorecards to the official table: survey points, the seal of the round, the tally."""

from collections.abc import Sequence

from reviewer_app.domain.decision import RoundSeal, Tally, TallyRecord
from reviewer_app.domain.state import RoundState
from reviewer_app.domain.submission import PanelPoints
from reviewer_app.errors import RuleError
from reviewer_app.scoring.tally import tally_of
from reviewer_app.signing.identity import KeyPair
from reviewer_app.texts import Message, say
from reviewer_app.usecases.session import Session, Unsigned
from reviewer_app.workspace import Changes


def import_panel(session: Session, keys: KeyPair, round_id: str, points: PanelPoints) -> Changes:
    """Record the points that a panel, such as a user survey, gave the teams in one component."""
    round_ = session.round(round_id)
    component = next((c for c in round_.round.components if c.id == points.component), None)
    if component is None or component.kind != "panel":
        raise RuleError(
            say("The round has no panel component '{id}'.", id=points.component),
            say("Use the id that the round's rules give it."),
        )
    for point in points.points:
        if point.team not in session.state.teams:
            raise RuleError(say("There is no team '{id}' in this programme.", id=point.team))
        if not point.points.is_finite() or not 0 <= point.points <= component.maximum:
            raise RuleError(
                say(
                    "Team '{team}' has {points} points in '{component}', outside 0 to {maximum}.",
                    team=point.team,
                    points=point.points,
                    component=component.id,
                    maximum=component.maximum,
                )
            )
    old = round_.panels.get(points.component)
    return session.write(keys, [Unsigned("panel", round_.id, points, (old.id,) if old else ())])


def obstacles(session: Session, round_: RoundState) -> tuple[Message, ...]:
    """Return what stands against sealing the round, in words; empty when it can be sealed."""
    found = [
        say(
            "Two records claim the same place ({kind} of '{key}'); one must supersede the other.",
            kind=d.kind,
            key=d.key,
        )
        for d in session.state.disputes
        if d.round in ("", round_.id)
    ]
    have, quorum = len(round_.scorecards), round_.round.quorum
    if have < quorum:
        found.append(
            say(
                "Only {have} of the {quorum} scorecards that the quorum asks for are sealed.",
                have=have,
                quorum=quorum,
            )
        )
    return tuple(found)


def seal_round(session: Session, keys: KeyPair, round_id: str, reason: str = "") -> Changes:
    """Close scoring: from now on only the scorecards named in the seal count."""
    round_ = session.round(round_id)
    if round_.seal is not None:
        raise RuleError(say("The round is already sealed."))
    for obstacle in obstacles(session, round_):
        raise RuleError(obstacle, say("Settle this before sealing the round."))
    absent = tuple(m for m in round_.members if m not in round_.scorecards)
    seal = RoundSeal(tuple(sorted(r.id for r in round_.scorecards.values())), absent, reason)
    return session.write(keys, [Unsigned("seal", round_.id, seal)])


def preview(session: Session, round_id: str) -> Tally:
    """Return the table that the records amount to now; official only once the round is sealed."""
    return tally_of(session.state, session.round(round_id).id)


def compile_tally(session: Session, keys: KeyPair, round_id: str) -> tuple[Tally, Changes]:
    """Compute the official table of a sealed round and record it; the same table is recorded once."""
    round_ = session.round(round_id)
    if round_.seal is None:
        raise RuleError(
            say("The round is not sealed yet, so there is no official tally."),
            say("Seal the round first."),
        )
    tally = tally_of(session.state, round_.id)
    body = TallyRecord(round_.seal.id, tally)
    if round_.tally is not None and round_.tally.body == body:
        return tally, Changes()
    old = (round_.tally.id,) if round_.tally else ()
    return tally, session.write(keys, [Unsigned("tally", round_.id, body, old)])


def missing_members(round_: RoundState) -> Sequence[str]:
    """Return the committee members whose scorecard is not here, in roster order."""
    return [m for m in round_.members if m not in round_.scorecards]
