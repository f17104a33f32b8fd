// Tables out of bytes: encoding and delimiter guessed, mistakes named with their line.

import { mistake, phrase, PluginError, shown } from './texts.js';

const ENCODINGS = ['utf-8', 'utf-16', 'windows-1251', 'kz-1048'];
const DELIMITERS = [';', ',', '\t'];

// The upper halves of the two code pages; U+FFFD where there is no character.
const WINDOWS_1251 =
  'ЂЃ\u201aѓ\u201e\u2026\u2020\u2021\u20ac\u2030Љ\u2039ЊЌЋЏђ\u2018\u2019\u201c\u201d\u2022\u2013\u2014' +
  '\ufffd\u2122љ\u203aњќћџ\u00a0ЎўЈ\u00a4Ґ\u00a6\u00a7Ё\u00a9Є\u00ab\u00ac\u00ad\u00aeЇ\u00b0\u00b1Ііґ' +
  '\u00b5\u00b6\u00b7ё\u2116є\u00bbјЅѕїАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя';
const KZ_1048 =
  'ЂЃ\u201aѓ\u201e\u2026\u2020\u2021\u20ac\u2030Љ\u2039ЊҚҺЏђ\u2018\u2019\u201c\u201d\u2022\u2013\u2014' +
  '\ufffd\u2122љ\u203aњқһџ\u00a0ҰұӘ\u00a4Ө\u00a6\u00a7Ё\u00a9Ғ\u00ab\u00ac\u00ad\u00aeҮ\u00b0\u00b1Ііө' +
  '\u00b5\u00b6\u00b7ё\u2116ғ\u00bbәҢңүАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя';

/** A text of bytes. Without `encoding`: by the mark at the beginning; else UTF-8; else windows-1251. */
export function decode(name, bytes, encoding) {
  if (encoding === undefined || encoding === null) {
    const mark = bytes[0] * 256 + bytes[1];
    if (mark === 0xfffe || mark === 0xfeff) return decode(name, bytes, 'utf-16');
    return utf8(bytes) ?? decode(name, bytes, 'windows-1251');
  }
  if (!ENCODINGS.includes(encoding)) {
    throw mistake('bad-choice', { what: shown(encoding), choices: ENCODINGS.join(', ') });
  }
  const of = { 'utf-8': utf8, 'utf-16': utf16, 'windows-1251': codePage(WINDOWS_1251), 'kz-1048': codePage(KZ_1048) };
  const content = of[encoding](bytes);
  if (content === null) throw new PluginError('invalid', phrase('bad-encoding', { file: name, encoding }));
  return content;
}

/** A string of code units, in pieces: a call takes only so many arguments. */
function stringOf(units) {
  let content = '';
  for (let at = 0; at < units.length; at += 8192) {
    content += String.fromCharCode.apply(null, units.subarray(at, at + 8192));
  }
  return content;
}

const withoutMark = content => (content.startsWith('\ufeff') ? content.slice(1) : content);

function utf8(bytes) {
  try {
    // The one strict decoder that the language itself has: of percent signs.
    return withoutMark(decodeURIComponent(escape(stringOf(bytes))));
  } catch {
    return null;
  }
}

function utf16(bytes) {
  const big = bytes[0] === 0xfe && bytes[1] === 0xff;
  if (bytes.length % 2 !== 0) return null;
  const units = new Uint16Array(bytes.length / 2);
  for (let at = 0; at < units.length; at += 1) {
    const [first, second] = [bytes[2 * at], bytes[2 * at + 1]];
    units[at] = big ? first * 256 + second : second * 256 + first;
  }
  const content = withoutMark(stringOf(units));
  return content.isWellFormed() ? content : null;
}

function codePage(upper) {
  return bytes => {
    const units = Uint16Array.from(bytes, byte => (byte < 0x80 ? byte : upper.charCodeAt(byte - 0x80)));
    const content = stringOf(units);
    return content.includes('\ufffd') ? null : content;
  };
}

/** The delimiter that the first line has most often; of equals the first of `;`, `,`, tab. */
export function guessDelimiter(content) {
  const counts = new Map(DELIMITERS.map(delimiter => [delimiter, 0]));
  let quoted = false;
  for (const character of content.replace(/^[\r\n]+/, '')) {
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '\r' || character === '\n') break;
    else if (counts.has(character)) counts.set(character, counts.get(character) + 1);
  }
  return DELIMITERS.reduce((best, each) => (counts.get(each) > counts.get(best) ? each : best));
}

/** The rows as `[line, cells]`, the line each begins on; rows without any content are left out. */
export function rowsOf(name, content, given) {
  const delimiter = given ?? guessDelimiter(content);
  if (typeof delimiter !== 'string' || delimiter.length !== 1 || '"\r\n'.includes(delimiter)) {
    throw mistake('bad-choice', { what: shown(delimiter), choices: '; , \\t' });
  }
  const plain = new RegExp(`[^\\r\\n\\u${delimiter.charCodeAt(0).toString(16).padStart(4, '0')}]*`, 'y');
  const quoted = /"((?:[^"]|"")*)"/y;
  const take = (pattern, at) => {
    pattern.lastIndex = at;
    return pattern.exec(content);
  };
  const rows = [];
  let [row, line, first] = [[], 1, 1];
  for (let at = 0; at < content.length || row.length > 0; ) {
    const isQuoted = content[at] === '"';
    const found = take(isQuoted ? quoted : plain, at);
    const end = found === null ? -1 : at + found[0].length;
    const next = content[end];
    if (end < 0 || ![delimiter, '\r', '\n', undefined].includes(next)) {
      throw new PluginError('invalid', phrase('csv-quote', { file: name, line: first }));
    }
    if (isQuoted) line += (found[1].match(/\r\n|\r|\n/g) ?? []).length;
    row.push(isQuoted ? found[1].replaceAll('""', '"') : found[0]);
    at = end + 1;
    if (next === delimiter) continue;
    if (next === '\r' && content[at] === '\n') at += 1;
    if (row.some(cell => cell.trim() !== '')) rows.push([first, row]);
    line += 1;
    [row, first] = [[], line];
  }
  return rows;
}

/** Rows as objects by the names in the first row. A column without a name is called by its number. */
export function recordsOf(name, rows) {
  if (rows.length === 0) return [];
  const names = [];
  withoutTail(rows[0][1], 0).forEach((cell, at) => {
    const title = cell.trim() || String(at + 1);
    names.push(names.includes(title) ? `${title} (${at + 1})` : title);
  });
  return rows.slice(1).map(([line, cells]) => {
    const row = withoutTail(cells, names.length);
    if (row.length > names.length) {
      const values = { file: name, line, cells: row.length, columns: names.length };
      throw new PluginError('invalid', phrase('csv-row', values));
    }
    return Object.fromEntries(names.map((title, at) => [title, row[at] ?? '']));
  });
}

/** A row without the empty cells at its end that a spreadsheet adds. */
function withoutTail(row, least) {
  let end = row.length;
  while (end > least && row[end - 1].trim() === '') end -= 1;
  return row.slice(0, end);
}
