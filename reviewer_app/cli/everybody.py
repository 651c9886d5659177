"""Commands for anybody: import, status, verify, results."""

import argparse
from pathlib import Path

from reviewer_app.cli.asking import opened, secrets_of, workspace_path
from reviewer_app.cli.output import Output
from reviewer_app.errors import AppError, UsageError
from reviewer_app.texts import language, say
from reviewer_app.usecases import carrying, opening, overview, verifying
from reviewer_app.usecases import intake as taking


def import_(arguments: argparse.Namespace, output: Output) -> None:
    """Open a pack; a workspace that does not exist yet is made with the identity given."""
    secrets = secrets_of(arguments)
    path = workspace_path(arguments)
    fresh = not path.exists()
    if fresh and arguments.identity is None:
        raise UsageError(
            say("{path} does not exist yet.", path=path),
            say("Give --identity FILE.p12 to make it."),
        )
    session = opening.create(path, secrets) if fresh else opening.open_workspace(path, secrets)
    try:
        if arguments.identity is not None:
            prompt = say("Passphrase of {file}", file=arguments.identity.name)
            passphrase = secrets.get(f"identity-file/{arguments.identity.name}", prompt)
            keys = opening.take_identity(session, arguments.identity, passphrase)
        else:
            keys = opening.own_keys(session, secrets)
        imported = carrying.import_pack(session, keys, arguments.file, output.progress)
    except AppError:
        session.workspace.close()
        if fresh:
            opening.discard(path)
        raise
    session.workspace.close()
    output.say(
        say(
            "Imported the pack of '{maker}': {new} of {n} records are new, {blobs} documents.",
            maker=imported.maker,
            new=imported.new,
            n=imported.records,
            blobs=imported.blobs,
        )
    )
    output.give(imported)


def status(arguments: argparse.Namespace, output: Output) -> None:
    """Show where the round stands."""
    with opened(arguments) as (session, _):
        view = overview.overview(session, arguments.round, language())
    output.say(say("{title}: {stage}", title=view.title, stage=view.stage))
    output.table(
        [say("Member"), say("Name"), say("State"), say("Recused from")],
        [(m.person, m.name, m.step, ", ".join(m.recused)) for m in view.members],
    )
    output.say(view.next_step)
    output.give(view)


def _show_report(report: verifying.Report, output: Output) -> int:
    output.say(say("Programme {id}", id=report.programme))
    marks = {
        verifying.Outcome.OK: "ok",
        verifying.Outcome.NOTE: "--",
        verifying.Outcome.FAILED: "NO",
    }
    for check in report.checks:
        output.say(f"[{marks[check.outcome]}] {check.what}: {check.detail}")
    output.give(report)
    report.require()
    output.say(say("verified"))
    return 0


def verify(arguments: argparse.Namespace, output: Output) -> int:
    """Check a decision PDF, a pack or a workspace."""
    path: Path = arguments.file
    if path.suffix == ".rvw":
        arguments.workspace = path
        with opened(arguments) as (session, _):
            return _show_report(verifying.verify_workspace(session), output)
    if path.suffix == ".rvpack":
        return _show_report(_verified_pack(arguments, path), output)
    return _show_report(verifying.verify_file(path, arguments.programme), output)


def _verified_pack(arguments: argparse.Namespace, path: Path) -> verifying.Report:
    secrets = secrets_of(arguments)
    if arguments.identity is not None:
        prompt = say("Passphrase of {file}", file=arguments.identity.name)
        passphrase = secrets.get(f"identity-file/{arguments.identity.name}", prompt)
        return verifying.verify_pack(opening.identity_file(arguments.identity, passphrase), path)
    with opened(arguments) as (_, keys):
        return verifying.verify_pack(keys(), path)


def results(arguments: argparse.Namespace, output: Output) -> int:
    """Show what result files say; files that cannot be read are told one by one."""
    rows: list[tuple[object, ...]] = []
    shown: list[object] = []
    refused = 0
    for path in arguments.files:
        try:
            read = taking.read_result_file(path)
        except AppError as error:
            refused += 1
            output.say(str(error))
            continue
        shown.append(read)
        rows.extend(
            (read.model, m.task, m.metric, m.value, m.stderr if m.stderr is not None else "-")
            for m in read.measures
        )
    output.table([say("Model"), say("Task"), say("Metric"), say("Value"), say("Std. error")], rows)
    output.give(shown)
    return 2 if refused else 0
