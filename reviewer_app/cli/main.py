"""Run one command and turn its outcome into an exit code: 0 done, 1 the answer is no, 2 bad input."""

import os
import sys
from collections.abc import Sequence

from reviewer_app.cli.output import Output
from reviewer_app.cli.parser import build_parser
from reviewer_app.errors import AppError, as_problem
from reviewer_app.texts import LANGUAGES, use_language


def _language(argv: Sequence[str]) -> str:
    for place, word in enumerate(argv):
        if word == "--language" and place + 1 < len(argv):
            return argv[place + 1]
        if word.startswith("--language="):
            return word.partition("=")[2]
    wanted = os.environ.get("REVIEWER_APP_LANGUAGE") or os.environ.get("LANG", "")
    return next((code for code in LANGUAGES if wanted.startswith(code)), "en")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that ``argv`` names and return the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    use_language(_language(words))
    arguments = build_parser().parse_args(words)
    output = Output(as_json=arguments.json)
    try:
        return int(arguments.run(arguments, output) or 0)
    except AppError as error:
        output.fail(str(error), as_problem(error))
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
