"""What Python lacks without an operating system, put over the host or refused in words.

Everything that a script may import is imported here: afterwards no file can be read, so what is not in memory when the
runner is built is not there at all.
"""

import __future__
import _pydatetime
import _strptime
import abc
import base64
import bisect
import builtins
import calendar
import cmath
import codecs
import collections
import collections.abc
import contextlib
import copy
import csv
import dataclasses
import decimal
import difflib
import encodings.cp1251
import encodings.kz1048
import encodings.utf_16
import enum
import fractions
import functools
import heapq
import html
import io
import itertools
import json
import locale
import math
import numbers
import operator
import pprint
import random
import re
import statistics
import string
import sys
import textwrap
import time
import types
import typing
import unicodedata

from wit_world.imports import host

MODULES = (
    "__future__ abc base64 bisect calendar cmath collections contextlib copy csv dataclasses datetime decimal difflib"
    " enum fractions functools heapq html io itertools jospar json locale math numbers operator pprint random re"
    " statistics string textwrap time types typing unicodedata"
).split()

# `datetime` in C asks the system for the time and cannot be mended; the same module in Python asks `time`.
_datetime = types.ModuleType("datetime", _pydatetime.__doc__)
for _name in ("date", "datetime", "time", "timedelta", "timezone", "tzinfo", "MINYEAR", "MAXYEAR", "UTC"):
    setattr(_datetime, _name, getattr(_pydatetime, _name))
sys.modules["datetime"] = _datetime

from texts import mistake  # noqa: E402: `datetime` had to be there first


def refuse(key, **values):
    """A function that is not there: it says so."""

    def refusing(*_arguments, **_named):
        raise mistake(key, **values)

    return refusing


def _now():
    return host.now_ms() / 1000


def _with_now(function, position=0):
    """A function of `time` whose argument at `position` is the current time when it is left out."""

    @functools.wraps(function)
    def called(*arguments):
        given = len(arguments) > position and arguments[position] is not None
        now = _now() if position == 0 else time.gmtime(_now())
        return function(*arguments) if given else function(*arguments[:position], now)

    return called


def _today(cls):
    return cls.fromisoformat(host.today())


class _Random(random.Random):
    """Without a seed of its own, seeded by the host: two runs on the same data are equal."""

    def seed(self, a=None, version=2):
        super().seed(int(host.random() * 2**53) if a is None else a, version)


class _Out(io.TextIOBase):
    """Standard output as the run's log, line by line."""

    # A line without an end is cut here.
    LINE_MAX = 4096

    def __init__(self, level):
        self.level, self.line = level, ""

    def writable(self):
        return True

    def write(self, string):
        *lines, self.line = (self.line + string).split("\n")
        for line in lines:
            host.log(self.level, line)
        while len(self.line) > self.LINE_MAX:
            self.finish(self.line[: self.LINE_MAX], self.line[self.LINE_MAX :])
        return len(string)

    def finish(self, line=None, rest=""):
        """Writes what has no end of line yet."""
        line = self.line if line is None else line
        if line:
            host.log(self.level, line)
        self.line = rest


def _audit(event, _arguments):
    if event == "open":
        raise mistake("no-files", read="read_text")


class _NoMore:
    """The last to be asked for a module: without it, Python would look for files."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        raise mistake("no-module", module=name)


def _import(name, globals=None, locals=None, fromlist=(), level=0):
    if level != 0 or name.partition(".")[0] not in MODULES:
        raise mistake("no-module", module=name or ".")
    return builtins.__import__(name, globals, locals, fromlist, level)


def _at_build():
    """Repairs that call nothing of the host; they are part of the snapshot."""
    time.time = _now
    time.time_ns = lambda: int(host.now_ms()) * 1_000_000
    time.monotonic = time.perf_counter = time.process_time = time.thread_time = _now
    time.monotonic_ns = time.perf_counter_ns = time.process_time_ns = time.thread_time_ns = time.time_ns
    time.gmtime, time.ctime = _with_now(time.gmtime), _with_now(time.ctime)
    # The clock of a plugin is the world's; the school's day is `today()`.
    time.localtime = time.gmtime
    time.strftime, time.asctime = _with_now(time.strftime, 1), _with_now(time.asctime, 0)
    time.sleep = refuse("no-waiting")
    _pydatetime.date.today = classmethod(_today)
    builtins.input = refuse("no-input")
    random.Random, random.SystemRandom = _Random, refuse("no-module", module="SystemRandom")


# Deep recursion is to end in words before it ends the stack that WebAssembly has.
RECURSION_MAX = 400


def names_of_script():
    """The built-in functions as a script has them."""
    return {**vars(builtins), "__import__": _import}


def begin():
    """Repairs for one run: no more files, seeds, the log."""
    # Also the compiler would look for a file, to show the line of a mistake; it goes on without one.
    sys.addaudithook(_audit)
    sys.meta_path[:], sys.path[:], sys.path_hooks[:] = [_NoMore], [], []
    sys.setrecursionlimit(RECURSION_MAX)
    sys.stdout, sys.stderr = _Out(host.Level.INFO), _Out(host.Level.WARN)
    random.seed(int(host.random() * 2**53))


def finish():
    """Writes the ends of the log."""
    sys.stdout.finish()
    sys.stderr.finish()


_at_build()
