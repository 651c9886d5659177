"""A member's commands: pledge, declare, score, seal."""

import argparse
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from reviewer_app.cli.asking import decimal, opened, text_of
from reviewer_app.cli.output import Output
from reviewer_app.domain.committee import Conflict
from reviewer_app.domain.state import RoundState
from reviewer_app.errors import Malformed, UsageError
from reviewer_app.texts import say
from reviewer_app.usecases import review
from reviewer_app.usecases.session import Session


def pledge(arguments: argparse.Namespace, output: Output) -> None:
    """Show the pledge, and sign it when agreed."""
    with opened(arguments) as (session, keys):
        output.say(review.pledge_text(session))
        if not arguments.agree:
            raise UsageError(
                say("The pledge is not signed."), say("Read it, then give --agree to sign it.")
            )
        review.sign_pledge(session, keys(), arguments.round)
    output.say(say("The pledge is signed."))
    output.give({"signed": True})


def declare(arguments: argparse.Namespace, output: Output) -> None:
    """Declare conflicts of interest."""
    if bool(arguments.conflict) == arguments.none:
        raise UsageError(say("Give either --none or --conflict TEAM KIND REASON."))
    try:
        conflicts = [
            msgspec.convert({"team": t, "kind": k, "reason": r}, Conflict)
            for t, k, r in arguments.conflict
        ]
    except msgspec.ValidationError as error:
        raise UsageError(say("A conflict is an exclusion, a challenge or a recusal.")) from error
    with opened(arguments) as (session, keys):
        review.declare_conflicts(session, keys(), arguments.round, conflicts)
    output.say(say("Declared {n} conflicts of interest.", n=len(conflicts)))
    output.give(conflicts)


_ENTRY = ("TEAM", "CRITERION", "SCORE")


class _ScoreFile(msgspec.Struct, forbid_unknown_fields=True):
    score: list[dict[str, Any]] = []
    vote: list[dict[str, Any]] = []
    comment: list[dict[str, Any]] = []


def score(arguments: argparse.Namespace, output: Output) -> None:
    """Enter one score, or all of a TOML file; an entry off the scale refuses the whole file."""
    with opened(arguments) as (session, _), session.workspace.transaction():
        round_ = session.round(arguments.round)
        if arguments.file is not None:
            entered = _score_file(session, round_, arguments.file)
        elif len(arguments.entry) == len(_ENTRY):
            team, criterion, value = arguments.entry
            entry = review.DraftScore(decimal(value, "SCORE"), arguments.comment)
            review.enter_score(session, round_, team, criterion, entry)
            entered = 1
        else:
            raise UsageError(say("Give TEAM CRITERION SCORE, or --file FILE.toml."))
        left = review.checklist(session, round_)
    output.say(say("Entered {n}; {left} still missing.", n=entered, left=len(left)))
    output.give({"entered": entered, "missing": [str(m) for m in left]})


def _score_file(session: Session, round_: RoundState, path: Path) -> int:
    remedy = say("Give a TOML file with [[score]], [[vote]] and [[comment]] tables.")
    try:
        table = tomllib.loads(text_of(path, remedy), parse_float=Decimal)
        content = msgspec.convert(table, _ScoreFile)
        for row in content.score:
            value = decimal(str(row["score"]), str(path))
            entry = review.DraftScore(value, row.get("comment", ""))
            review.enter_score(session, round_, row["team"], row["criterion"], entry)
        for row in content.vote:
            vote = review.DraftVote(bool(row["passed"]), row.get("reason", ""))
            review.enter_vote(session, round_, row["team"], row["gate"], vote)
        for row in content.comment:
            review.enter_comment(session, round_, row["team"], row["text"])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Malformed(path, say("It cannot be read: {why}.", why=error), remedy) from error
    except KeyError as error:
        raise Malformed(path, say("An entry lacks {field}.", field=error), remedy) from error
    return len(content.score) + len(content.vote) + len(content.comment)


def seal(arguments: argparse.Namespace, output: Output) -> None:
    """Seal and sign the scorecard."""
    with opened(arguments) as (session, keys):
        review.seal_scorecard(session, keys(), arguments.round, arguments.reason)
        sealed = session.round(arguments.round).scorecards[session.person]
    output.say(say("Sealed as record {id}.", id=sealed.id))
    output.give({"record": sealed.id})
