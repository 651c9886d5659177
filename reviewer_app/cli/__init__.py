"""The command line: every step of the main job, scriptable."""

from reviewer_app.cli.main import main

__all__ = ["main"]
