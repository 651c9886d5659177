"""An open workspace and the person in front of it; the one way every record is written."""

import base64
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from reviewer_app.domain.committee import Role
from reviewer_app.domain.fold import fold
from reviewer_app.domain.record import Body, ChainMark, Record
from reviewer_app.domain.state import ProgrammeState, RoundState
from reviewer_app.errors import RuleError, UsageError
from reviewer_app.records.envelope import Envelope, payload, read
from reviewer_app.signing.identity import KeyPair
from reviewer_app.signing.records import Refused, check, sign
from reviewer_app.texts import say
from reviewer_app.workspace import Changes, Workspace

Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the laptop's claimed time in UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(moment: datetime) -> str:
    """Return a time as records carry it: RFC 3339, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Unsigned(msgspec.Struct, frozen=True):
    """A record about to be signed."""

    kind: str
    round: str
    body: Body
    supersedes: tuple[str, ...] = ()


class Session:
    """An open workspace, who works in it, and what its records amount to.

    All writes take one way: bodies are signed onto the author's device chain and appended in one
    transaction; the state is folded anew when it is next asked for.
    """

    def __init__(self, workspace: Workspace, clock: Clock = now) -> None:
        self.workspace = workspace
        self.clock = clock
        self._records: dict[str, Record[Any]] = {}
        self._refused: tuple[Refused, ...] = ()
        self._state: ProgrammeState | None = None
        self.reload()

    @property
    def path(self) -> Path:
        """The workspace file."""
        return self.workspace.path

    @property
    def programme(self) -> str:
        """The programme's id, pinned when the workspace was made."""
        return self.workspace.get("programme") or ""

    @property
    def person(self) -> str:
        """The id of the person whose workspace this is."""
        return self.workspace.get("person") or ""

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Records that are kept but whose signature, certificate or content does not hold."""
        return self._refused

    @property
    def state(self) -> ProgrammeState:
        """What all checked records amount to."""
        if self._state is None:
            self._state = fold(self.programme, self._records.values())
        return self._state

    @property
    def records(self) -> tuple[Record[Any], ...]:
        """All checked records, in the order they came."""
        return tuple(self._records.values())

    @property
    def roles(self) -> frozenset[Role]:
        """What the person of this workspace may do."""
        identity = self.state.identities.get(self.person)
        return frozenset(identity.body.roles) if identity else frozenset()

    def round(self, round_id: str = "") -> RoundState:
        """Return a round by id, or the only (or newest) one; raises UsageError."""
        rounds = self.state.rounds
        if not round_id and rounds:
            return max(rounds.values(), key=lambda r: (r.rules.issued, r.id))
        found = rounds.get(round_id)
        if found is None:
            raise UsageError(
                say("There is no round '{id}' in this workspace.", id=round_id or "-"),
                say("Known rounds: {rounds}.", rounds=", ".join(sorted(rounds)) or "-"),
            )
        return found

    def reload(self) -> None:
        """Check every record of the workspace anew."""
        checked = check(self.workspace.envelopes(), self.programme)
        self._records = {r.id: r for r in checked.records}
        self._refused = checked.refused
        self._state = None

    def keys(self, passphrase: str) -> KeyPair:
        """Unlock the person's own key; raises WrongKey."""
        stored = self.workspace.get("identity")
        if stored is None:
            raise UsageError(
                say("This workspace holds no identity, so nothing can be signed in it."),
                say("Import your identity file (.p12) first."),
            )
        return KeyPair.from_p12(base64.b64decode(stored), passphrase, self.person)

    def keep_identity(self, p12: bytes, keys: KeyPair) -> None:
        """Make this the workspace of the person whose identity is given, in its programme."""
        with self.workspace.transaction():
            self.workspace.set("identity", base64.b64encode(p12).decode())
            self.workspace.set("person", keys.person)
            self.workspace.set("programme", keys.programme)

    def device(self, author: str) -> str:
        """Return the id of this author's chain in this workspace, made at first use."""
        known = self.workspace.get(f"device/{author}")
        if known is None:
            known = secrets.token_hex(8)
            self.workspace.set(f"device/{author}", known)
        return known

    def write(self, keys: KeyPair, bodies: Sequence[Unsigned]) -> Changes:
        """Sign the bodies onto the author's chain and append them in one transaction."""
        if any(r.kind == "device-close" for r in self.own_records(keys.person)):
            raise RuleError(
                say("This device's record chain is closed."),
                say("Go on in a new workspace made with the same identity."),
            )
        with self.workspace.transaction():
            envelopes = self._sign(keys, bodies)
            changes = self.workspace.append(envelopes, "here")
        for envelope in envelopes:
            record = read(envelope, str(self.path))
            self._records[record.id] = record
        self._state = None
        return changes

    def own_records(self, author: str) -> list[Record[Any]]:
        """Return the records that an author wrote in this workspace."""
        device = self.workspace.get(f"device/{author}")
        return [r for r in self._records.values() if (r.author, r.device) == (author, device)]

    def _sign(self, keys: KeyPair, bodies: Sequence[Unsigned]) -> list[Envelope]:
        device = self.device(keys.person)
        head = max(self.own_records(keys.person), key=lambda r: r.seq, default=None)
        seq, prev = (head.seq + 1, head.id) if head else (0, "")
        queue = list(bodies)
        if head is None:
            queue.insert(0, Unsigned("device-open", "", ChainMark("open")))
        envelopes = []
        for body in queue:
            signed = sign(
                keys,
                payload(
                    kind=body.kind,
                    programme=self.programme,
                    round=body.round,
                    author=keys.person,
                    device=device,
                    seq=seq,
                    prev=prev,
                    issued=stamp(self.clock()),
                    supersedes=body.supersedes,
                    body=body.body,
                ),
            )
            envelopes.append(signed)
            seq, prev = seq + 1, signed.id
        return envelopes
