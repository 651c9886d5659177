"""Points of one team in one component: from scores, from results, from a panel."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from reviewer_app.domain.decision import (
    CriterionTally,
    GateTally,
    MemberScore,
    PartTally,
    TaskTally,
)
from reviewer_app.domain.programme import (
    BenchmarkTask,
    Component,
    Criterion,
    Gate,
    Round,
    TallyRule,
)
from reviewer_app.domain.record import Record
from reviewer_app.domain.scorecard import TeamCard
from reviewer_app.domain.submission import Measure, PanelPoints, ResultSet
from reviewer_app.errors import RuleError
from reviewer_app.scoring.rounding import mean, rounded
from reviewer_app.texts import say

SHOWN_DIGITS = 4
"""Decimals that intermediate values show beyond the rule's digits."""

_PLAIN_FILTERS = frozenset({"", "none"})


def _shown(exact: Fraction, rule: TallyRule) -> Decimal:
    return rounded(exact, rule.digits + SHOWN_DIGITS, rule.rounding)


def trimmed(scores: Mapping[str, Decimal], trim_from: int) -> tuple[MemberScore, ...]:
    """Return all scores by person; exactly one highest and one lowest are dropped from ``trim_from`` on.

    Among equal scores the first person (highest) and the last person (lowest) by id are marked, which
    cannot change the mean. Nothing is dropped unless a score remains.
    """
    persons = sorted(scores)
    dropped: set[str] = set()
    if trim_from > 0 and len(persons) >= max(trim_from, 3):
        highest = max(persons, key=lambda p: scores[p])
        others = [p for p in reversed(persons) if p != highest]
        dropped = {highest, min(others, key=lambda p: scores[p])}
    return tuple(MemberScore(p, scores[p], p in dropped) for p in persons)


def _criterion(
    component: Component, criterion: Criterion, scores: Mapping[str, Decimal], rule: TallyRule
) -> tuple[CriterionTally, Fraction]:
    """Return the line and its exact points: maximum x weight x share of the scale."""
    counted = trimmed(scores, rule.trim_from)
    average = mean(Fraction(s.score) for s in counted if not s.dropped)
    low, high = Fraction(criterion.low), Fraction(criterion.high)
    weight = Fraction(component.maximum) * Fraction(criterion.weight) / 100
    points = weight * (average - low) / (high - low)
    below = criterion.minimum is not None and average < Fraction(criterion.minimum)
    line = CriterionTally(criterion.id, counted, _shown(average, rule), _shown(points, rule), below)
    return line, points


def rubric_part(
    component: Component, round_: Round, team: str, cards: Mapping[str, TeamCard]
) -> PartTally:
    """Return the experts' points; ``cards`` are of the members who may judge the team, by person.

    Raises RuleError when a criterion has no score at all.
    """
    lines: list[CriterionTally] = []
    total = Fraction(0)
    for criterion in round_.criteria:
        scores = {
            person: score.score
            for person, card in cards.items()
            for score in card.scores
            if score.criterion == criterion.id
        }
        if not scores:
            raise RuleError(
                say(
                    "Nobody who may judge team '{team}' has scored it for '{criterion}'.",
                    team=team,
                    criterion=criterion.id,
                ),
                say("Add a member without a conflict of interest to the committee."),
            )
        line, points = _criterion(component, criterion, scores, round_.tally)
        lines.append(line)
        total += points
    return PartTally(
        component.id,
        rounded(total, round_.tally.digits, round_.tally.rounding),
        component.maximum,
        criteria=tuple(lines),
    )


def counting_measure(
    task: BenchmarkTask, results: Iterable[Record[ResultSet]]
) -> tuple[Measure, str] | None:
    """Return the measure that counts for the task and the id of its record; None when there is none.

    ``task.metric`` is a metric ("acc") or a metric with its filter ("exact_match,strict-match"). Of several
    measures counts, in this order: one without a filter, the one over most samples, the one in the
    record with the lexically largest id, the lexically largest filter, the largest value.
    """
    metric, _, wanted = task.metric.partition(",")
    found = [
        (measure, record.id)
        for record in results
        for measure in record.body.measures
        if measure.task == task.id and measure.metric == metric and wanted in ("", measure.filter)
    ]
    return max(
        found,
        key=lambda f: (
            f[0].filter in _PLAIN_FILTERS,
            -1 if f[0].n is None else f[0].n,
            f[1],
            f[0].filter,
            f[0].value,
        ),
        default=None,
    )


def _task(
    component: Component,
    task: BenchmarkTask,
    results: Iterable[Record[ResultSet]],
    rule: TallyRule,
) -> tuple[TaskTally, Fraction]:
    """Return the line and its exact points; without a usable value they are zero.

    A team's own file cannot turn a scale round: a value that the file calls lower-is-better earns nothing.
    """
    nothing = rounded(Fraction(0), rule.digits + SHOWN_DIGITS)
    found = counting_measure(task, results)
    if found is None:
        return TaskTally(task.id, None, None, None, nothing), Fraction(0)
    measure, source = found
    if measure.higher_is_better is False:
        line = TaskTally(task.id, measure.value, measure.stderr, None, nothing, source)
        return line, Fraction(0)
    share = Fraction(measure.value) / Fraction(task.frontier)
    weight = Fraction(component.maximum) * Fraction(task.weight) / 100
    points = weight * min(Fraction(1), max(Fraction(0), share))
    return (
        TaskTally(
            task.id,
            measure.value,
            measure.stderr,
            _shown(share, rule),
            _shown(points, rule),
            source,
        ),
        points,
    )


def benchmark_part(
    component: Component, rule: TallyRule, results: Iterable[Record[ResultSet]]
) -> PartTally:
    """Return the points computed from one team's results."""
    listed = tuple(results)
    pairs = [_task(component, task, listed, rule) for task in component.tasks]
    total = sum((points for _, points in pairs), Fraction(0))
    return PartTally(
        component.id,
        rounded(total, rule.digits, rule.rounding),
        component.maximum,
        tasks=tuple(line for line, _ in pairs),
    )


def panel_part(
    component: Component, rule: TallyRule, team: str, panel: PanelPoints | None
) -> PartTally:
    """Return the points as the panel gave them. Raises RuleError when they are missing or impossible."""
    given = [p.points for p in panel.points if p.team == team] if panel else []
    if len(given) != 1:
        raise RuleError(
            say(
                "Component '{id}' has {n} entries for team '{team}' instead of one.",
                id=component.id,
                n=len(given),
                team=team,
            ),
            say("Import the panel's points for every team."),
        )
    if not Decimal(0) <= given[0] <= component.maximum:
        raise RuleError(
            say(
                "Component '{id}' gives team '{team}' {points} points; 0 to {maximum} are possible.",
                id=component.id,
                team=team,
                points=given[0],
                maximum=component.maximum,
            ),
            say("Correct the panel's points and import them again."),
        )
    return PartTally(
        component.id,
        rounded(Fraction(given[0]), rule.digits, rule.rounding),
        component.maximum,
    )


def gate_tally(gate: Gate, team: str, cards: Mapping[str, TeamCard]) -> GateTally:
    """Return the votes of those who may judge the team.

    By majority a gate fails when more than half of the votes cast are against; by unanimity when one is.
    """
    votes = [v.passed for card in cards.values() for v in card.gates if v.gate == gate.id]
    if not votes:
        raise RuleError(say("Nobody voted on '{gate}' for team '{team}'.", gate=gate.id, team=team))
    passed = sum(votes)
    failed = len(votes) - passed
    fails = failed > 0 if gate.rule == "unanimity" else failed > passed
    return GateTally(gate.id, passed, failed, "failed" if fails else "passed")
