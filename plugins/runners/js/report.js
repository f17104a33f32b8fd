// Reports and proposals, built call by call.

import { asString, asText, isPlain, mistake, phrase, shown } from './texts.js';
import { asCount, asNumber, decimalsOf, toJson } from './values.js';

const KINDS = ['bar', 'stacked-bar', 'line', 'radar', 'scatter'];
const TONES = ['info', 'good', 'warning', 'critical'];

/** A cell, a column, a row of a chart: told from what a script makes itself by its class. */
class Cell {
  constructor(tag, val) {
    this.tag = tag;
    this.val = val;
  }
}
class Column {}
class Series {}
class Edit extends Cell {}
export class Proposal {}

/** A number that is kept back so that nobody can be recognised. */
export const HIDDEN = new Cell('hidden');

/** A cell with a share, 0 to 1, shown in percent. */
export const share = value => new Cell('share', asNumber(value));

/** A cell with a thing of the plan, shown as its title with a link. */
export const item = path => new Cell('item', asString(path));

/** A column of a table with its `unit` and the digits after the decimal point, `decimals`. */
export function column(title, { unit, decimals } = {}) {
  return Object.assign(new Column(), { title: asText(title), unit: optional(unit), decimals });
}

/** A row of values of a chart, one for each category; in a scatter chart points `[x, y, label]`. */
export function series(name, values = [], points = []) {
  const numbers = Array.from(values, value => (isNothing(value) ? undefined : asNumber(value)));
  const marks = points.map(([x, y, label]) => ({ x: asNumber(x), y: asNumber(y), label: asText(label) }));
  return Object.assign(new Series(), { name: asText(name), values: numbers, points: marks });
}

const isNothing = value => value === undefined || value === null;
const optional = value => (isNothing(value) ? undefined : asText(value));

function optionalPair(value) {
  if (isNothing(value)) return undefined;
  if (!Array.isArray(value) || value.length !== 2) throw mistake('bad-number', { what: shown(value) });
  return value.map(asNumber);
}

/** One of a closed list of words; `stacked_bar` is `stacked-bar`. */
export function choice(choices, what) {
  const name = String(what).replaceAll('_', '-');
  if (!choices.includes(name)) throw mistake('bad-choice', { what, choices: choices.join(', ') });
  return name;
}

function cell(value) {
  if (value instanceof Cell) return value;
  if (isNothing(value)) return { tag: 'empty' };
  if (typeof value === 'boolean') return { tag: 'text', val: phrase(value ? 'yes' : 'no') };
  if (typeof value === 'number') return { tag: 'number', val: asNumber(value) };
  if (typeof value === 'string' || isPlain(value)) {
    const words = asText(value);
    return words.kk || words.ru || words.en ? { tag: 'text', val: words } : { tag: 'empty' };
  }
  throw mistake('bad-cell', { what: shown(value) });
}

/** A report: `Report('Title').paragraph('…').table(…)`. Every call gives the report back. */
export class ReportBuilder {
  constructor(title) {
    this.title = asText(title);
    this.blocks = [];
  }

  #with(tag, val) {
    this.blocks.push({ tag, val });
    return this;
  }

  /** A heading of level 1, 2 or 3. */
  heading(text, level = 2) {
    return this.#with('heading', { level: asCount('level', level, 1, 3), text: asText(text) });
  }

  /** A paragraph. */
  paragraph(text) {
    return this.#with('paragraph', asText(text));
  }

  /** A list of texts. */
  items(texts) {
    return this.#with('items', Array.from(texts, asText));
  }

  /** One number with what a reader must know of it: `unit`, `decimals`, `interval`, `n`, `method`, `source`. */
  number(label, value, { unit, decimals, interval, n, method, source } = {}) {
    return this.#with('number', {
      label: asText(label),
      value: asNumber(value),
      unit: optional(unit),
      decimals: decimalsOf(decimals, [value]),
      interval: optionalPair(interval),
      n: isNothing(n) ? undefined : asCount('n', n),
      method: optional(method),
      source: isNothing(source) ? undefined : asString(source),
    });
  }

  /** A table. A column is a text or `column(…)`; a cell a text, a number, `null`, `share`, `item` or `HIDDEN`. */
  table(columns, rows, { title = '' } = {}) {
    const heads = Array.from(columns, each => (each instanceof Column ? each : column(each)));
    const cells = Array.from(rows, (row, at) => {
      if (!Array.isArray(row) || row.length !== heads.length) {
        const size = Array.isArray(row) ? row.length : shown(row);
        throw mistake('bad-row', { row: at + 1, cells: size, columns: heads.length });
      }
      return row.map(cell);
    });
    const titled = heads.map(({ title, unit, decimals }, at) => {
      const numbers = cells.map(row => row[at]).filter(each => each.tag === 'number').map(each => each.val);
      return { title, unit, decimals: decimalsOf(decimals, numbers) };
    });
    return this.#with('table', { title: asText(title), columns: titled, rows: cells });
  }

  /** A chart: `bar`, `stacked-bar`, `line`, `radar`, `scatter`. Rows: `{name: [1, 2]}` or a list of `series(…)`. */
  chart(kind, title, categories, rows, { unit, axis } = {}) {
    const named = choice(KINDS, kind);
    const texts = Array.from(categories, asText);
    const all = isPlain(rows) ? Object.entries(rows).map(([name, values]) => series(name, values)) : Array.from(rows);
    for (const row of all) {
      if (!(row instanceof Series)) throw mistake('bad-cell', { what: shown(row) });
      if (named !== 'scatter' && row.values.length !== texts.length) {
        throw mistake('bad-series', { name: row.name, values: row.values.length, categories: texts.length });
      }
    }
    return this.#with('chart', {
      title: asText(title),
      kind: named,
      categories: texts,
      series: all,
      unit: optional(unit),
      axis: optionalPair(axis),
    });
  }

  /** A box that stands out: `info`, `good`, `warning` or `critical`. */
  callout(tone, text) {
    return this.#with('callout', { tone: choice(TONES, tone), text: asText(text) });
  }

  /** Somebody's words, and whose they are. */
  quotation(text, source) {
    return this.#with('quotation', { text: asString(text), source: asText(source) });
  }
}

/** A report, with `new` or without. */
export function Report(title) {
  return new ReportBuilder(title);
}

/** What a proposal would change. */
export const edit = {
  /** Writes a value at a path; `null` clears. */
  set: (path, value) => new Edit('set', { path: asString(path), value: toJson(value) }),
  /** Adds an item to a list. */
  add: (path, fields, { id, after } = {}) =>
    new Edit('add', { path: asString(path), id, fields: toJson(fields), after }),
  /** Removes an item. */
  remove: path => new Edit('remove', asString(path)),
  /** Puts a text in place of the text at a path; what others wrote meanwhile stays. */
  write: (path, text) => new Edit('write', { path: asString(path), text: asString(text) }),
};

let origin = 'computed';

/** A model was asked: what is proposed afterwards may be its words. */
export function modelWasAsked() {
  origin = 'model';
}

/** Edits that belong together, with the reason. A person accepts them, or not. */
export function propose(title, reason, ...edits) {
  for (const each of edits) {
    if (!(each instanceof Edit)) throw mistake('bad-edit', { what: shown(each) });
  }
  return Object.assign(new Proposal(), { title: asText(title), reason: asText(reason), origin, edits });
}
