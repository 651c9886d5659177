"""The programme, its teams, and what makes up one round."""

from decimal import Decimal
from typing import Literal

import msgspec


class LocalText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in Korean and in English."""

    ko: str
    en: str

    def show(self, language: str) -> str:
        """Return the text in ``language``, or in the other one where it is empty."""
        return (self.ko or self.en) if language == "ko" else (self.en or self.ko)


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a published figure comes from."""

    text: str
    reference: str


class Programme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A staged contest: body of a ``programme`` record, signed by the authority itself.

    ``bar`` is the share of the frontier that models must reach (0.95 is 95 %).
    ``certificate`` is the authority's certificate, base64 of DER; its SHA-256 is the programme id.
    """

    title: LocalText
    host: LocalText
    bar: Decimal
    certificate: str
    pledge: LocalText
    notice: LocalText = LocalText("", "")
    sources: tuple[Source, ...] = ()


class Team(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A consortium that takes part: body of a ``team`` record."""

    id: str
    name: LocalText
    partners: tuple[LocalText, ...] = ()
    model: str = ""
    withdrawn: bool = False


class Anchor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a grade means, in words."""

    score: Decimal
    text: LocalText


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the rubric.

    ``weight`` is its share of the rubric in percent; all weights add up to 100.
    ``minimum`` is the least mean score on the scale (과락), or None.
    """

    id: str
    title: LocalText
    guide: LocalText
    weight: Decimal
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(10)
    step: Decimal = Decimal(1)
    minimum: Decimal | None = None
    comment: Literal["always", "ends", "never"] = "never"
    anchors: tuple[Anchor, ...] = ()


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A requirement that stands above the points and is voted on (적부 판정 항목)."""

    id: str
    title: LocalText
    question: LocalText
    rule: Literal["majority", "unanimity"] = "majority"


class BenchmarkTask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One benchmark that earns points linearly up to the frontier's score.

    ``weight`` is its share of the component in percent; ``frontier`` is on the metric's own scale.
    """

    id: str
    metric: str
    title: LocalText
    weight: Decimal
    frontier: Decimal
    frontier_model: str
    source: str


class Component(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the total: computed from results, scored by experts, or given by a panel."""

    id: str
    title: LocalText
    maximum: Decimal
    kind: Literal["benchmark", "rubric", "panel"]
    tasks: tuple[BenchmarkTask, ...] = ()


class TallyRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How official points are formed.

    From ``trim_from`` scores on, the highest and the lowest score of a criterion are dropped (0: never).
    Each part is rounded to ``digits`` decimals; the total is the sum of the rounded parts.
    """

    trim_from: int = 5
    digits: int = 2
    rounding: Literal["half_up", "half_even", "down"] = "half_up"
    minimum_total: Decimal | None = None


class CutRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many places there are, and which components break a tie, in order."""

    places: int
    ties: tuple[str, ...] = ()


class Round(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stage evaluation with its rubric: body of a ``round`` record.

    ``deadline`` is RFC 3339; ``quorum`` is the least number of sealed scorecards.
    """

    id: str
    title: LocalText
    deadline: str
    quorum: int
    components: tuple[Component, ...]
    criteria: tuple[Criterion, ...]
    cut: CutRule
    gates: tuple[Gate, ...] = ()
    tally: TallyRule = TallyRule()
    sources: tuple[Source, ...] = ()

    def criterion(self, criterion_id: str) -> Criterion | None:
        """Return the criterion of that id, if the rubric has it."""
        return next((c for c in self.criteria if c.id == criterion_id), None)
