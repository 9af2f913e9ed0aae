import { compareText } from '../../model/text-order.ts';

/** Order of versions of a language's packages, as for `Array.sort`; asked only of versions that have a place in it. */
export interface VersionOrder {
  compare: (a: string, b: string) => number;
  canCompare: (version: string) => boolean;
}

const compareNumbers = (a: string, b: string): number => {
  const [left, right] = [a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, '')];
  return left.length - right.length || compareText(left, right);
};
const isNumber = (text: string): boolean => /^\d+$/.test(text);

/** Compares lists part by part; `missing` stands for what the shorter one has not. */
function compareLists<Part>(
  [a, b]: readonly [readonly Part[], readonly Part[]],
  missing: Part,
  compare: (a: Part, b: Part) => number,
): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = compare(a[i] ?? missing, b[i] ?? missing);
    if (difference !== 0) return difference;
  }
  return 0;
}

const SEMVER = /^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]*)?$/;

const partsOf = (version: string): readonly (string | undefined)[] => SEMVER.exec(version) ?? [];

/** Semantic Versioning 2.0.0, section 11; numbers that are left out are 0. */
export const semver: VersionOrder = {
  canCompare: (version) => SEMVER.test(version),
  compare: (a, b) => {
    const [, left = '', preLeft = null] = partsOf(a);
    const [, right = '', preRight = null] = partsOf(b);
    const difference = compareLists([left.split('.'), right.split('.')], '0', compareNumbers);
    if (difference !== 0 || preLeft === preRight) return difference;
    if (preLeft === null || preRight === null) return preLeft === null ? 1 : -1;
    return compareLists([preLeft.split('.'), preRight.split('.')], '', comparePrerelease);
  },
};

function comparePrerelease(a: string, b: string): number {
  if (a === '' || b === '') return Number(a !== '') - Number(b !== '');
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  return Number(!isNumber(a)) - Number(!isNumber(b)) || compareText(a, b);
}

const PEP440 =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(?:post|rev|r)[-_.]?(\d*))?(?:[-_.]?dev[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/i;
const PRE: Record<string, number> = { a: 1, alpha: 1, b: 2, beta: 2, c: 3, rc: 3, pre: 3, preview: 3 };

/** PEP 440, "Summary of permitted suffixes and relative ordering". */
export const pep440: VersionOrder = {
  canCompare: (version) => PEP440.test(version.trim()),
  compare: (a, b) => {
    const [left, right] = [pepKey(a), pepKey(b)];
    return (
      compareNumbers(left.epoch, right.epoch) ||
      compareLists([left.release, right.release], '0', compareNumbers) ||
      compareLists([left.rest, right.rest], 0, (one, two) => one - two) ||
      compareLists([left.local, right.local], '', compareLocal)
    );
  },
};

/** Nothing, then letters, then numbers. */
function compareLocal(a: string, b: string): number {
  const rank = (text: string): number => (text === '' ? 0 : isNumber(text) ? 2 : 1);
  return rank(a) - rank(b) || (isNumber(a) ? compareNumbers(a, b) : compareText(a, b));
}

function pepKey(version: string) {
  const [, epoch = '0', release = '0', pre, preNumber, dash, post, dev, local] =
    PEP440.exec(version.trim()) ?? [];
  const text = version.trim().toLowerCase();
  const isPost = dash !== undefined || post !== undefined;
  const isDev = dev !== undefined && text.includes('dev');
  const number = (digits: string | undefined): number =>
    Number(digits === undefined || digits === '' ? 0 : digits);
  const phase = pre !== undefined ? (PRE[pre.toLowerCase()] ?? 3) : !isPost && isDev ? 0 : 4;
  return {
    epoch,
    release: release.split('.'),
    rest: [phase, number(preNumber), isPost ? 1 + number(dash ?? post) : 0, isDev ? number(dev) : Infinity],
    local: (local ?? '').toLowerCase().split(/[-_.]/),
  };
}

const GEM = /^\d+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** Gem::Version: letters begin a prerelease. */
export const gem: VersionOrder = {
  canCompare: (version) => GEM.test(version),
  compare: (a, b) => compareLists([gemParts(a), gemParts(b)], '0', compareGemParts),
};

const gemParts = (version: string): string[] =>
  version.replaceAll('-', '.pre.').match(/\d+|[A-Za-z]+/g) ?? [];

function compareGemParts(a: string, b: string): number {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  return Number(isNumber(a)) - Number(isNumber(b)) || compareText(a, b);
}

interface MavenToken {
  /** `.` or `-`. */
  after: string;
  text: string;
}

const QUALIFIERS = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const SAME: Record<string, string> = { ga: '', final: '', release: '', cr: 'rc' };
const SHORT: Record<string, string> = { a: 'alpha', b: 'beta', m: 'milestone' };

/** Maven's ComparableVersion, as the POM reference describes it ("Version Order Specification"). */
export const maven: VersionOrder = {
  canCompare: (version) => /\d/.test(version) && !/[\s[\](),$]/.test(version),
  compare: (a, b) => {
    const [left, right] = [mavenTokens(a), mavenTokens(b)];
    for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
      const [one, two] = [left[i], right[i]];
      const difference = compareMaven(one ?? padding(two), two ?? padding(one));
      if (difference !== 0) return difference;
    }
    return 0;
  },
};

const padding = (token: MavenToken | undefined): MavenToken =>
  token !== undefined && isNumber(token.text) ? { after: token.after, text: '0' } : { after: '-', text: '' };

function mavenTokens(version: string): MavenToken[] {
  const tokens: MavenToken[] = [];
  let after = '-';
  for (const [part] of version.toLowerCase().matchAll(/\d+|[^\d.-]+|[.-]/g)) {
    if (part === '.' || part === '-') {
      after = part;
      continue;
    }
    tokens.push({ after, text: part });
    // From a digit to a letter, and back, is like a hyphen.
    after = '-';
  }
  return trimmed(
    tokens.map(({ after: sign, text }, i) => {
      const isShort = Object.hasOwn(SHORT, text) && isNumber(tokens[i + 1]?.text ?? '');
      return { after: sign, text: (isShort ? SHORT[text] : SAME[text]) ?? text };
    }),
  );
}

/** What stands for nothing at the end, and before a hyphen, says nothing. */
function trimmed(tokens: MavenToken[]): MavenToken[] {
  const kept = [...tokens];
  const isNull = ({ text }: MavenToken): boolean => text === '' || /^0+$/.test(text);
  for (let i = kept.length - 1; i > 0; i -= 1) {
    const token = kept[i];
    const next = kept[i + 1];
    if (token !== undefined && isNull(token) && (next === undefined || next.after === '-')) kept.splice(i, 1);
  }
  return kept;
}

function compareMaven(a: MavenToken, b: MavenToken): number {
  const kind = ({ after, text }: MavenToken): number => (!isNumber(text) ? 0 : after === '-' ? 1 : 2);
  if (kind(a) !== kind(b)) return kind(a) - kind(b);
  if (kind(a) > 0) return compareNumbers(a.text, b.text);
  const rank = ({ text }: MavenToken): number => {
    const known = QUALIFIERS.indexOf(text);
    return known < 0 ? QUALIFIERS.length : known;
  };
  return rank(a) - rank(b) || compareText(a.text, b.text);
}
