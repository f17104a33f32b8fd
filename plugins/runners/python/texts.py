"""Texts in three languages, and the errors that carry them."""

import json
from dataclasses import dataclass

from componentize_py_types import Err
from wit_world.imports import types

LANGUAGES = ("kk", "ru", "en")

# `words.json`, shared by both runners, is put beside this file when the runner is built.
with open(__file__.rpartition("/")[0] + "/words.json", encoding="utf-8") as _file:
    WORDS = json.load(_file)


@dataclass(frozen=True)
class Text:
    """One text in Kazakh, Russian and English. Texts and strings are put together with `+` or `join`."""

    kk: str
    ru: str
    en: str

    def __add__(self, other):
        return join(self, other)

    def __radd__(self, other):
        return join(other, self)

    def __str__(self):
        return self.kk


def text(same=None, *, kk=None, ru=None, en=None):
    """A text: one string for all three languages, or one for each. A language left empty takes the first one there is."""
    if same is not None:
        return as_text(same)
    if kk is None and ru is None and en is None:
        raise mistake("bad-text", what="text()")
    return _filled(kk, ru, en)


def _filled(*given):
    first = next((each for each in given if each), "")
    return Text(*(as_string(each or first) for each in given))


def as_string(value):
    if not isinstance(value, str):
        raise mistake("bad-text", what=shown(value))
    return value


def as_text(value):
    """What a script gives where a text is needed: a string, a `Text`, or `{"kk": …, "ru": …, "en": …}` of the plan."""
    if isinstance(value, str):
        return Text(value, value, value)
    if isinstance(value, Text):
        return value
    if isinstance(value, dict):
        for language in value:
            if language not in LANGUAGES:
                raise mistake("bad-language", what=shown(language))
        return _filled(*map(value.get, LANGUAGES))
    raise mistake("bad-text", what=shown(value))


def join(*parts):
    """One text out of several: texts, strings and whole numbers."""
    texts = [as_text(str(part) if is_whole(part) else part) for part in parts]
    return Text(*("".join(getattr(each, language) for each in texts) for language in LANGUAGES))


def is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def shown(value):
    """A value as an error shows it: its kind, and its beginning."""
    what = repr(value)
    return f"{type(value).__name__} {what[:60]}{'…' if len(what) > 60 else ''}"


class PluginError(Exception):
    """An error with a code of the interface (`denied`, `not-found`, `invalid`, `refused`, …) and a text for a person."""

    def __init__(self, code, message):
        super().__init__(code, message)
        self.code = code
        self.message = as_text(message)

    def __str__(self):
        return f"{self.code}: {self.message.en}"


class Refusal(PluginError):
    """The data do not allow the calculation. `raise Refusal("…")`, or with `kk=`, `ru=`, `en=`."""

    def __init__(self, same=None, *, kk=None, ru=None, en=None):
        super().__init__("refused", text(same, kk=kk, ru=ru, en=en))


def phrase(key, **values):
    """A text of `words.json` with its values; a value may be a text itself."""
    filled = []
    for language in LANGUAGES:
        words = WORDS[key][language]
        for name, value in values.items():
            value = getattr(value, language) if isinstance(value, Text) else str(value)
            words = words.replace("{" + name + "}", value)
        filled.append(words)
    return Text(*filled)


def mistake(key, **values):
    """A mistake of the script, to be raised."""
    return PluginError("internal", phrase(key, **values))


def refused(key, **values):
    """What the data do not allow, to be raised."""
    return PluginError("refused", phrase(key, **values))


def ask(function, *arguments):
    """Calls the host; its error becomes a `PluginError`."""
    try:
        return function(*arguments)
    except Err as error:
        message = error.value.message
        code = error.value.code.name.lower().replace("_", "-")
        raise PluginError(code, Text(message.kk, message.ru, message.en)) from None


def as_code(code):
    """A code of the interface; one that is unknown is a mistake of the script."""
    name = str(code).upper().replace("-", "_")
    return types.Code[name] if name in types.Code.__members__ else types.Code.INTERNAL
