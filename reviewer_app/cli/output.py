"""What a command prints: sentences and tables for people, JSON for machines."""

import json
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

import msgspec

from reviewer_app.texts import Message


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return str(value)
    raise NotImplementedError


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Output:
    """Prints to standard output; with ``as_json`` one JSON document at the end and nothing else."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def say(self, sentence: Message | str) -> None:
        """Print a sentence for a person."""
        if not self.as_json:
            print(str(sentence))

    def progress(self, what: Message, _done: int, _total: int) -> None:
        """Show what long work is doing, where somebody is looking."""
        if not self.as_json and sys.stderr.isatty():
            print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)

    def table(self, head: Sequence[Message], rows: Sequence[Sequence[object]]) -> None:
        """Print columns wide enough for Korean text."""
        if self.as_json:
            return
        lines = [[str(h) for h in head], *([str(c) for c in row] for row in rows)]
        widths = [max(_width(line[i]) for line in lines) for i in range(len(head))]
        for line in lines:
            cells = (c + " " * (w - _width(c)) for c, w in zip(line, widths, strict=True))
            print("  ".join(cells).rstrip())

    def give(self, value: Any) -> None:
        """Print the machine output of the command."""
        if self.as_json:
            plain = msgspec.to_builtins(value, enc_hook=_plain)
            print(json.dumps(plain, ensure_ascii=False, indent=2))

    def fail(self, sentence: str, problem: dict[str, Any]) -> None:
        """Print one sentence to standard error, and the problem as JSON where asked for."""
        print(sentence, file=sys.stderr)
        if self.as_json:
            print(json.dumps(problem, ensure_ascii=False, indent=2))
