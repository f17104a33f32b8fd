// What a script uses: every name of this module is there in the script.

import * as hostFiles from 'jospar:plugin/files@0.1.0';
import * as hostRun from 'jospar:plugin/host@0.1.0';
import * as hostLlm from 'jospar:plugin/llm@0.1.0';
import * as hostPlan from 'jospar:plugin/plan@0.1.0';
import * as hostStore from 'jospar:plugin/store@0.1.0';

import { choice, modelWasAsked } from './report.js';
import { decode, recordsOf, rowsOf } from './tables.js';
import { ask, asString, asText, mistake, phrase, PluginError } from './texts.js';
import { asCount, asNumber, toJson } from './values.js';

export { column, edit, HIDDEN, item, propose, Report, series, share } from './report.js';
export { join, PluginError, Refusal, text } from './texts.js';
export { fmt, parseNumber } from './values.js';
export * as stats from './stats.js';

const TASKS = new Map();

/** Names a function as a task of the manifest. */
export function task(name, call) {
  if (TASKS.has(asString(name))) throw mistake('same-task', { task: name });
  TASKS.set(name, call);
}

/** The function of a task. */
export function taskOf(name) {
  const call = TASKS.get(name);
  if (call === undefined) throw mistake('no-task', { task: name, tasks: [...TASKS.keys()].join(', ') || '0' });
  return call;
}

/** The school's day when the run began, as `YYYY-MM-DD`. */
export const today = () => hostRun.today();

/** The workspace as it stood when the run began. */
export const plan = {
  /** A part of the plan: objects and lists, in the form of `jospar export`. Needs `read:NAME`. */
  part: name => JSON.parse(ask(hostPlan.part, asString(name))),
  /** The documents' heads: equal heads, equal plan. */
  heads: () => ask(hostPlan.heads),
  /** A survey's counts, small groups hidden. Needs `survey:totals`. */
  surveyTotals: survey => JSON.parse(ask(hostPlan.surveyTotals, asString(survey))),
  /** A survey's answers, one row a person, shuffled. Needs `survey:rows`. */
  surveyRows: survey => JSON.parse(ask(hostPlan.surveyRows, asString(survey))),
  /** A lesson study's results. Needs `lesson:results`. */
  lessonResults: study => JSON.parse(ask(hostPlan.lessonResults, asString(study))),
  /** The data that another plugin returned last on this device. Needs `result:PLUGIN`. */
  pluginResult: plugin => JSON.parse(ask(hostPlan.pluginResult, asString(plugin))),
};

/** Files that a person gave to this run. Without a name the first one is meant. */
export const files = {
  /** The names, in the order given. */
  names: () => ask(hostFiles.files).map(each => each.name),
  /** A file's bytes. */
  readBytes: name => Uint8Array.from(ask(hostFiles.read, fileOf(name))),
  /** A file's text. Without `encoding`: UTF-8 or UTF-16 if it is that, else windows-1251. */
  readText: (name, { encoding } = {}) => decode(fileOf(name), files.readBytes(name), encoding),
  /** A table's rows: objects by the names of the first row, or without `header` lists of cells. */
  readCsv: (name, { delimiter, encoding, header = true } = {}) => {
    const rows = rowsOf(fileOf(name), files.readText(name, { encoding }), delimiter);
    return header ? recordsOf(fileOf(name), rows) : rows.map(([, cells]) => cells);
  },
};

function fileOf(name) {
  if (name !== undefined && name !== null) return asString(name);
  const [first] = files.names();
  if (first === undefined) throw new PluginError('not-found', phrase('no-file'));
  return first;
}

/** The run itself. */
export const host = {
  /** A setting of the manifest: the person's value, or the manifest's, or `otherwise`. */
  setting: (key, otherwise = null) => {
    const value = ask(hostRun.setting, asString(key));
    return value === undefined || value === null ? otherwise : JSON.parse(value);
  },
  /** Writes into the run's log; `print` and `console.log` do so too. */
  log: (message, level = 'info') =>
    ask(hostRun.log, choice(['debug', 'info', 'warn', 'error'], level), String(message)),
  /** Says how far the run is, 0 to 1. `false` when the person pressed stop. */
  progress: (done, note = '') => ask(hostRun.progress, asNumber(done), asText(note)),
  /** The next number of a fixed row, from 0 to below 1; `Math.random` as well. */
  random: () => ask(hostRun.random),
};

/** A cache of this plugin on this device: values that JSON can hold. Needs `store`. */
export const store = {
  /** The value of a key, or `otherwise`. */
  get: (key, otherwise = null) => {
    const value = ask(hostStore.get, asString(key));
    return value === undefined || value === null ? otherwise : JSON.parse(decode(key, Uint8Array.from(value), 'utf-8'));
  },
  /** Keeps a value. */
  set: (key, value) => ask(hostStore.set, asString(key), bytesOf(toJson(value))),
  /** Forgets a key. */
  delete: key => ask(hostStore.delete, asString(key)),
  /** The keys that begin with `prefix`. */
  keys: (prefix = '') => ask(hostStore.keys, asString(prefix)),
};

function bytesOf(content) {
  return Uint8Array.from(unescape(encodeURIComponent(content)), character => character.charCodeAt(0));
}

/** A language model, if the school has one. Needs `llm`. */
export const llm = {
  /** Asks with one of the host's templates and data by name; gives `text`, `model` and `truncated` back. */
  ask: (purpose, template, language, blocks, maxTokens = 1000) => {
    const named = Object.entries(blocks).map(([name, data]) => ({ name, text: asString(data) }));
    const words = { purpose: asString(purpose), template: asString(template), language: asString(language) };
    const reply = ask(hostLlm.ask, { ...words, blocks: named, maxTokens: asCount('maxTokens', maxTokens) });
    modelWasAsked();
    return reply;
  },
};
