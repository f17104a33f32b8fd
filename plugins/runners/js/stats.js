// The statistics that a school needs most; the same numbers as `stats` in Python, to the last bit.

import { refused } from './texts.js';
import { asCount, asNumber } from './values.js';

// The quantile 0.975 of the normal distribution.
const Z95 = 1.959963984540054;

function numbersOf(name, values, least = 1) {
  const numbers = Array.from(values, asNumber);
  if (numbers.length < least) throw refused('no-values', { name, least, n: numbers.length });
  return numbers;
}

const sum = numbers => numbers.reduce((total, number) => total + number, 0);

/** The arithmetic mean. */
export function mean(values) {
  const numbers = numbersOf('mean', values);
  return sum(numbers) / numbers.length;
}

/** The middle value; between two middle ones their mean. */
export function median(values) {
  return quantile(numbersOf('median', values), 0.5);
}

/** The standard deviation of a sample (divided by n − 1). */
export function stdev(values) {
  const numbers = numbersOf('stdev', values, 2);
  const middle = sum(numbers) / numbers.length;
  return Math.sqrt(sum(numbers.map(number => (number - middle) * (number - middle))) / (numbers.length - 1));
}

/** The quantile of type 7 (Hyndman and Fan 1996): linear between values, position (n − 1)·p. */
export function quantile(values, p) {
  const numbers = numbersOf('quantile', values).sort((a, b) => a - b);
  const position = (numbers.length - 1) * Math.min(Math.max(asNumber(p), 0), 1);
  const below = Math.floor(position);
  const low = numbers[below];
  const high = numbers[Math.min(below + 1, numbers.length - 1)];
  return low + (position - below) * (high - low);
}

/** The ends of Wilson's interval of 95 % for a share: `[low, high]`. */
export function wilson(successes, n) {
  asCount('successes', successes);
  asCount('n', n);
  if (n === 0) throw refused('no-values', { name: 'wilson', least: 1, n: 0 });
  if (successes > n) throw refused('bad-share', { name: 'wilson', successes, n });
  const share = successes / n;
  const middle = share + Z95 * Z95 / (2 * n);
  const half = Z95 * Math.sqrt(share * (1 - share) / n + Z95 * Z95 / (4 * n * n));
  const divisor = 1 + Z95 * Z95 / n;
  // At 0 and n the end is exactly 0 or 1; rounding would leave a crumb.
  const low = successes === 0 ? 0 : Math.min(Math.max((middle - half) / divisor, 0), share);
  const high = successes === n ? 1 : Math.max(Math.min((middle + half) / divisor, 1), share);
  return [low, high];
}
