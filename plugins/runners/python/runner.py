"""Runs one script as a plugin: `run` of the world `script-runner`. The interface: plugins/wit/plugin.wit."""

# First: everything else is to see what it mends.
import repairs

import gc  # noqa: E402
import inspect

import wit_world
from componentize_py_types import Err
from wit_world.imports import host, proposals, script, types

import jospar
from texts import PluginError, Text, WORDS, as_code, mistake, phrase, shown
from values import to_json

SCRIPT = "script"
# How many steps of the way to a mistake the log shows.
STEPS_MAX = 20


class WitWorld(wit_world.WitWorld):
    """The plugin, as the host sees it."""

    def run(self, task):
        repairs.begin()
        try:
            outcome = run_task(task)
            repairs.finish()
            return outcome
        except BaseException as error:
            repairs.finish()
            raise Err(in_words(error)) from None


def run_task(task):
    source = script.source()
    names = {name: getattr(jospar, name) for name in jospar.__all__}
    names |= {"__name__": SCRIPT, "__builtins__": repairs.names_of_script()}
    exec(compile(source, SCRIPT, "exec", dont_inherit=True), names)
    if task not in jospar.TASKS:
        raise mistake("no-task", task=task, tasks=", ".join(jospar.TASKS) or "0")
    return outcome_of(jospar.TASKS[task]())


def outcome_of(result):
    """What a task may return: nothing, a report, or up to three of report, proposals, data."""
    if inspect.iscoroutine(result):
        result.close()
        raise mistake("no-async")
    parts = list(result) if isinstance(result, tuple) else [result]
    report, made, data = (parts + [None, None, None])[:3]
    if len(parts) > 3 or not isinstance(report, (jospar.Report, type(None))):
        raise mistake("bad-result", what=shown(result))
    made = [] if made is None else [made] if isinstance(made, proposals.Proposal) else made
    if not isinstance(made, (list, tuple)) or not all(isinstance(each, proposals.Proposal) for each in made):
        raise mistake("bad-result", what=shown(result))
    shape = None if report is None else jospar.report.reports.Report(report.title, report.blocks)
    return wit_world.Outcome(shape, list(made), to_json(data))


def in_words(error):
    """An exception as an error of the interface, with the line of the script where it is the script's mistake."""
    steps = steps_of(error)
    for line, name in steps[-STEPS_MAX:]:
        host.log(host.Level.ERROR, f"line {line}, in {name}")
    if isinstance(error, PluginError) and error.code != "internal":
        return types.Error(as_code(error.code), error.message)
    if isinstance(error, PluginError):
        what = error.message
    else:
        what = meant(error)
    if steps:
        what = phrase("line", line=steps[-1][0], what=what)
    host.log(host.Level.ERROR, what.en)
    return types.Error(types.Code.INTERNAL, what)


def steps_of(error):
    """The lines of the script on the way to the error, the last one being where it happened."""
    steps = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == SCRIPT:
            steps.append((trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename == SCRIPT and error.lineno:
        steps.append((error.lineno, "<syntax>"))
    return steps


def meant(error):
    """The exception's name and words, and what it means where `words.json` knows."""
    name = type(error).__name__
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    what = f"{name}: {said}" if said else name
    for kind in type(error).__mro__:
        if kind.__name__ in WORDS:
            meaning = WORDS[kind.__name__]
            return phrase("meant", what=what, meaning=Text(meaning["kk"], meaning["ru"], what))
    return Text(what, what, what)




def _clear_free_memory():
    """Overwrites what freed objects left behind, so that it is not part of the snapshot: 3 of 20 MB."""
    gc.collect()
    sizes = (1 << 16, 1 << 14, 1 << 12, 1 << 10, 600)
    zeros = [[bytearray(size) for _ in range((1 << 20) // size)] for size in sizes]
    zeros.clear()
    gc.collect()


_clear_free_memory()
