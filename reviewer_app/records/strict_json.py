"""The one decoder of foreign JSON: limits first, then exact numbers, then nothing twice.

Plain ``json`` accepts NaN, Infinity, 1e400, doubled keys, lone surrogates and any depth; here each of
them is one sentence that names the place. Canonical output is RFC 8785.
"""

import json
import re
import unicodedata
from decimal import Decimal
from typing import Any, NoReturn

import msgspec
import rfc8785

from reviewer_app.errors import Malformed, TooLarge
from reviewer_app.texts import Message, say

_DEPTH_CHECKED = 1 << 20  # beyond this the decoder's own recursion limit has to do
_SURROGATE = re.compile("[\ud800-\udfff]")
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class Limits(msgspec.Struct, frozen=True):
    """How much JSON is accepted: bytes, nesting, digits of one number, and whether NaN may be kept.

    ``canonical_text`` asks for NFC, as our own records are written.
    """

    size: int = 16 << 20
    depth: int = 64
    digits: int = 400
    nan: bool = False
    canonical_text: bool = False


STANDARD = Limits()


class _Fault(Exception):
    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def _check_depth(untrusted: bytes, limit: int) -> None:
    depth = 0
    for token in _BRACKETS.finditer(untrusted):
        first = untrusted[token.start()]
        if first in b"[{":
            depth += 1
            if depth > limit:
                raise _Fault(say("it is nested more than {limit} deep", limit=limit))
        elif first in b"]}":
            depth -= 1


def _number(limits: Limits, text: str) -> Decimal:
    if len(text) > limits.digits:
        raise _Fault(say("a number has {n} characters", n=len(text)))
    value = Decimal(text)
    if abs(value.adjusted()) > limits.digits:
        raise _Fault(say("the number {text} is out of range", text=text))
    return value


def _integer(limits: Limits, text: str) -> int:
    if len(text) > limits.digits:
        raise _Fault(say("a number has {n} characters", n=len(text)))
    return int(text)


def _constant(limits: Limits, text: str) -> Decimal:
    if limits.nan and text == "NaN":
        return Decimal("NaN")
    raise _Fault(say("{text} is not a number that JSON has", text=text))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Fault(say("the key '{key}' stands twice", key=key))
            seen.add(key)
    return result


def _refuse(where: str, message: Message) -> NoReturn:
    raise Malformed(
        where,
        say("It is not acceptable JSON: {why}.", why=message),
        say("Ask for the file to be written again by its tool."),
    )


def decode(untrusted: bytes, *, where: str, limits: Limits = STANDARD) -> Any:
    """Return the value with exact Decimals for fractions; raises Malformed or TooLarge naming ``where``."""
    if len(untrusted) > limits.size:
        raise TooLarge(
            where,
            say(
                "It has {size} bytes; {limit} are the limit.",
                size=len(untrusted),
                limit=limits.size,
            ),
        )
    if untrusted.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        _refuse(where, say("it begins with a byte order mark"))
    try:
        text = untrusted.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(where, say("byte {place} is not UTF-8", place=error.start))
    try:
        if len(untrusted) <= _DEPTH_CHECKED:
            _check_depth(untrusted, limits.depth)
        value = json.loads(
            text,
            parse_float=lambda t: _number(limits, t),
            parse_int=lambda t: _integer(limits, t),
            parse_constant=lambda t: _constant(limits, t),
            object_pairs_hook=_object,
        )
    except _Fault as fault:
        _refuse(where, fault.message)
    except json.JSONDecodeError as error:
        place = say("line {line}, column {column}", line=error.lineno, column=error.colno)
        _refuse(where, say("it breaks off or is malformed at {place}", place=place))
    except RecursionError:
        _refuse(where, say("it is nested more than {limit} deep", limit=limits.depth))
    if "\\u" in text:
        _check_text(value, where)
    if limits.canonical_text and not unicodedata.is_normalized("NFC", text):
        _refuse(where, say("its text is not in Unicode form NFC"))
    return value


def _check_text(value: Any, where: str) -> None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            if _SURROGATE.search(item):
                _refuse(where, say("a text holds half of a character (a lone surrogate)"))
        elif isinstance(item, dict):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _plain(value: Any) -> Any:
    """Return builtins with decimals as plain strings and all text in NFC."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {_plain(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def canonical(value: Any) -> bytes:
    """Return RFC 8785 JSON of a struct or plain value; decimals become strings, text NFC."""
    builtins = msgspec.to_builtins(value, builtin_types=(Decimal,))
    return rfc8785.dumps(_plain(builtins))
