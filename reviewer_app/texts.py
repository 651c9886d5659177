"""Every sentence a person can see, in the language they chose.

English is the source language: a msgid is the English sentence. ``say`` keeps the sentence and its
values apart until it is shown, so that a record or an error can be read in either language.
"""

import gettext
from contextlib import suppress
from typing import Any

from reviewer_app.paths import resource

LANGUAGES = ("ko", "en")


class _Current:
    """The one piece of process-wide state: the language texts are shown in."""

    language = "en"
    translations: gettext.NullTranslations = gettext.NullTranslations()


class Message:
    """A sentence with its values, translated each time it is shown."""

    __slots__ = ("msgid", "values")

    def __init__(self, msgid: str, values: dict[str, Any]) -> None:
        self.msgid = msgid
        self.values = values

    def __str__(self) -> str:
        return _(self.msgid).format_map({k: str(v) for k, v in self.values.items()})

    def __repr__(self) -> str:
        return f"Message({self.msgid!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (self.msgid, self.values) == (other.msgid, other.values)

    def __hash__(self) -> int:
        return hash(
            (self.msgid, tuple(sorted((k, str(v)) for k, v in self.values.items())))
        )


def say(msgid: str, **values: Any) -> Message:
    """Return a sentence to be translated when it is shown; ``{name}`` places take the values."""
    return Message(msgid, values)


def _(msgid: str) -> str:
    """Return the sentence in the current language."""
    return _Current.translations.gettext(msgid) if msgid else ""


def language() -> str:
    """Return the language texts are shown in now: ``ko`` or ``en``."""
    return _Current.language


def translation(code: str) -> gettext.NullTranslations:
    """Return the catalogue of one language; English, the source, needs none."""
    if code == "en":
        return gettext.NullTranslations()
    with suppress(FileNotFoundError):
        return gettext.translation("reviewer_app", str(resource("locale")), [code])
    return gettext.NullTranslations()


def in_language(message: Message, code: str) -> str:
    """Return the sentence in ``code``, its nested sentences too, whatever texts are shown in now."""
    values = {
        name: in_language(value, code) if isinstance(value, Message) else str(value)
        for name, value in message.values.items()
    }
    template = translation(code).gettext(message.msgid) if message.msgid else ""
    return template.format_map(values)


def use_language(code: str) -> None:
    """Show all texts in ``code`` from now on; an unknown code means English."""
    code = code if code in LANGUAGES else "en"
    _Current.language = code
    _Current.translations = translation(code)
