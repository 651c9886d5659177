"""Where the shipped resources are, in the source tree and in a frozen build."""

import sys
from pathlib import Path

_ROOT = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parent.parent))


def resource(*parts: str) -> Path:
    """Return the path of a file or folder under ``resources/``."""
    return _ROOT.joinpath("resources", *parts)
