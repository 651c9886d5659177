"""The state of a programme is a fold over its records, equal in whatever order they came."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from reviewer_app.domain.checks import check_round, check_scorecard
from reviewer_app.domain.committee import Identity
from reviewer_app.domain.programme import Team
from reviewer_app.domain.record import MAY_AUTHOR, Record
from reviewer_app.domain.state import (
    ChainFault,
    Dispute,
    ProgrammeState,
    Quarantined,
    RoundState,
)
from reviewer_app.errors import RuleError
from reviewer_app.texts import Message, say

_PERSONAL = frozenset({"pledge", "conflicts", "scorecard", "signature"})
_CHAIN_MARKS = frozenset({"device-open", "device-close"})
_AUTHORITY_ONLY = frozenset({"programme", "identity"})


class _Fold:
    """Working set of one fold; every step narrows ``left`` and names what it takes out."""

    def __init__(self, programme: str, records: Iterable[Record[Any]]) -> None:
        self.programme = programme
        self.quarantined: list[Quarantined] = []
        self.disputes: list[Dispute] = []
        self.left: list[Record[Any]] = []
        self._index: dict[tuple[str, str | None], list[Record[Any]]] | None = None
        for record in sorted({r.id: r for r in records}.values(), key=lambda r: r.id):
            if record.programme == programme:
                self.left.append(record)
            else:
                self.refuse(record, say("It belongs to another programme."))

    def refuse(self, record: Record[Any], reason: Message) -> None:
        self.quarantined.append(Quarantined(record, reason))

    def of(self, kind: str, round_id: str | None = None) -> list[Record[Any]]:
        if self._index is None:
            self._index = defaultdict(list)
            for record in self.left:
                self._index[record.kind, record.round].append(record)
                self._index[record.kind, None].append(record)
        return self._index.get((kind, round_id), [])

    def keep(self, test: Callable[[Record[Any]], Message | None]) -> None:
        """Keep the records for which ``test`` returns None; refuse the others with its reason."""
        kept = []
        for record in self.left:
            reason = test(record)
            if reason is None:
                kept.append(record)
            else:
                self.refuse(record, reason)
        self.left = kept
        self._index = None

    def drop_superseded(self, kinds: frozenset[str]) -> None:
        """Take out what another record of the same kind replaces by name."""
        by_id = {r.id: r for r in self.left}
        replaced = set()
        for record in self.left:
            if record.kind not in kinds:
                continue
            for old in record.supersedes:
                target = by_id.get(old)
                if target is None or target is record:
                    continue
                own = target.author == record.author or record.kind not in _PERSONAL
                if target.kind == record.kind and target.round == record.round and own:
                    replaced.add(old)
        self.left = [r for r in self.left if r.id not in replaced]
        self._index = None

    def one(self, records: list[Record[Any]], key: str) -> Record[Any] | None:
        """Return the only record; rivals are named, and the latest of them stands in until settled."""
        if len(records) > 1:
            first = records[0]
            ids = tuple(sorted(r.id for r in records))
            self.disputes.append(Dispute(first.kind, first.round, key, ids))
        return max(records, key=lambda r: (r.issued, r.id), default=None)

    def keyed(
        self, records: list[Record[Any]], key: Callable[[Record[Any]], str]
    ) -> dict[str, Record[Any]]:
        groups: dict[str, list[Record[Any]]] = defaultdict(list)
        for record in records:
            groups[key(record)].append(record)
        return {k: cast("Record[Any]", self.one(v, k)) for k, v in sorted(groups.items())}


def chain_faults(records: Iterable[Record[Any]]) -> tuple[ChainFault, ...]:
    """Return the gaps and forks of all device chains."""
    chains: dict[tuple[str, str], dict[int, list[Record[Any]]]] = defaultdict(dict)
    for record in sorted({r.id: r for r in records}.values(), key=lambda r: r.id):
        chains[record.author, record.device].setdefault(record.seq, []).append(record)
    faults: list[ChainFault] = []
    for (author, device), places in sorted(chains.items()):
        expected = 0
        for seq, here in sorted(places.items()):
            ids = tuple(r.id for r in here)
            before = {r.id for r in places.get(seq - 1, [])}
            loose = any(r.prev not in before for r in here) if seq else any(r.prev for r in here)
            if len(here) > 1:
                faults.append(ChainFault("fork", author, device, seq, ids))
            elif seq != expected or loose:
                faults.append(ChainFault("gap", author, device, seq, ids))
            expected = seq + 1
    return tuple(faults)


def _is_authority_chain(record: Record[Any]) -> bool:
    return record.signer == record.programme and record.kind in _CHAIN_MARKS


def _role_reason(record: Record[Any], people: Mapping[str, Record[Identity]]) -> Message | None:
    """Return why the author may not write this record; None when they may."""
    if record.kind in _AUTHORITY_ONLY or _is_authority_chain(record):
        return None
    person = people.get(record.author)
    if person is None:
        return say(
            "Its author '{author}' has no identity in this programme.",
            author=record.author,
        )
    if not set(person.body.roles) & MAY_AUTHOR.get(record.kind, frozenset()):
        return say(
            "'{author}' may not write a '{kind}'.",
            author=record.author,
            kind=record.kind,
        )
    return None


def _round_reason(record: Record[Any]) -> Message | None:
    """Return why the rules of a round cannot hold; None when they can."""
    if record.kind != "round":
        return None
    try:
        check_round(record.body)
    except RuleError as error:
        return error.message
    if record.body.id != record.round:
        return say("It names round '{round}' outside and another inside.", round=record.round)
    return None


def _fold_round(work: _Fold, round_id: str, teams: Mapping[str, Record[Team]]) -> RoundState | None:
    rules = work.one(work.of("round", round_id), round_id)
    if rules is None:
        return None
    roster = work.one(work.of("roster", round_id), round_id)
    seal = work.one(work.of("seal", round_id), round_id)
    tally = work.one(work.of("tally", round_id), round_id)
    decision = work.one(work.of("decision", round_id), round_id)
    conflicts = work.keyed(work.of("conflicts", round_id), lambda r: r.author)
    members = frozenset(roster.body.members) if roster else frozenset()
    present = frozenset(r.body.id for r in teams.values() if not r.body.withdrawn)

    def scorecard_reason(record: Record[Any]) -> Message | None:
        if record.kind != "scorecard" or record.round != round_id:
            return None
        if record.author not in members:
            return say(
                "'{author}' does not sit on this round's committee.",
                author=record.author,
            )
        if record.body.rules != rules.id:
            return say("It was scored against another version of the rubric.")
        if seal is not None and record.id not in seal.body.scorecards:
            return say("It is not among the scorecards that the round was sealed with.")
        declared = conflicts.get(record.author)
        conflicted = declared.body.teams if declared else frozenset()
        try:
            check_scorecard(rules.body, record.body, present, frozenset(teams), conflicted)
        except RuleError as error:
            return error.message
        return None

    work.keep(scorecard_reason)
    work.drop_superseded(frozenset({"scorecard"}))
    return RoundState(
        id=round_id,
        rules=rules,
        roster=roster,
        submissions=tuple(work.of("submission", round_id)),
        results=tuple(work.of("results", round_id)),
        panels=work.keyed(work.of("panel", round_id), lambda r: r.body.component),
        pledges=work.keyed(work.of("pledge", round_id), lambda r: r.author),
        conflicts=conflicts,
        scorecards=work.keyed(work.of("scorecard", round_id), lambda r: r.author),
        seal=seal,
        tally=tally,
        decision=decision,
        signatures=tuple(
            sorted(
                (r for r in work.of("signature", round_id)),
                key=lambda r: (r.issued, r.id),
            )
        ),
    )


def fold(programme: str, records: Iterable[Record[Any]]) -> ProgrammeState:
    """Return the state that the records of one programme amount to.

    The records' envelopes must have been checked; what breaks a rule of the programme is quarantined.
    ``programme`` is the SHA-256 (hex) of the authority's certificate.
    """
    everything = list({r.id: r for r in records}.values())
    work = _Fold(programme, everything)
    work.keep(
        lambda r: (
            say("Only the programme's authority may write it.")
            if r.kind in _AUTHORITY_ONLY and r.signer != programme
            else None
        )
    )
    work.drop_superseded(_AUTHORITY_ONLY)
    people = work.keyed(work.of("identity"), lambda r: r.body.person)
    work.keep(lambda r: _role_reason(r, people))
    work.keep(_round_reason)
    # A correction replaces a scorecard only once it has itself been found valid, in _fold_round.
    work.drop_superseded(frozenset(MAY_AUTHOR) - {"scorecard"})
    teams = work.keyed(work.of("team"), lambda r: r.body.id)
    rounds = {
        round_id: state
        for round_id in sorted({r.round for r in work.of("round")})
        if (state := _fold_round(work, round_id, teams)) is not None
    }
    return ProgrammeState(
        id=programme,
        programme=work.one(work.of("programme"), "programme"),
        identities=people,
        teams=teams,
        rounds=rounds,
        quarantined=tuple(sorted(work.quarantined, key=lambda q: q.record.id)),
        faults=chain_faults(r for r in everything if r.programme == programme),
        disputes=tuple(sorted(work.disputes, key=lambda d: (d.kind, d.round, d.key))),
        count=len(everything),
    )
