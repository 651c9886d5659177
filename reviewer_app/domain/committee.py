"""People: identities, the roster of a round, pledges and conflicts of interest."""

from enum import StrEnum
from typing import Literal

import msgspec

from reviewer_app.domain.programme import LocalText


class Role(StrEnum):
    """What a person may do in a programme."""

    AUTHORITY = "authority"
    SECRETARY = "secretary"
    CHAIR = "chair"
    MEMBER = "member"
    AUDITOR = "auditor"


class Identity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person with certificate and recipient: body of an ``identity`` record.

    ``certificate`` is base64 of DER; ``recipient`` is an age X25519 recipient (``age1…``).
    """

    person: str
    name: LocalText
    roles: tuple[Role, ...]
    certificate: str
    recipient: str
    affiliation: str = ""


class Roster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who sits in a round: body of a ``roster`` record. The chair is one of the members."""

    members: tuple[str, ...]
    chair: str


class Pledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The confidentiality pledge in the words that were shown: body of a ``pledge`` record."""

    text: str


class Conflict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One conflict of interest: exclusion 제척, challenge 기피, recusal 회피."""

    team: str
    kind: Literal["exclusion", "challenge", "recusal"]
    reason: str


class ConflictDeclaration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member's conflicts with all teams of a round; empty says there are none."""

    conflicts: tuple[Conflict, ...] = ()

    @property
    def teams(self) -> frozenset[str]:
        """Ids of the teams that the member must not judge."""
        return frozenset(c.team for c in self.conflicts)
