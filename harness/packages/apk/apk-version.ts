import { compareText } from '../../model/text-order.ts';

/** What may follow the numbers, before them (`_rc1` comes before the release) and after. */
const SUFFIXES = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p'];
const NONE = SUFFIXES.indexOf('');

interface ApkVersion {
  numbers: string[];
  letter: string;
  suffixes: { rank: number; number: string }[];
  revision: string;
  /** What is none of this; apk takes such a version for invalid. */
  rest: string;
}

const NAMES = SUFFIXES.filter((name) => name !== '').join('|');
const VERSION = new RegExp(
  `^(\\d*(?:\\.\\d+)*)([a-z]?)((?:_(?:${NAMES})\\d*)*)(?:~[0-9a-f]+)?(?:-r(\\d+))?(.*)$`,
  's',
);

/**
 * Order of Alpine versions, `1.2.3b_rc1-r4` (apk-package(5), version.c of apk-tools). Total for any two strings: what
 * apk would not take for a version is compared as far as it is one, then as text.
 * @returns a number below, equal to or above 0, as for `Array.sort`
 */
export function compareApkVersions(a: string, b: string): number {
  const left = parseApkVersion(a);
  const right = parseApkVersion(b);
  return (
    compareNumberLists(left.numbers, right.numbers) ||
    compareText(left.letter, right.letter) ||
    compareSuffixes(left.suffixes, right.suffixes) ||
    compareNumbers(left.revision, right.revision) ||
    compareText(left.rest, right.rest)
  );
}

function parseApkVersion(text: string): ApkVersion {
  const [, numbers = '', letter = '', suffixes = '', revision = '0', rest = ''] = VERSION.exec(text) ?? [];
  const read = [...suffixes.matchAll(/_([a-z]+)(\d*)/g)].map(([, name = '', number = '']) => ({
    rank: SUFFIXES.indexOf(name),
    number,
  }));
  return { numbers: numbers.split('.'), letter, suffixes: read, revision, rest };
}

/** After the first, a number that begins with 0 is read as what follows a decimal point. */
function compareNumberLists(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const [left, right] = [a[i], b[i]];
    if (left === undefined || right === undefined)
      return Number(left !== undefined) - Number(right !== undefined);
    const fraction = i > 0 && (left.startsWith('0') || right.startsWith('0'));
    const difference = fraction ? compareText(left, right) : compareNumbers(left, right);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareSuffixes(a: ApkVersion['suffixes'], b: ApkVersion['suffixes']): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const left = a[i] ?? { rank: NONE, number: '' };
    const right = b[i] ?? { rank: NONE, number: '' };
    const difference = left.rank - right.rank || compareNumbers(left.number, right.number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Decimal numbers of any length, leading zeros ignored; empty is 0. */
function compareNumbers(a: string, b: string): number {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  return left.length - right.length || compareText(left, right);
}
