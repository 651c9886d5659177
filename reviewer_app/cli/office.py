"""The secretary's and the chair's commands, from a new programme to a signed decision."""

import argparse
import csv
import io
from pathlib import Path

from reviewer_app.cli.asking import decimal, opened, secrets_of, text_of
from reviewer_app.cli.output import Output
from reviewer_app.domain.decision import Tally
from reviewer_app.domain.submission import PanelPoint, PanelPoints
from reviewer_app.errors import Malformed
from reviewer_app.texts import language, say
from reviewer_app.usecases import carrying, compiling, deciding, founding, opening
from reviewer_app.usecases import intake as taking
from reviewer_app.usecases.session import Session


def new(arguments: argparse.Namespace, output: Output) -> None:
    """Create a programme from a template."""
    template = founding.template_file(arguments.template)
    founded, session = founding.found(template, arguments.folder, secrets_of(arguments))
    session.workspace.close()
    output.say(say("Programme {id}", id=founded.programme))
    output.say(
        say("Workspace of '{person}': {path}", person=founded.secretary, path=founded.workspace)
    )
    output.say(say("Identities and passphrases to hand out: {path}", path=founded.handout))
    output.give(founded)


def intake(arguments: argparse.Namespace, output: Output) -> None:
    """Take in what a team handed over."""
    with opened(arguments) as (session, keys):
        report = taking.intake(
            session, keys(), arguments.round, arguments.team, arguments.files, output.progress
        )
    output.table(
        [say("File"), say("Kind"), say("Bytes"), say("SHA-256")],
        [(f.name, f.kind, f.size, f.sha256[:16]) for f in report.files],
    )
    for name, why in report.not_understood:
        output.say(say("Kept as it is, not understood: {name}: {why}", name=name, why=why))
    output.say(
        say(
            "Took in {files} files of team {team} with {results} result sets.",
            files=len(report.files),
            team=report.team,
            results=len(report.results),
        )
    )
    output.give(report)


def panel(arguments: argparse.Namespace, output: Output) -> None:
    """Import survey points."""
    text = text_of(arguments.file, say("Give a CSV file with the columns team, points, raters."))
    points: list[PanelPoint] = []
    for row in csv.DictReader(io.StringIO(text)):
        where = f"{arguments.file}:{len(points) + 2}"
        if not {"team", "points", "raters"} <= row.keys() or None in row.values():
            raise Malformed(where, say("The columns team, points and raters are needed."))
        raters = decimal(row["raters"], where)
        points.append(PanelPoint(row["team"], decimal(row["points"], where), int(raters)))
    with opened(arguments) as (session, keys):
        body = PanelPoints(arguments.component, tuple(points), arguments.source)
        compiling.import_panel(session, keys(), arguments.round, body)
    output.say(say("Imported points of {n} teams.", n=len(points)))
    output.give(body)


def pack(arguments: argparse.Namespace, output: Output) -> None:
    """Write sealed packs."""
    with opened(arguments) as (session, keys):
        own = keys()
        everybody = arguments.person == "all"
        people = session.round(arguments.round).members if everybody else (arguments.person,)
        written = []
        for person in people:
            out = arguments.out or Path(f"{person}.rvpack")
            if everybody:
                out = (arguments.out or Path()) / f"{person}.rvpack"
            carrying.write_pack(session, own, person, out, output.progress)
            output.say(say("Pack for {person}: {path}", person=person, path=out))
            written.append({"person": person, "path": str(out)})
    output.give(written)


def close(arguments: argparse.Namespace, output: Output) -> None:
    """Seal the round."""
    with opened(arguments) as (session, keys):
        compiling.seal_round(session, keys(), arguments.round)
        counted = session.round(arguments.round).scorecards
    output.say(say("The round is sealed with {n} scorecards.", n=len(counted)))
    output.give({"scorecards": sorted(r.id for r in counted.values())})


def show_tally(tally: Tally, session: Session, output: Output) -> None:
    """Print the table, best first."""
    parts = [p.component for p in tally.teams[0].parts] if tally.teams else []
    rows = [
        (
            t.rank,
            session.state.teams[t.team].body.name.show(language()),
            *(p.points for p in t.parts),
            t.total,
            t.outcome,
        )
        for t in tally.teams
    ]
    output.table(
        [
            say("Rank"),
            say("Team"),
            *(say("{id}", id=p) for p in parts),
            say("Total"),
            say("Outcome"),
        ],
        rows,
    )


def tally(arguments: argparse.Namespace, output: Output) -> None:
    """Compute the table; record it unless it is a preview."""
    with opened(arguments) as (session, keys):
        if arguments.preview:
            table = compiling.preview(session, arguments.round)
        else:
            table, _ = compiling.compile_tally(session, keys(), arguments.round)
        show_tally(table, session, output)
    output.give(table)


def decide(arguments: argparse.Namespace, output: Output) -> None:
    """Record the decision and lay out its PDF."""
    reasons = arguments.reasons
    if reasons.startswith("@"):
        reasons = text_of(Path(reasons[1:]), say("Give a UTF-8 text file with the reasons."))
    with opened(arguments) as (session, keys):
        deciding.decide(
            session,
            keys(),
            arguments.round,
            reasons=reasons,
            signers=arguments.signer,
            language=arguments.pdf_language,
        )
        _document(session, arguments, output)


def _document(session: Session, arguments: argparse.Namespace, output: Output) -> None:
    state = deciding.document_state(session.round(arguments.round))
    if arguments.out is not None:
        opening.write_file(arguments.out, deciding.document_pdf(session, arguments.round))
        output.say(say("PDF: {path}", path=arguments.out))
    waiting = ", ".join(state.waiting)
    output.say(
        say("Waiting for signatures of: {people}", people=waiting)
        if waiting
        else say("Signed by everybody.")
    )
    output.give(state)


def sign(arguments: argparse.Namespace, output: Output) -> None:
    """Sign the newest version of the decision PDF."""
    with opened(arguments) as (session, keys):
        deciding.sign_decision(session, keys(), arguments.round)
        _document(session, arguments, output)
