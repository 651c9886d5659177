"""The signed record as the rules see it: header, author and typed body."""

from typing import Generic, Literal, TypeVar

import msgspec

from reviewer_app.domain.committee import (
    ConflictDeclaration,
    Identity,
    Pledge,
    Role,
    Roster,
)
from reviewer_app.domain.decision import (
    Decision,
    DocumentSigned,
    RoundSeal,
    TallyRecord,
)
from reviewer_app.domain.programme import Programme, Round, Team
from reviewer_app.domain.scorecard import Scorecard
from reviewer_app.domain.submission import PanelPoints, ResultSet, Submission

SCHEMA = 1


class ChainMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Opens or closes the chain of one author's device: ``device-open`` and ``device-close`` records."""

    state: Literal["open", "close"]


Body = (
    Programme
    | Identity
    | Team
    | Round
    | Roster
    | Submission
    | ResultSet
    | PanelPoints
    | Pledge
    | ConflictDeclaration
    | Scorecard
    | RoundSeal
    | TallyRecord
    | Decision
    | DocumentSigned
    | ChainMark
)

BODIES: dict[str, type[msgspec.Struct]] = {
    "programme": Programme,
    "identity": Identity,
    "team": Team,
    "round": Round,
    "roster": Roster,
    "submission": Submission,
    "results": ResultSet,
    "panel": PanelPoints,
    "pledge": Pledge,
    "conflicts": ConflictDeclaration,
    "scorecard": Scorecard,
    "seal": RoundSeal,
    "tally": TallyRecord,
    "decision": Decision,
    "signature": DocumentSigned,
    "device-open": ChainMark,
    "device-close": ChainMark,
}

_JUDGES = frozenset({Role.MEMBER, Role.CHAIR})
_ANYONE = frozenset(Role)

MAY_AUTHOR: dict[str, frozenset[Role]] = {
    "programme": frozenset({Role.AUTHORITY}),
    "identity": frozenset({Role.AUTHORITY}),
    "team": frozenset({Role.SECRETARY}),
    "round": frozenset({Role.SECRETARY}),
    "roster": frozenset({Role.SECRETARY}),
    "submission": frozenset({Role.SECRETARY}),
    "results": frozenset({Role.SECRETARY}),
    "panel": frozenset({Role.SECRETARY}),
    "pledge": _JUDGES,
    "conflicts": _JUDGES,
    "scorecard": _JUDGES,
    "seal": frozenset({Role.SECRETARY}),
    "tally": frozenset({Role.SECRETARY}),
    "decision": frozenset({Role.SECRETARY, Role.CHAIR}),
    "signature": _ANYONE,
    "device-open": _ANYONE,
    "device-close": _ANYONE,
}

B_co = TypeVar("B_co", bound=Body, covariant=True)


class Record(msgspec.Struct, Generic[B_co], frozen=True):
    """A record whose envelope was checked: signature, certificate path, validity at ``issued``.

    ``id`` is the SHA-256 (hex) of the DSSE pre-authentication encoding, ``signer`` the SHA-256 (hex)
    of the signing certificate, ``issued`` the author's claimed time in RFC 3339 UTC. ``programme`` is
    the SHA-256 (hex) of the authority's certificate. ``round`` is empty for what concerns all rounds.
    """

    id: str
    kind: str
    programme: str
    round: str
    author: str
    device: str
    seq: int
    prev: str
    issued: str
    supersedes: tuple[str, ...]
    body: B_co
    signer: str
    schema: int = SCHEMA
