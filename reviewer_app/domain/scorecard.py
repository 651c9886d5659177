"""What one member judged."""

from decimal import Decimal

import msgspec


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One criterion's score on its scale, with the member's words."""

    criterion: str
    score: Decimal
    comment: str = ""


class GateVote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member's vote on a gate."""

    gate: str
    passed: bool
    reason: str = ""


class TeamCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One team on a scorecard."""

    team: str
    scores: tuple[Score, ...]
    gates: tuple[GateVote, ...] = ()
    comment: str = ""


class Scorecard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member's sealed judgement of a round: body of a ``scorecard`` record.

    ``rules`` is the id of the ``round`` record and ``submissions`` are the ids of the records that
    were judged, so that scores cannot be moved to another rubric or other material.
    ``reason`` says why a correction supersedes an earlier scorecard.
    """

    rules: str
    submissions: tuple[str, ...]
    teams: tuple[TeamCard, ...]
    recused: tuple[str, ...] = ()
    reason: str = ""
