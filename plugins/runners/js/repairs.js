// What JavaScript lacks without an operating system, put over the host or refused in words.

import * as host from 'jospar:plugin/host@0.1.0';

import { mistake } from './texts.js';

const RealDate = Date;

/** A value as `print` shows it. */
function printed(value) {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

function log(level) {
  return (...values) => host.log(level, values.map(printed).join(' '));
}

/** A function, or a class, that is not there: it says so. */
function refuse(key) {
  return function refusing() {
    throw mistake(key);
  };
}

/** `Date` with the time when the run began. */
function DateOfRun(...given) {
  if (new.target === undefined) return new RealDate(host.nowMs()).toString();
  return Reflect.construct(RealDate, given.length === 0 ? [host.nowMs()] : given, new.target);
}

/** Calls nothing of the host: this is part of the snapshot. */
export function repair() {
  Object.defineProperties(DateOfRun, {
    prototype: { value: RealDate.prototype, writable: false },
    name: { value: 'Date' },
    now: { value: () => host.nowMs() },
    parse: { value: RealDate.parse },
    UTC: { value: RealDate.UTC },
  });
  RealDate.prototype.constructor = DateOfRun;
  const console = { debug: log('debug'), log: log('info'), info: log('info'), warn: log('warn'), error: log('error') };
  Object.assign(globalThis, { Date: DateOfRun, console, print: log('info') });
  Math.random = () => host.random();
  const refused = {
    'no-network': ['fetch', 'XMLHttpRequest', 'WebSocket'],
    'no-waiting': ['setTimeout', 'setInterval', 'setImmediate'],
    'no-import': ['require'],
    'no-input': ['prompt', 'alert', 'confirm'],
  };
  for (const [key, names] of Object.entries(refused)) {
    for (const name of names) globalThis[name] = refuse(key);
  }
}
