/** A date or time found in text. */
export interface DateText {
  text: string;
  from: number;
  to: number;
  /** Seconds since 1970, read as UTC where it names no zone; null for a time of day alone. */
  seconds: number | null;
  /** As it stands, zone left out of account; null for a time of day alone. */
  wall: number | null;
  zone: string;
  /** Digits alone, which could also be another number. */
  digits: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}';
const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AP]M)?`;
const ZONE = String.raw`(?:Z\b|[+-]\d{2}:?\d{2}\b|[+-]\d{2}\b|\b[A-Z]{3,8}\b)`;

type Groups = Partial<Record<'y' | 'm' | 'd' | 't' | 'z' | 'n', string>>;

/** Each with the groups `y`, `m`, `d`, `t` (time of day), `z` (zone) or `n` (an epoch). */
const FORMS: readonly RegExp[] = [
  // Tue Nov 24 20:01:27 UTC 2026
  new RegExp(
    String.raw`\b(?:[A-Z][a-z]{2},? )?(?<m>${MONTH}) {1,2}(?<d>\d{1,2}),? (?<t>${TIME})(?: (?<z>${ZONE}))? (?<y>\d{4})\b`,
    'g',
  ),
  // Tue, 24 Nov 2026 20:01:27 +0000
  new RegExp(
    String.raw`\b(?:[A-Z][a-z]{2,8},? )?(?<d>\d{1,2})[ -](?<m>${MONTH})[ -](?<y>\d{4})(?:[ T:](?<t>${TIME})(?: ?(?<z>${ZONE}))?)?`,
    'g',
  ),
  // Nov 24 2026, November 24, 2026
  new RegExp(
    String.raw`\b(?:[A-Z][a-z]{2,8},? )?(?<m>${MONTH}) {1,2}(?<d>\d{1,2}),? {1,2}(?<y>\d{4})\b(?:[ ,]+(?<t>${TIME})(?: ?(?<z>${ZONE}))?)?`,
    'g',
  ),
  // 2026-11-24T20:01:27.5+00:00
  new RegExp(
    String.raw`(?<!\d)(?<y>\d{4})[-/.](?<m>\d{2})[-/.](?<d>\d{2})(?!\d)(?:[T _](?<t>${TIME})(?: ?(?<z>${ZONE}))?)?`,
    'g',
  ),
  // 24.11.2026, 24/11/2026
  new RegExp(String.raw`(?<!\d)(?<d>\d{2})[./](?<m>\d{2})[./](?<y>\d{4})(?!\d)(?:[ ,]+(?<t>${TIME}))?`, 'g'),
  // 20261124T200127Z, 20261124200127, 20261124
  /(?<![\dA-Za-z])(?<y>(?:19|20)\d{2})(?<m>\d{2})(?<d>\d{2})(?:[T_-]?(?<t>\d{6}|\d{4})(?<z>Z|[+-]\d{2}(?::?\d{2})?)?)?(?![\dA-Za-z])/g,
  // 1.2+git20261124200127
  /(?<!\d)(?<y>20\d{2})(?<m>0[1-9]|1[0-2])(?<d>[0-2]\d|3[01])(?<t>(?:[01]\d|2[0-3])[0-5]\d[0-5]\d)(?!\d)/g,
  // Nov 24 20:01:27, as syslog has it
  new RegExp(String.raw`\b(?<m>${MONTH}) {1,2}(?<d>\d{1,2}) (?<t>\d{2}:\d{2}:\d{2})\b`, 'g'),
  // seconds, milli-, micro- or nanoseconds since 1970
  /(?<![\d.A-Za-z])(?<n>\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})(?![\d.A-Za-z])/g,
  // 20:01:27
  /(?<![\d:.])(?<t>\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?)(?![\d:])/g,
];

function secondsOfDay(text: string): number | null {
  const colons = /^\d{4,6}$/.test(text) ? text.replaceAll(/(\d{2})(?=\d)/g, '$1:') : text;
  const found = /^(\d{1,2}):(\d{2})(?::(\d{2}))?.*?(AM|PM)?$/.exec(colons);
  if (found === null) return null;
  const [hour, minute, second] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
  if (hour > 24 || minute > 59 || second > 60) return null;
  const half = found[4] === undefined ? hour : (hour % 12) + (found[4] === 'PM' ? 12 : 0);
  return half * 3600 + minute * 60 + second;
}

function monthNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : MONTHS.indexOf(text.slice(0, 3).toLowerCase()) + 1;
}

function zoneSeconds(zone: string): number {
  const found = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (found === null) return 0;
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 3600 + Number(found[3] ?? 0) * 60);
}

function epochSeconds(digits: string): number {
  const whole = digits.split('.')[0] ?? '';
  return Number(whole.slice(0, 10));
}

type Parsed = Pick<DateText, 'seconds' | 'wall' | 'zone' | 'digits'>;

function parse(groups: Groups): Parsed | null {
  if (groups.n !== undefined) {
    const seconds = epochSeconds(groups.n);
    // 1996 to 2050: other numbers of ten digits are no times.
    if (seconds < 820_000_000 || seconds > 2_530_000_000) return null;
    return { seconds, wall: seconds, zone: 'UTC', digits: true };
  }
  const time = groups.t === undefined ? 0 : secondsOfDay(groups.t);
  if (time === null) return null;
  const zone = groups.z ?? '';
  if (groups.m === undefined || groups.y === undefined)
    return { seconds: null, wall: null, zone, digits: false };
  const [year, month, day] = [Number(groups.y), monthNumber(groups.m), Number(groups.d)];
  if (year < 1970 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  const wall = Date.UTC(year, month - 1, day) / 1000 + time;
  return { seconds: wall - zoneSeconds(zone), wall, zone, digits: false };
}

/** Lines longer than this are not looked through for dates. */
const MAX_LINE = 4096;

/** All dates and times in a line, by place; overlapping ones only once, the longest form first. */
export function datesIn(line: string): DateText[] {
  if (line.length > MAX_LINE) return [];
  const found: DateText[] = [];
  for (const form of FORMS) {
    for (const match of line.matchAll(form)) {
      const [from, to] = [match.index, match.index + match[0].length];
      if (found.some((other) => from < other.to && other.from < to)) continue;
      const parsed = parse(match.groups ?? {});
      if (parsed === null) continue;
      const digits = parsed.digits || /^\d+$/.test(match[0]);
      found.push({ text: match[0], from, to, ...parsed, digits });
    }
  }
  return found.sort((a, b) => a.from - b.from);
}

/** The date that a text consists of, or null. */
export function dateOf(text: string): DateText | null {
  const trimmed = text.trim();
  const [found] = datesIn(trimmed);
  return found?.from === 0 && found.to === trimmed.length ? found : null;
}

/** The same moment, written in two ways: by another language, or in another form. */
export function isSameMoment(a: string, b: string): boolean {
  const [one, other] = [dateOf(a), dateOf(b)];
  return one?.seconds !== null && one?.seconds !== undefined && one.seconds === other?.seconds && a !== b;
}
