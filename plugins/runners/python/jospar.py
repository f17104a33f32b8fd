"""What a script uses. Everything here is there without an import; `from jospar import …` works as well."""

import datetime
import json

from wit_world.imports import files as _files
from wit_world.imports import host as _host
from wit_world.imports import llm as _llm
from wit_world.imports import plan as _plan
from wit_world.imports import store as _store

import report
import stats
import tables
from report import HIDDEN, Report, column, edit, item, propose, series, share
from texts import PluginError, Refusal, Text, as_string, as_text, ask, join, mistake, phrase, text
from values import as_count, as_number, fmt, parse_number, to_json

__all__ = (
    "HIDDEN PluginError Refusal Report Text column edit files fmt host item join llm parse_number plan propose series"
    " share stats store task text today"
).split()

TASKS = {}


def task(given):
    """Marks a function as a task of the manifest: `@task`, named as the function, or `@task("name")`."""

    def register(name, function):
        if name in TASKS:
            raise mistake("same-task", task=name)
        TASKS[name] = function
        return function

    if callable(given):
        return register(given.__name__, given)
    return lambda function: register(as_string(given), function)


def today():
    """The school's day when the run began, as `YYYY-MM-DD`; `datetime.date.today()` gives it as a date."""
    return _host.today()


class plan:  # noqa: N801: used like a module, as are those below
    """The workspace as it stood when the run began."""

    @staticmethod
    def part(name):
        """A part of the plan: dictionaries and lists, in the form of `jospar export`. Needs `read:NAME`."""
        return json.loads(ask(_plan.part, as_string(name)))

    @staticmethod
    def heads():
        """The documents' heads: equal heads, equal plan."""
        return ask(_plan.heads)

    @staticmethod
    def survey_totals(survey):
        """A survey's counts, small groups hidden. Needs `survey:totals`."""
        return json.loads(ask(_plan.survey_totals, as_string(survey)))

    @staticmethod
    def survey_rows(survey):
        """A survey's answers, one row a person, shuffled. Needs `survey:rows`."""
        return json.loads(ask(_plan.survey_rows, as_string(survey)))

    @staticmethod
    def lesson_results(study):
        """A lesson study's results. Needs `lesson:results`."""
        return json.loads(ask(_plan.lesson_results, as_string(study)))

    @staticmethod
    def plugin_result(plugin):
        """The data that another plugin returned last on this device. Needs `result:PLUGIN`."""
        return json.loads(ask(_plan.plugin_result, as_string(plugin)))


class files:  # noqa: N801
    """Files that a person gave to this run. Without a name the first one is meant."""

    @staticmethod
    def names():
        """The names, in the order given."""
        return [each.name for each in ask(_files.files)]

    @staticmethod
    def read_bytes(name=None):
        """A file's bytes."""
        return bytes(ask(_files.read, files._name(name)))

    @staticmethod
    def read_text(name=None, *, encoding=None):
        """A file's text. Without `encoding`: UTF-8 or UTF-16 if it is that, else windows-1251."""
        name = files._name(name)
        return tables.decode(name, files.read_bytes(name), encoding)

    @staticmethod
    def read_csv(name=None, *, delimiter=None, encoding=None, header=True):
        """A table's rows: dictionaries by the names of the first row, or without `header` lists of cells."""
        name = files._name(name)
        rows = tables.rows_of(name, files.read_text(name, encoding=encoding), delimiter)
        return tables.records_of(name, rows) if header else [row for _, row in rows]

    @staticmethod
    def _name(name):
        if name is not None:
            return as_string(name)
        names = files.names()
        if not names:
            raise PluginError("not-found", phrase("no-file"))
        return names[0]


class host:  # noqa: N801
    """The run itself."""

    @staticmethod
    def setting(key, default=None):
        """A setting of the manifest: the person's value, or the manifest's, or `default`."""
        value = ask(_host.setting, as_string(key))
        return default if value is None else json.loads(value)

    @staticmethod
    def log(message, level="info"):
        """Writes into the run's log; `print` does so too."""
        ask(_host.log, report.choice(_host.Level, level), str(message))

    @staticmethod
    def progress(done, note=""):
        """Says how far the run is, 0 to 1. `False` when the person pressed stop."""
        return ask(_host.progress, as_number(done), as_text(note))

    @staticmethod
    def random():
        """The next number of a fixed row, from 0 to below 1."""
        return ask(_host.random)


class store:  # noqa: N801
    """A cache of this plugin on this device: values that JSON can hold. Needs `store`."""

    @staticmethod
    def get(key, default=None):
        """The value of a key, or `default`."""
        value = ask(_store.get, as_string(key))
        return default if value is None else json.loads(bytes(value))

    @staticmethod
    def set(key, value):
        """Keeps a value."""
        ask(_store.set, as_string(key), to_json(value).encode())

    @staticmethod
    def delete(key):
        """Forgets a key."""
        ask(_store.delete, as_string(key))

    @staticmethod
    def keys(prefix=""):
        """The keys that begin with `prefix`."""
        return ask(_store.keys, as_string(prefix))


class llm:  # noqa: N801
    """A language model, if the school has one. Needs `llm`."""

    @staticmethod
    def ask(purpose, template, language, blocks, max_tokens=1000):
        """Asks with one of the host's templates and data by name; gives `text`, `model` and `truncated` back."""
        named = [_llm.DataBlock(as_string(name), as_string(data)) for name, data in blocks.items()]
        words = [as_string(each) for each in (purpose, template, language)]
        request = _llm.Request(*words, named, as_count("max_tokens", max_tokens))
        reply = ask(_llm.ask, request)
        report.model_was_asked = True
        return reply
