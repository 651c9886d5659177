"""What a set of records says about a programme."""

from collections.abc import Mapping
from typing import Any

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
from reviewer_app.domain.record import Record
from reviewer_app.domain.scorecard import Scorecard
from reviewer_app.domain.submission import PanelPoints, ResultSet, Submission
from reviewer_app.texts import Message


class Quarantined(msgspec.Struct, frozen=True):
    """A record that is kept and shown but never counted, and why."""

    record: Record[Any]
    reason: Message


class ChainFault(msgspec.Struct, frozen=True):
    """A gap (a record is missing before ``seq``) or a fork (two records at ``seq``) of a device."""

    kind: str
    author: str
    device: str
    seq: int
    records: tuple[str, ...]


class Dispute(msgspec.Struct, frozen=True):
    """Records that rival for one place; none of them supersedes the others."""

    kind: str
    round: str
    key: str
    records: tuple[str, ...]


class RoundState(msgspec.Struct, frozen=True):
    """Everything that counts in one round; values are records, keyed as named."""

    id: str
    rules: Record[Round]
    roster: Record[Roster] | None
    submissions: tuple[Record[Submission], ...]
    results: tuple[Record[ResultSet], ...]
    panels: Mapping[str, Record[PanelPoints]]
    pledges: Mapping[str, Record[Pledge]]
    conflicts: Mapping[str, Record[ConflictDeclaration]]
    scorecards: Mapping[str, Record[Scorecard]]
    seal: Record[RoundSeal] | None
    tally: Record[TallyRecord] | None
    decision: Record[Decision] | None
    signatures: tuple[Record[DocumentSigned], ...]

    @property
    def round(self) -> Round:
        """The round's rules."""
        return self.rules.body

    @property
    def members(self) -> tuple[str, ...]:
        """Persons who sit on the committee, in roster order."""
        return self.roster.body.members if self.roster else ()

    def conflicted(self, person: str) -> frozenset[str]:
        """Ids of the teams the person declared a conflict with."""
        record = self.conflicts.get(person)
        return record.body.teams if record else frozenset()


class ProgrammeState(msgspec.Struct, frozen=True):
    """What a set of records says, with everything that does not fit named."""

    id: str
    programme: Record[Programme] | None
    identities: Mapping[str, Record[Identity]]
    teams: Mapping[str, Record[Team]]
    rounds: Mapping[str, RoundState]
    quarantined: tuple[Quarantined, ...]
    faults: tuple[ChainFault, ...]
    disputes: tuple[Dispute, ...]
    count: int

    def name(self, person: str, language: str) -> str:
        """Return the person's name, or the id where no identity is known."""
        record = self.identities.get(person)
        return record.body.name.show(language) if record else person

    def taking_part(self) -> tuple[Team, ...]:
        """Return the teams that have not withdrawn, by id."""
        return tuple(r.body for _, r in sorted(self.teams.items()) if not r.body.withdrawn)

    def with_role(self, role: Role) -> tuple[Identity, ...]:
        """Return the people of a role, by id."""
        return tuple(r.body for _, r in sorted(self.identities.items()) if role in r.body.roles)
