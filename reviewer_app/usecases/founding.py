"""Create a programme from a template: authority, identities, and the secretary's workspace."""

import base64
import secrets as randomness
from datetime import timedelta
from pathlib import Path

import msgspec

from reviewer_app.domain.committee import Identity, Role
from reviewer_app.domain.template import Person, Template, read_template
from reviewer_app.errors import FileError, RuleError
from reviewer_app.signing.authority import issue, new_authority
from reviewer_app.signing.identity import KeyPair, der, new_key
from reviewer_app.signing.secrets import Secrets
from reviewer_app.texts import say
from reviewer_app.usecases.opening import create, read_small_file
from reviewer_app.usecases.session import Clock, Session, Unsigned, now

MAX_TEMPLATE = 4 << 20
_VALID = timedelta(days=5 * 365)
_WORDS = "abcdefghjkmnpqrstuvwxyz23456789"


class Founded(msgspec.Struct, frozen=True):
    """A new programme: its id and what was written where."""

    programme: str
    workspace: str
    secretary: str
    identities: tuple[str, ...]
    handout: str


def template_file(path: Path) -> Template:
    """Read and check a programme template; raises Malformed or RuleError naming the file."""
    content = read_small_file(path, MAX_TEMPLATE, say("Give a programme template (.toml)."))
    return read_template(content, str(path))


def _passphrase() -> str:
    groups = ("".join(randomness.choice(_WORDS) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def found(
    template: Template, folder: Path, secrets: Secrets, clock: Clock = now
) -> tuple[Founded, Session]:
    """Found the programme in a new folder and return it with the secretary's open workspace.

    Everybody's identity is written as PKCS#12 under ``identities/``, each with a passphrase of its
    own (or the one given in ``secrets``), listed once in a file to be handed out and destroyed.
    """
    secretary = next((p for p in template.people if Role.SECRETARY in p.roles), None)
    if secretary is None:
        raise RuleError(
            say("The template names no secretary."), say("Give one person the role 'secretary'.")
        )
    if folder.exists() and any(folder.iterdir()):
        raise FileError(
            folder, say("The folder is not empty."), say("Choose a new folder for the programme.")
        )
    try:
        (folder / "identities").mkdir(parents=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(folder, say("The folder cannot be made: {why}.", why=reason)) from error
    start = clock() - timedelta(days=1)
    authority = new_authority(template.programme.title.en, start, start + 2 * _VALID)
    people = [
        (person, issue(authority, person.id, person.name.en, new_key(), start, start + _VALID))
        for person in template.people
    ]
    handout = _write_identities(folder, authority, people, secrets)
    session = create(folder / "secretary.rvw", secrets, clock)
    own = next(keys for person, keys in people if person.id == secretary.id)
    session.keep_identity((folder / "identities" / f"{secretary.id}.p12").read_bytes(), own)
    _write_records(session, template, authority, own, people)
    founded = Founded(
        programme=authority.programme,
        workspace=str(session.path),
        secretary=secretary.id,
        identities=tuple(str(folder / "identities" / f"{p.id}.p12") for p, _ in people),
        handout=str(handout),
    )
    return founded, session


def _write_identities(
    folder: Path, authority: KeyPair, people: list[tuple[Person, KeyPair]], secrets: Secrets
) -> Path:
    handout = folder / "identities" / "hand-out-then-destroy.txt"
    lines = []
    for person, keys in [*people, (None, authority)]:
        name = person.id if person else "authority"
        passphrase = secrets.given() or _passphrase()
        _write_private(folder / "identities" / f"{name}.p12", keys.to_p12(passphrase))
        lines.append(f"{name}\t{passphrase}\n")
    _write_private(handout, "".join(lines).encode())
    return handout


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)


def _write_records(
    session: Session,
    template: Template,
    authority: KeyPair,
    secretary: KeyPair,
    people: list[tuple[Person, KeyPair]],
) -> None:
    encoded = base64.b64encode(der(authority.certificate)).decode()
    programme = template.programme.under(encoded)
    identities = [
        Identity(
            person=person.id,
            name=person.name,
            roles=person.roles,
            certificate=base64.b64encode(der(keys.certificate)).decode(),
            recipient=keys.recipient,
            affiliation=person.affiliation,
        )
        for person, keys in people
    ]
    session.write(
        authority,
        [
            Unsigned("programme", "", programme),
            *(Unsigned("identity", "", identity) for identity in identities),
        ],
    )
    session.write(
        secretary,
        [
            *(Unsigned("team", "", team) for team in template.teams),
            *(Unsigned("round", r.id, r) for r in template.rounds),
            *(Unsigned("roster", r, roster) for r, roster in template.rosters.items()),
        ],
    )
