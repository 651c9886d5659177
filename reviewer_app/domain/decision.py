"""From sealed scorecards to a signed decision: seal, tally, decision, signatures."""

from decimal import Decimal
from typing import Literal

import msgspec

Outcome = Literal["selected", "reserve", "not_selected", "gate_failed", "below_minimum"]


class RoundSeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Closes scoring: names every scorecard that counts. Body of a ``seal`` record."""

    scorecards: tuple[str, ...]
    absent: tuple[str, ...] = ()
    reason: str = ""


class MemberScore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One member's score of one criterion; ``dropped`` by trimming."""

    person: str
    score: Decimal
    dropped: bool = False


class CriterionTally(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One criterion of one team.

    ``mean`` is shown rounded to four decimals more than the rule's digits; ``points`` likewise.
    The part is formed from the exact fractions, never from these shown values.
    """

    criterion: str
    scores: tuple[MemberScore, ...]
    mean: Decimal
    points: Decimal
    below_minimum: bool = False


class TaskTally(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One benchmark of one team: value, share of the frontier (capped at 1 for points), points.

    ``value`` is None where the team reported none: zero points, and said so.
    ``source`` is the id of the ``results`` record.
    """

    task: str
    value: Decimal | None
    stderr: Decimal | None
    share: Decimal | None
    points: Decimal
    source: str = ""


class PartTally(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points of one component, rounded as the rule says; the detail is of the component's kind."""

    component: str
    points: Decimal
    maximum: Decimal
    criteria: tuple[CriterionTally, ...] = ()
    tasks: tuple[TaskTally, ...] = ()


class GateTally(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Votes on one gate for one team."""

    gate: str
    passed: int
    failed: int
    outcome: Literal["passed", "failed"]


class TeamTally(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One team's official line. ``rank`` is by points, before gates; equal ranks are ties."""

    team: str
    parts: tuple[PartTally, ...]
    total: Decimal
    rank: int
    outcome: Outcome
    gates: tuple[GateTally, ...] = ()
    below_minimum: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()


class Tally(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The official table of a round, best first, equal for equal records in any order.

    ``unresolved`` names teams tied across the cut with no rule left; then nobody of them is selected.
    """

    round: str
    places: int
    teams: tuple[TeamTally, ...]
    members: tuple[str, ...]
    unresolved: tuple[str, ...] = ()


class TallyRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a ``tally`` record: the table and the ``seal`` it was computed from."""

    seal: str
    tally: Tally


class Dissent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A minority opinion (소수의견)."""

    person: str
    text: str


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was decided: body of a ``decision`` record. ``tally`` is the id of the tally record.

    ``signers`` are persons in the order of the signature fields; it takes effect when all signed.
    """

    tally: str
    selected: tuple[str, ...]
    reasons: str
    signers: tuple[str, ...]
    language: Literal["ko", "en"] = "ko"
    dissents: tuple[Dissent, ...] = ()


class DocumentSigned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One more signature on the decision PDF: body of a ``signature`` record.

    ``pdf`` and ``previous`` are the SHA-256 of the whole file after and before signing.
    """

    decision: str
    pdf: str
    previous: str
