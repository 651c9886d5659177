"""The commands and what each of them takes."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from reviewer_app import __version__
from reviewer_app.cli import desk, everybody, office, serving, trying
from reviewer_app.texts import Message, say

_Parser = argparse.ArgumentParser
_Commands = argparse._SubParsersAction  # noqa: SLF001 - the only name argparse gives it


def _add(
    group: "_Commands[_Parser]", name: str, run: Callable[..., int | None], about: Message
) -> _Parser:
    parser = group.add_parser(name, help=str(about), description=str(about), parents=[_common()])
    parser.set_defaults(run=run)
    return parser


def _common() -> _Parser:
    common = _Parser(add_help=False)
    workspace = os.environ.get("REVIEWER_APP_WORKSPACE")
    common.add_argument(
        "-w",
        "--workspace",
        type=Path,
        default=Path(workspace) if workspace else None,
        help=str(say("the workspace file (.rvw); or REVIEWER_APP_WORKSPACE")),
    )
    common.add_argument(
        "--passphrase-file",
        type=Path,
        help=str(say("a file whose first line is the passphrase; or REVIEWER_APP_PASSPHRASE")),
    )
    common.add_argument("--round", default="", help=str(say("the round; else the newest one")))
    common.add_argument("--json", action="store_true", help=str(say("print JSON for machines")))
    common.add_argument("--language", choices=("ko", "en"), help=str(say("language of all texts")))
    return common


def build_parser() -> _Parser:
    """Return the parser of ``reviewer-app``."""
    parser = _Parser(
        prog="reviewer-app",
        description=str(
            say("Review workstation for staged contests. Without a command: the window.")
        ),
    )
    parser.add_argument("--version", action="version", version=f"Reviewer App {__version__}")
    group = parser.add_subparsers(required=True, metavar=str(say("COMMAND")))
    _secretary(group)
    _member(group)
    _everybody(group)
    return parser


def _secretary(group: "_Commands[_Parser]") -> None:
    new = _add(group, "new", office.new, say("create a programme from a template"))
    new.add_argument("template", type=Path)
    new.add_argument("folder", type=Path)
    intake = _add(group, "intake", office.intake, say("take in what a team handed over"))
    intake.add_argument("team")
    intake.add_argument("files", nargs="+", type=Path)
    panel = _add(
        group, "panel", office.panel, say("import survey points (CSV: team,points,raters)")
    )
    panel.add_argument("component")
    panel.add_argument("file", type=Path)
    panel.add_argument("--source", required=True, help=str(say("where the points come from")))
    pack = _add(group, "pack", office.pack, say("write a sealed pack for a person"))
    pack.add_argument("what", choices=("round",), nargs="?", default="round")
    pack.add_argument(
        "--for", dest="person", required=True, help=str(say("the person's id, or 'all'"))
    )
    pack.add_argument("--out", type=Path, help=str(say("file, or folder with --for all")))
    _add(group, "close", office.close, say("seal the round: no scorecard counts after this"))
    tally = _add(group, "tally", office.tally, say("compute the official table"))
    tally.add_argument(
        "--preview", action="store_true", help=str(say("show what there is now; record nothing"))
    )
    decide = _add(
        group, "decide", office.decide, say("turn the tally into a decision and lay out its PDF")
    )
    decide.add_argument("--reasons", required=True, help=str(say("the reasons, or @FILE")))
    decide.add_argument("--signer", action="append", default=[], help=str(say("in order; repeat")))
    decide.add_argument("--pdf-language", choices=("ko", "en"), default="ko")
    decide.add_argument("--out", type=Path, help=str(say("also write the PDF here")))


def _member(group: "_Commands[_Parser]") -> None:
    pledge = _add(group, "pledge", desk.pledge, say("sign the confidentiality pledge"))
    pledge.add_argument("--agree", action="store_true", help=str(say("I have read it and agree")))
    declare = _add(group, "declare", desk.declare, say("declare conflicts of interest"))
    declare.add_argument("--none", action="store_true", help=str(say("there are none")))
    declare.add_argument(
        "--conflict",
        action="append",
        nargs=3,
        default=[],
        metavar=("TEAM", "KIND", "REASON"),
        help=str(say("KIND is exclusion, challenge or recusal; repeat")),
    )
    score = _add(group, "score", desk.score, say("enter scores, votes and comments"))
    score.add_argument("--file", type=Path, help=str(say("a TOML file with many of them")))
    score.add_argument("entry", nargs="*", metavar="TEAM CRITERION SCORE")
    score.add_argument("--comment", default="")
    seal = _add(group, "seal", desk.seal, say("seal and sign your scorecard"))
    seal.add_argument(
        "--reason", default="", help=str(say("why a correction replaces the sealed one"))
    )
    sign = _add(group, "sign", office.sign, say("sign the decision PDF"))
    sign.add_argument("--out", type=Path, help=str(say("also write the signed PDF here")))


def _everybody(group: "_Commands[_Parser]") -> None:
    take = _add(group, "import", everybody.import_, say("open a pack in a workspace"))
    take.add_argument("file", type=Path)
    take.add_argument(
        "--identity", type=Path, help=str(say("your .p12, when the workspace is new"))
    )
    _add(group, "status", everybody.status, say("show where the round stands"))
    verify = _add(
        group, "verify", everybody.verify, say("check a decision PDF, a pack or a workspace")
    )
    verify.add_argument("file", type=Path)
    verify.add_argument("--programme", default="", help=str(say("fingerprint it must belong to")))
    verify.add_argument("--identity", type=Path, help=str(say("your .p12, to open a pack")))
    results = _add(group, "results", everybody.results, say("show what benchmark result files say"))
    results.add_argument("what", choices=("show",))
    results.add_argument("files", nargs="+", type=Path)
    sync = _add(group, "sync", serving.sync, say("exchange records with the server"))
    sync.add_argument(
        "server", nargs="?", default="", help=str(say("its address; else the last one"))
    )
    serve = _add(group, "serve", serving.serve, say("run the central server"))
    serve.add_argument(
        "--data", type=Path, required=True, help=str(say("folder of the server's data"))
    )
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8765)
    demo = _add(group, "demo", trying.demo, say("run the whole main job on a demo programme"))
    demo.add_argument("--out", type=Path, default=Path("demo"))
    demo.add_argument("--no-window", action="store_true", help=str(say("do not open the window")))
