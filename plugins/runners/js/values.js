// Numbers as a report takes them, and JSON with the same bytes in both languages of scripts.

import { isPlain, mistake, shown } from './texts.js';

const DECIMALS_MAX = 9;
// Lists within lists; deeper ones go in a circle or are no data.
const DEPTH_MAX = 32;
const COUNT_MAX = 2 ** 32 - 1;

/** A finite number. */
export function asNumber(value) {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw mistake('bad-number', { what: shown(value) });
  return value;
}

/** A whole number between two bounds. */
export function asCount(name, value, low = 0, high = COUNT_MAX) {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw mistake('bad-count', { name, low, high, what: shown(value) });
  }
  return value;
}

/** The digits after the point: those given; else none if all values are whole, and two if not. */
export function decimalsOf(decimals, values) {
  if (decimals !== undefined && decimals !== null) return asCount('decimals', decimals, 0, DECIMALS_MAX);
  return values.every(Number.isInteger) ? 0 : 2;
}

/** A number as a text: with a decimal comma in Kazakh and Russian, a point in English; a half is rounded up. */
export function fmt(value, decimals) {
  const number = asNumber(value);
  // `toFixed` gives up at 1e21, where there are no decimals any more.
  const plain = Math.abs(number) < 1e21 ? number.toFixed(decimalsOf(decimals, [number])) : String(number);
  const point = /^-[0.]*$/.test(plain) ? plain.slice(1) : plain.replace(/^-/, '\u2212');
  const comma = point.replace('.', ',');
  return { kk: comma, ru: comma, en: point };
}

/** The number in a cell of a table, with a decimal point or comma; `null` if there is none. */
export function parseNumber(cell) {
  const digits = cell.replace(/\s+/g, '').replace(',', '.');
  return /^[+-]?\d+(\.\d+)?$/.test(digits) ? Number(digits) : null;
}

/** JSON without spaces. */
export function toJson(value) {
  return JSON.stringify(plain(value));
}

function plain(value, depth = 0) {
  if (depth > DEPTH_MAX) throw mistake('bad-json', { what: typeof value });
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return asNumber(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(each => plain(each, depth + 1));
  if (!isPlain(value)) throw mistake('bad-json', { what: shown(value) });
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, depth + 1)]));
}
