"""The ``demo`` command."""

import argparse

from reviewer_app.cli.output import Output


def demo(arguments: argparse.Namespace, output: Output) -> int:
    """Run the whole main job and open the window where there is a screen."""
    from reviewer_app.demo.run import run_demo  # only this command needs the server

    finished = run_demo(arguments.out, output.say)
    output.give(finished)
    if not arguments.no_window and not arguments.json:
        finished.open_window()
    return 0
