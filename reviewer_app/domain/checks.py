"""Rules that a round and a scorecard must keep, each with one sentence when it does not."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from reviewer_app.domain.programme import Component, Criterion, Round
from reviewer_app.domain.scorecard import Score, Scorecard, TeamCard
from reviewer_app.errors import RuleError
from reviewer_app.texts import Message, say

_HUNDRED = Decimal(100)


def check_no_doubles(ids: Iterable[str], what: Message) -> None:
    """Raise RuleError when an id stands twice."""
    for name, times in Counter(ids).items():
        if times > 1:
            raise RuleError(
                say(
                    "{what} '{name}' is listed {times} times.",
                    what=what,
                    name=name,
                    times=times,
                ),
                say("Keep one entry and remove the others."),
            )


def _check_weights(weights: Iterable[Decimal], place: Message) -> None:
    total = sum(weights, Decimal(0))
    if total != _HUNDRED:
        raise RuleError(
            say(
                "The weights of {place} add up to {total}, not 100.",
                place=place,
                total=total,
            ),
            say("Change the weights until they add up to exactly 100."),
        )


def _check_criterion(criterion: Criterion) -> None:
    span = criterion.high - criterion.low
    if criterion.step <= 0 or span <= 0 or span % criterion.step != 0:
        raise RuleError(
            say(
                "The scale of criterion '{id}' ({low} to {high} in steps of {step}) is impossible.",
                id=criterion.id,
                low=criterion.low,
                high=criterion.high,
                step=criterion.step,
            ),
            say("The highest grade must be a whole number of steps above the lowest."),
        )


def _check_component(component: Component) -> None:
    if component.maximum <= 0:
        raise RuleError(say("Component '{id}' has no points to give.", id=component.id))
    if component.kind != "benchmark":
        return
    check_no_doubles((f"{t.id}/{t.metric}" for t in component.tasks), say("The benchmark"))
    _check_weights((t.weight for t in component.tasks), say("component '{id}'", id=component.id))
    for task in component.tasks:
        if task.frontier <= 0:
            raise RuleError(say("The frontier of benchmark '{id}' must be above 0.", id=task.id))


def check_round(round_: Round) -> None:
    """Raise RuleError with the first thing in the round's rules that cannot be."""
    check_no_doubles((c.id for c in round_.components), say("The component"))
    check_no_doubles((c.id for c in round_.criteria), say("The criterion"))
    check_no_doubles((g.id for g in round_.gates), say("The gate"))
    rubrics = [c for c in round_.components if c.kind == "rubric"]
    if len(rubrics) != 1:
        raise RuleError(
            say("Round '{id}' has {n} rubric components.", id=round_.id, n=len(rubrics)),
            say("Give it exactly one."),
        )
    _check_weights((c.weight for c in round_.criteria), say("the rubric of '{id}'", id=round_.id))
    for criterion in round_.criteria:
        _check_criterion(criterion)
    for component in round_.components:
        _check_component(component)
    known = {c.id for c in round_.components}
    for tie in round_.cut.ties:
        if tie not in known:
            raise RuleError(say("The tie rule names '{id}', which is no component.", id=tie))
    if round_.cut.places < 1:
        raise RuleError(say("Round '{id}' has no places to give.", id=round_.id))


def check_score(criterion: Criterion, score: Decimal, team: str) -> None:
    """Raise RuleError when the score is not on the criterion's scale."""
    on_scale = score.is_finite() and criterion.low <= score <= criterion.high
    if not on_scale or (score - criterion.low) % criterion.step != 0:
        raise RuleError(
            say(
                "Score {score} for '{criterion}' of team '{team}' is outside the scale "
                "({low} to {high} in steps of {step}).",
                score=score,
                criterion=criterion.id,
                team=team,
                low=criterion.low,
                high=criterion.high,
                step=criterion.step,
            ),
            say("Give a score that the scale has."),
        )


def comment_required(criterion: Criterion, score: Decimal) -> bool:
    """Return whether a score of this height needs words."""
    at_end = score in (criterion.low, criterion.high)
    return criterion.comment == "always" or (criterion.comment == "ends" and at_end)


def missing_in(round_: Round, card: TeamCard) -> tuple[Message, ...]:
    """Return what one team's card still lacks before it can be sealed, in the rubric's order."""
    given = {s.criterion: s for s in card.scores}
    votes = {v.gate: v for v in card.gates}
    missing: list[Message] = []
    for criterion in round_.criteria:
        score: Score | None = given.get(criterion.id)
        if score is None:
            missing.append(say("{team}: no score for '{id}'", team=card.team, id=criterion.id))
        elif comment_required(criterion, score.score) and not score.comment.strip():
            missing.append(say("{team}: '{id}' needs a comment", team=card.team, id=criterion.id))
    for gate in round_.gates:
        vote = votes.get(gate.id)
        if vote is None:
            missing.append(say("{team}: no vote on '{id}'", team=card.team, id=gate.id))
        elif not vote.passed and not vote.reason.strip():
            missing.append(
                say(
                    "{team}: the vote against '{id}' needs a reason",
                    team=card.team,
                    id=gate.id,
                )
            )
    return tuple(missing)


def check_scorecard(
    round_: Round,
    card: Scorecard,
    present: frozenset[str],
    known: frozenset[str],
    conflicted: frozenset[str],
) -> None:
    """Raise RuleError unless the card judges every team once, none in conflict, all on the scale.

    ``present`` are the teams taking part, ``known`` also those that left after they were scored;
    ``conflicted`` are those the card's author must not judge.
    """
    check_no_doubles((t.team for t in card.teams), say("The team"))
    judged = {t.team for t in card.teams}
    for team in sorted(judged & conflicted):
        raise RuleError(
            say(
                "The scorecard judges team '{team}', from which its author is recused.",
                team=team,
            ),
            say("Seal a scorecard without that team."),
        )
    for team in sorted(judged - known):
        raise RuleError(
            say("The scorecard judges '{team}', which does not take part.", team=team),
            say("Seal a scorecard without that team."),
        )
    for team in sorted(present - judged - conflicted):
        raise RuleError(
            say("The scorecard leaves out team '{team}'.", team=team),
            say("Score it, or declare a conflict of interest."),
        )
    for team_card in card.teams:
        _check_team_card(round_, team_card)


def _check_team_card(round_: Round, card: TeamCard) -> None:
    check_no_doubles((s.criterion for s in card.scores), say("The criterion"))
    check_no_doubles((v.gate for v in card.gates), say("The gate"))
    for score in card.scores:
        criterion = round_.criterion(score.criterion)
        if criterion is None:
            raise RuleError(
                say("The rubric has no criterion '{id}'.", id=score.criterion),
                say("Score with the rubric of this round."),
            )
        check_score(criterion, score.score, card.team)
    for missing in missing_in(round_, card):
        raise RuleError(missing, say("Complete the scorecard before sealing it."))
