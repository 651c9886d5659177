"""Programme templates: TOML bytes to structs, with one sentence for each fault."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from reviewer_app.domain.checks import check_no_doubles, check_round
from reviewer_app.domain.committee import Role, Roster
from reviewer_app.domain.numbers import check_numbers
from reviewer_app.domain.programme import LocalText, Programme, Round, Source, Team
from reviewer_app.errors import Malformed, RuleError, TooLarge
from reviewer_app.texts import Message, say

MAX_TEMPLATE = 1 << 20
"""Bytes; a long template has some tens of thousands."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_INDEX = re.compile(r"\[(\d+)\]")


class ProgrammeOutline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A programme before its authority has a certificate."""

    title: LocalText
    host: LocalText
    bar: Decimal
    pledge: LocalText
    notice: LocalText = LocalText("", "")
    sources: tuple[Source, ...] = ()

    def under(self, certificate: str) -> Programme:
        """Return the programme of the authority with this certificate (base64 of DER)."""
        return Programme(
            self.title,
            self.host,
            self.bar,
            certificate,
            self.pledge,
            self.notice,
            self.sources,
        )


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who shall get an identity."""

    id: str
    name: LocalText
    roles: tuple[Role, ...]
    affiliation: str = ""


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A programme as it can be started; ``rosters`` are by round id."""

    programme: ProgrammeOutline
    teams: tuple[Team, ...]
    people: tuple[Person, ...]
    rounds: tuple[Round, ...]
    rosters: Mapping[str, Roster] = {}

    def person(self, person_id: str) -> Person | None:
        """Return the person of that id, if the template names them."""
        return next((p for p in self.people if p.id == person_id), None)


def _tables(untrusted: bytes, where: str) -> dict[str, Any]:
    """Return the TOML tables, texts in NFC, fractions as Decimal."""
    if len(untrusted) > MAX_TEMPLATE:
        raise TooLarge(
            where,
            say(
                "It has {size} bytes; a template has at most {most}.",
                size=len(untrusted),
                most=MAX_TEMPLATE,
            ),
        )
    try:
        text = untrusted.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Malformed(
            where,
            say("Byte {place} is not UTF-8 text.", place=error.start + 1),
            say("Save the template as UTF-8."),
        ) from None
    try:
        return tomllib.loads(unicodedata.normalize("NFC", text), parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Malformed(where, _toml_fault(error)) from None


def _toml_fault(error: Exception) -> Message:
    found = _LINE.search(str(error))
    if found:
        return say(
            "Line {line}, column {column} is not TOML.",
            line=found.group(1),
            column=found.group(2),
        )
    if isinstance(error, tomllib.TOMLDecodeError):
        return say("It is not TOML: the end comes too early, or a key is set twice.")
    return say("A number is too long or the brackets are nested too deep.")


def _place(path: str) -> str:
    """Return a msgspec path as a person counts: ``$.rounds[0].cut`` is ``rounds 1, cut``."""
    plain = path.replace("[...]", "").removeprefix("$").removeprefix(".")
    counted = _INDEX.sub(lambda m: f" {int(m.group(1)) + 1}", plain)
    return counted.replace(".", ", ") or "-"


def _field_fault(error: msgspec.ValidationError) -> Message:
    """Return msgspec's complaint as a sentence that a person can act on."""
    fault, _, path = str(error).partition(" - at ")
    place = _place(path.strip("`"))
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", fault)
    if unknown:
        return say("At {place}: '{name}' is not a known key.", place=place, name=unknown.group(1))
    missing = re.fullmatch(r"Object missing required field `(.*)`", fault)
    if missing:
        return say("At {place}: '{name}' is missing.", place=place, name=missing.group(1))
    wrong = re.fullmatch(r"Expected `(.*)`, got `(.*)`", fault)
    if wrong:
        return say(
            "At {place}: this must be of type {expected}, not {given}.",
            place=place,
            expected=wrong.group(1),
            given=wrong.group(2),
        )
    choice = re.fullmatch(r"Invalid enum value (.*)", fault)
    if choice:
        return say(
            "At {place}: {value} is not a possible choice.", place=place, value=choice.group(1)
        )
    return say("At {place}: {fault}.", place=place, fault=fault)


def _split_rosters(tables: dict[str, Any]) -> dict[str, Any]:
    """Move each round's ``roster`` out of it, for a roster is a record of its own."""
    rounds = tables.get("rounds", [])
    if not isinstance(rounds, list):
        return tables
    rosters: dict[str, Any] = {}
    plain: list[Any] = []
    for table in rounds:
        if isinstance(table, dict) and "roster" in table:
            rosters[str(table.get("id", ""))] = table["roster"]
            plain.append({k: v for k, v in table.items() if k != "roster"})
        else:
            plain.append(table)
    return {**tables, "rounds": plain, "rosters": rosters}


def _check_ids(ids: Iterable[str], what: Message) -> None:
    listed = tuple(ids)
    check_no_doubles(listed, what)
    for name in listed:
        if not _ID.fullmatch(name):
            raise RuleError(
                say("{what} '{name}' has an id that cannot be used.", what=what, name=name),
                say("Use a-z, 0-9, dots, hyphens and underscores, 64 at most."),
            )


def _check_deadline(round_: Round) -> None:
    try:
        moment = datetime.fromisoformat(round_.deadline)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise RuleError(
            say(
                "The deadline of round '{id}' ('{deadline}') is not a time with its zone.",
                id=round_.id,
                deadline=round_.deadline,
            ),
            say("Write it like 2026-12-11T18:00:00+09:00."),
        )


def _check_roster(template: Template, round_: Round) -> None:
    roster = template.rosters.get(round_.id)
    if roster is None:
        raise RuleError(
            say("Round '{id}' has no roster.", id=round_.id),
            say("Name its members and its chair."),
        )
    check_no_doubles(roster.members, say("The member"))
    chairs = []
    for member in roster.members:
        person = template.person(member)
        if person is None:
            raise RuleError(
                say(
                    "The roster of '{id}' names '{person}', who is not among the people.",
                    id=round_.id,
                    person=member,
                ),
                say("Add the person or correct the id."),
            )
        if not {Role.MEMBER, Role.CHAIR} & set(person.roles):
            raise RuleError(
                say(
                    "'{person}' sits on the roster of '{id}' but is neither member nor chair.",
                    id=round_.id,
                    person=member,
                ),
                say("Give the role or take the person off the roster."),
            )
        if Role.CHAIR in person.roles:
            chairs.append(member)
    if chairs != [roster.chair]:
        raise RuleError(
            say(
                "The roster of '{id}' must have exactly one chair, named as its chair.",
                id=round_.id,
            ),
            say("One of its members has the role chair, and 'chair' names that person."),
        )
    if not 1 <= round_.quorum <= len(roster.members):
        raise RuleError(
            say(
                "The quorum of '{id}' is {quorum}, but {n} members sit on its roster.",
                id=round_.id,
                quorum=round_.quorum,
                n=len(roster.members),
            ),
            say("Choose a quorum between 1 and the number of members."),
        )


def _check(template: Template) -> None:
    """Raise RuleError with the first thing that cannot be."""
    check_numbers(template)
    if not 0 < template.programme.bar <= 1:
        raise RuleError(
            say("The bar is {bar}; it is a share of the frontier.", bar=template.programme.bar),
            say("Give a number above 0 and at most 1, such as 0.95."),
        )
    _check_ids((t.id for t in template.teams), say("The team"))
    _check_ids((p.id for p in template.people), say("The person"))
    _check_ids((r.id for r in template.rounds), say("The round"))
    for round_ in template.rounds:
        _check_ids((c.id for c in round_.components), say("The component"))
        _check_ids((c.id for c in round_.criteria), say("The criterion"))
        _check_ids((g.id for g in round_.gates), say("The gate"))
        check_round(round_)
        _check_deadline(round_)
        _check_roster(template, round_)


def read_template(untrusted: bytes, where: str) -> Template:
    """Return the template. Raises TooLarge or Malformed, naming ``where`` and the place in it."""
    tables = _tables(untrusted, where)
    if "rosters" in tables:
        raise Malformed(
            where,
            say("At {place}: '{name}' is not a known key.", place="-", name="rosters"),
            say("Put each roster into its round: [rounds.roster]."),
        )
    try:
        template = msgspec.convert(_split_rosters(tables), Template)
        _check(template)
    except msgspec.ValidationError as error:
        raise Malformed(where, _field_fault(error)) from None
    except RuleError as error:
        raise Malformed(where, error.message, error.remedy) from None
    return template
