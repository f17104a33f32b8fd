// Runs one script as a plugin: `run` of the world `script-runner`. The interface: plugins/wit/plugin.wit.

import * as host from 'jospar:plugin/host@0.1.0';
import { source } from 'jospar:plugin/script@0.1.0';

import * as jospar from './jospar.js';
import { repair } from './repairs.js';
import { Proposal, ReportBuilder } from './report.js';
import { meaning, mistake, phrase, PluginError, shown } from './texts.js';
import { toJson } from './values.js';

// How the engine names the text given to `eval`: in steps of a stack, and in mistakes of grammar.
const STEP = /\(?<(?:input|evalScript|eval)>:(\d+)(?::\d+)?\)?/;

repair();
for (const name of Object.keys(jospar)) {
  if (name !== 'taskOf') globalThis[name] = jospar[name];
}

/** The plugin, as the host sees it. */
export function run(task) {
  try {
    // Indirect, so that the script sees the global names and nothing of the runner. On the same line, so that the
    // lines of its mistakes are the script's.
    (0, eval)(`'use strict'; ${source()}`);
    return outcomeOf(jospar.taskOf(task)());
  } catch (error) {
    throw Object.assign(new Error('plugin'), { payload: inWords(error) });
  }
}

/** What a task may return: nothing, a report, a list or an object of up to three: report, proposals, data. */
function outcomeOf(result) {
  if (typeof result?.then === 'function') throw mistake('no-async');
  const isOne = result === undefined || result === null || result instanceof ReportBuilder;
  const parts = isOne ? [result] : result;
  if (!Array.isArray(parts) || parts.length > 3) throw mistake('bad-result', { what: shown(result) });
  const [report, made, data] = parts;
  const proposals = made instanceof Proposal ? [made] : made ?? [];
  const isReport = report === undefined || report === null || report instanceof ReportBuilder;
  if (!isReport || !Array.isArray(proposals) || !proposals.every(each => each instanceof Proposal)) {
    throw mistake('bad-result', { what: shown(result) });
  }
  const shape = report ? { title: report.title, blocks: report.blocks } : undefined;
  return { report: shape, proposals, data: toJson(data) };
}

/** An exception as an error of the interface, with the line of the script where it is the script's mistake. */
function inWords(error) {
  const steps = stepsOf(error);
  for (const step of steps) host.log('error', step);
  if (error instanceof PluginError && error.code !== 'internal') return { code: error.code, message: error.text };
  let what = error instanceof PluginError ? error.text : meant(error);
  const line = steps.length > 0 ? STEP.exec(steps[0])[1] : undefined;
  if (line !== undefined) what = phrase('line', { line, what });
  host.log('error', what.en);
  return { code: 'internal', message: what };
}

/** The steps of the stack that are in the script, the first one being where it happened. */
function stepsOf(error) {
  const stack = typeof error?.stack === 'string' ? error.stack : '';
  return stack.split('\n').filter(step => STEP.test(step)).map(step => step.trim());
}

/** The exception's name and words, and what it means where `words.json` knows. */
function meant(error) {
  // The engine throws `null` where there is no memory left for an error.
  if (error === null) return meaning('MemoryError');
  const what = error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
  const words = error instanceof Error ? meaning(error.name) : undefined;
  if (words === undefined) return { kk: what, ru: what, en: what };
  return phrase('meant', { what, meaning: { ...words, en: what } });
}
