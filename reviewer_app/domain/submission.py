"""What a team handed in, what its result files say, and points given by a panel."""

from decimal import Decimal
from typing import Literal

import msgspec

FileKind = Literal["document", "results", "samples", "other"]


class SubmittedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file as it was taken in; ``sha256`` is its blob, ``size`` in bytes, ``note`` why it is ``other``."""

    name: str
    sha256: str
    size: int
    kind: FileKind
    media_type: str
    note: str = ""


class Submission(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Files of one team taken in at one time: body of a ``submission`` record."""

    team: str
    files: tuple[SubmittedFile, ...]


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reported number: exact decimal as written in the file, with what the file says about it."""

    task: str
    metric: str
    value: Decimal
    filter: str = ""
    stderr: Decimal | None = None
    n: int | None = None
    shots: int | None = None
    version: str = ""
    higher_is_better: bool | None = None


class ResultSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one result file of a team says: body of a ``results`` record. ``source`` is its blob."""

    team: str
    source: str
    name: str
    tool: str
    tool_version: str
    model: str
    measures: tuple[Measure, ...]


class PanelPoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points that a panel of ``raters`` people gave one team."""

    team: str
    points: Decimal
    raters: int


class PanelPoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Imported points of one component, such as a user survey: body of a ``panel`` record."""

    component: str
    points: tuple[PanelPoint, ...]
    source: str
