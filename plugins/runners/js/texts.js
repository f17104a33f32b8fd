// Texts in three languages, and the errors that carry them.

import WORDS from './words.json';

export const LANGUAGES = ['kk', 'ru', 'en'];

/** An error with a code of the interface (`denied`, `not-found`, `invalid`, `refused`, …) and a text for a person. */
export class PluginError extends Error {
  constructor(code, text) {
    const words = asText(text);
    super(`${code}: ${words.en}`);
    this.name = 'PluginError';
    this.code = code;
    this.text = words;
  }
}

/** The data do not allow the calculation: `throw new Refusal('…')`, or with `{kk, ru, en}`. */
export class Refusal extends PluginError {
  constructor(text) {
    super('refused', text);
  }
}

/** A text: one string for all three languages, or one for each. A language left empty takes the first one there is. */
export function text(given) {
  return asText(given);
}

export function asString(value) {
  if (typeof value !== 'string') throw mistake('bad-text', { what: shown(value) });
  return value;
}

/** What a script gives where a text is needed: a string, `text(…)`, or `{kk, ru, en}` of the plan. */
export function asText(value) {
  if (typeof value === 'string') return { kk: value, ru: value, en: value };
  if (!isPlain(value)) throw mistake('bad-text', { what: shown(value) });
  for (const language of Object.keys(value)) {
    if (!LANGUAGES.includes(language)) throw mistake('bad-language', { what: shown(language) });
  }
  const first = LANGUAGES.map(language => value[language]).find(Boolean) ?? '';
  const of = language => asString(value[language] || first);
  return { kk: of('kk'), ru: of('ru'), en: of('en') };
}

/** One text out of several: texts, strings and whole numbers. */
export function join(...parts) {
  const texts = parts.map(part => asText(Number.isInteger(part) ? String(part) : part));
  const of = language => texts.map(each => each[language]).join('');
  return { kk: of('kk'), ru: of('ru'), en: of('en') };
}

export function isPlain(value) {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** A value as an error shows it: its kind, and its beginning. */
export function shown(value) {
  let what = String(value);
  try {
    what = typeof value === 'function' ? value.name : JSON.stringify(value) ?? what;
  } catch {
    // What cannot be written as JSON is shown as a string.
  }
  return `${Array.isArray(value) ? 'array' : typeof value} ${what.slice(0, 60)}${what.length > 60 ? '…' : ''}`;
}

/** A text of `words.json` with its values; a value may be a text itself. */
export function phrase(key, values = {}) {
  const of = language => {
    let words = WORDS[key][language];
    for (const [name, value] of Object.entries(values)) {
      words = words.split(`{${name}}`).join(isPlain(value) ? value[language] : String(value));
    }
    return words;
  };
  return { kk: of('kk'), ru: of('ru'), en: of('en') };
}

/** What an error's name means, in `words.json`; `undefined` if it does not know. */
export function meaning(name) {
  return Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
}

/** A mistake of the script, to be thrown. */
export function mistake(key, values) {
  return new PluginError('internal', phrase(key, values));
}

/** What the data do not allow, to be thrown. */
export function refused(key, values) {
  return new PluginError('refused', phrase(key, values));
}

/** Calls the host; its error becomes a `PluginError`. */
export function ask(call, ...args) {
  try {
    return call(...args);
  } catch (error) {
    const said = error?.payload;
    if (said === undefined) throw error;
    throw new PluginError(said.code, said.message);
  }
}
