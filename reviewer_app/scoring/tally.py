"""The official table of a round: exact fractions throughout, each part rounded once at its end."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from reviewer_app.domain.decision import Outcome, PartTally, Tally, TeamTally
from reviewer_app.domain.programme import Component, Round
from reviewer_app.domain.record import Record
from reviewer_app.domain.scorecard import Scorecard, TeamCard
from reviewer_app.domain.state import ProgrammeState, RoundState
from reviewer_app.domain.submission import PanelPoints, ResultSet
from reviewer_app.errors import RuleError
from reviewer_app.scoring.parts import (
    benchmark_part,
    gate_tally,
    panel_part,
    rubric_part,
)
from reviewer_app.scoring.rounding import rounded
from reviewer_app.texts import say

BELOW_TOTAL = "total"
"""Stands in ``TeamTally.below_minimum`` for the minimum of the total, beside criterion ids."""

MOST_DIGITS = 12

_DECISIVE = frozenset({"round", "roster", "seal", "panel", "conflicts", "scorecard", "team"})
"""Kinds of record whose rivals make the numbers uncertain."""

_Key = tuple[Decimal, ...]


def _judges(
    team: str,
    scorecards: Mapping[str, Scorecard],
    conflicts: Mapping[str, frozenset[str]],
) -> tuple[dict[str, TeamCard], tuple[str, ...]]:
    """Return the team's cards by person of those who may judge it, and who may not."""
    barred = {p for p, teams in conflicts.items() if team in teams}
    barred |= {p for p, card in scorecards.items() if team in card.recused}
    cards = {
        person: card
        for person, scorecard in sorted(scorecards.items())
        if person not in barred
        for card in scorecard.teams
        if card.team == team
    }
    return cards, tuple(sorted(barred))


def _team(
    round_: Round,
    team: str,
    scorecards: Mapping[str, Scorecard],
    conflicts: Mapping[str, frozenset[str]],
    results: Sequence[Record[ResultSet]],
    panels: Mapping[str, PanelPoints],
) -> TeamTally:
    """Return the team's line without rank; its outcome says only whether it is eligible."""
    cards, recused = _judges(team, scorecards, conflicts)
    own = [r for r in results if r.body.team == team]

    def part(component: Component) -> PartTally:
        if component.kind == "rubric":
            return rubric_part(component, round_, team, cards)
        if component.kind == "benchmark":
            return benchmark_part(component, round_.tally, own)
        return panel_part(component, round_.tally, team, panels.get(component.id))

    parts = tuple(part(c) for c in round_.components)
    gates = tuple(gate_tally(g, team, cards) for g in round_.gates)
    total = rounded(sum((Fraction(p.points) for p in parts), Fraction(0)), round_.tally.digits)
    below = [c.criterion for p in parts for c in p.criteria if c.below_minimum]
    least = round_.tally.minimum_total
    if least is not None and total < least:
        below.append(BELOW_TOTAL)
    outcome: Outcome = "selected"
    if below:
        outcome = "below_minimum"
    if any(g.outcome == "failed" for g in gates):
        outcome = "gate_failed"
    return TeamTally(team, parts, total, 0, outcome, gates, tuple(below), recused)


def _order(round_: Round, line: TeamTally) -> _Key:
    """Return what a team is ranked by: the total, then the tie rule's components; higher is better."""
    points = {p.component: p.points for p in line.parts}
    return (line.total, *(points[tie] for tie in round_.cut.ties))


def _cut(keys: Mapping[str, _Key], places: int) -> tuple[dict[str, Outcome], tuple[str, ...]]:
    """Return the outcome of each eligible team and those tied across the cut.

    Places are never filled by lot: teams with equal keys on both sides of the cut become reserve.
    """
    best_first = sorted(keys, key=lambda t: keys[t], reverse=True)
    if len(best_first) <= places:
        return dict.fromkeys(keys, "selected"), ()
    last_in, first_out = keys[best_first[places - 1]], keys[best_first[places]]
    outcomes: dict[str, Outcome] = {}
    for team, key in keys.items():
        if key > first_out:
            outcomes[team] = "selected"
        else:
            outcomes[team] = "reserve" if key == first_out else "not_selected"
    tied = last_in == first_out
    return outcomes, tuple(sorted(t for t in keys if tied and keys[t] == first_out))


def tally(
    round_: Round,
    teams: Sequence[str],
    scorecards: Mapping[str, Scorecard],
    conflicts: Mapping[str, frozenset[str]],
    results: Sequence[Record[ResultSet]],
    panels: Mapping[str, PanelPoints],
) -> Tally:
    """Return the official table, equal for equal inputs in any order.

    ``scorecards`` and ``conflicts`` are by person, ``panels`` by component. Raises RuleError with one
    sentence when a team cannot be judged or a panel's points are missing.
    """
    if not 0 <= round_.tally.digits <= MOST_DIGITS:
        raise RuleError(
            say(
                "Points cannot be rounded to {digits} decimals; 0 to {most} are possible.",
                digits=round_.tally.digits,
                most=MOST_DIGITS,
            )
        )
    lines = [
        _team(round_, team, scorecards, conflicts, results, panels) for team in sorted(set(teams))
    ]
    keys = {line.team: _order(round_, line) for line in lines}
    eligible = {line.team: keys[line.team] for line in lines if line.outcome == "selected"}
    outcomes, unresolved = _cut(eligible, round_.cut.places)
    ranked = [
        TeamTally(
            line.team,
            line.parts,
            line.total,
            1 + sum(key > keys[line.team] for key in keys.values()),
            outcomes.get(line.team, line.outcome),
            line.gates,
            line.below_minimum,
            line.recused,
        )
        for line in lines
    ]
    return Tally(
        round_.id,
        round_.cut.places,
        tuple(sorted(ranked, key=lambda t: (t.rank, t.team))),
        tuple(sorted(scorecards)),
        unresolved,
    )


def _check_settled(state: ProgrammeState, round_: RoundState) -> None:
    for dispute in state.disputes:
        if dispute.kind in _DECISIVE and dispute.round in ("", round_.id):
            raise RuleError(
                say(
                    "{n} records of kind '{kind}' rival for '{key}'.",
                    n=len(dispute.records),
                    kind=dispute.kind,
                    key=dispute.key,
                ),
                say("Settle which one holds before the tally."),
            )


def _check_sealed(round_: RoundState) -> None:
    """Raise RuleError unless the round is sealed, complete by its seal and quorate."""
    if round_.seal is None:
        raise RuleError(
            say("Round '{id}' is not sealed.", id=round_.id),
            say("Seal the round before the tally."),
        )
    here = {r.id for r in round_.scorecards.values()}
    missing = [i for i in sorted(round_.seal.body.scorecards) if i not in here]
    if missing:
        raise RuleError(
            say(
                "{n} of the sealed scorecards are not here or do not count, first {id}.",
                n=len(missing),
                id=missing[0][:12],
            ),
            say("Import the missing scorecards, or seal the round again."),
        )
    if len(here) < round_.round.quorum:
        raise RuleError(
            say(
                "Round '{id}' has {n} scorecards; the quorum is {quorum}.",
                id=round_.id,
                n=len(here),
                quorum=round_.round.quorum,
            ),
            say("Collect more scorecards and seal the round again."),
        )


def tally_of(state: ProgrammeState, round_id: str) -> Tally:
    """Return the official table of a sealed round.

    Raises RuleError with one sentence when the round is unknown, unsealed, disputed, incomplete or
    below its quorum.
    """
    round_ = state.rounds.get(round_id)
    if round_ is None:
        raise RuleError(say("The programme has no round '{id}'.", id=round_id))
    _check_settled(state, round_)
    _check_sealed(round_)
    members = frozenset(round_.members)
    return tally(
        round_.round,
        [t.id for t in state.taking_part()],
        {p: r.body for p, r in round_.scorecards.items()},
        {p: r.body.teams for p, r in round_.conflicts.items() if p in members},
        round_.results,
        {c: r.body for c, r in round_.panels.items()},
    )
