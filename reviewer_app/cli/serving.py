"""Commands that speak with a network: ``serve`` and ``sync``."""

import argparse

from reviewer_app.cli.asking import opened
from reviewer_app.cli.output import Output
from reviewer_app.texts import say
from reviewer_app.usecases.syncing import synchronise


def serve(arguments: argparse.Namespace, output: Output) -> int:
    """Run the server until it is stopped."""
    from reviewer_app.server.run import serve as run  # the extra ``server``

    run(
        arguments.data,
        arguments.host,
        arguments.port,
        ready=lambda url, log_key: output.say(
            say("Serving at {url} with log key {key}; stop with Ctrl+C.", url=url, key=log_key)
        ),
    )
    return 0


def sync(arguments: argparse.Namespace, output: Output) -> int:
    """Push and pull, and say what moved."""
    with opened(arguments) as (session, keys):
        report = synchronise(session, keys(), arguments.server, output.progress)
        output.say(
            say(
                "Sent {pushed} records, received {pulled}; {receipts} receipts proved.",
                pushed=report.pushed,
                pulled=report.pulled,
                receipts=report.receipts,
            )
        )
        output.give(report)
    return 0
