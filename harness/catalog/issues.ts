import type { z } from 'zod';
import { nearest, quoted } from './complaints.ts';
import type { Complaint } from './complaints.ts';
import type { YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;
type Path = PropertyKey[];

interface CheckedFile {
  source: YamlSource;
  /** All keys that a catalog may have, for "did you mean". */
  keys: readonly string[];
}

/**
 * Every issue as complaints, at the place in the file that it is about.
 * @param options keys of the claims' options
 */
export function complaintsOf(
  issues: readonly Issue[],
  source: YamlSource,
  options: readonly string[],
): Complaint[] {
  return issues.flatMap((issue) => complain(issue, [], { source, keys: [...KEYS, ...options] }));
}

function complain(issue: Issue, parents: Path, file: CheckedFile): Complaint[] {
  const { source } = file;
  const path = [...parents, ...issue.path];
  switch (issue.code) {
    case 'invalid_union':
      return complainOfUnion(issue, path, file);
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        place: source.placeOfKey([...path, key]),
        text: unknownKey(key, path, file),
      }));
    case 'invalid_key': {
      const reason = issue.issues[0]?.message ?? 'it is no key';
      return [
        {
          place: source.placeOfKey(path),
          text: `the key ${quoted(String(path.at(-1)))} is not allowed: ${reason}`,
        },
      ];
    }
    case 'invalid_type':
    case 'invalid_value':
    case 'too_big':
    case 'too_small':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom': {
      const missing = valueAt(source.value, path) === undefined;
      const text = missing
        ? `${pathText(path)} is missing; it needs ${wanted(issue)}`
        : wrongValue(issue, path, source.value);
      return [{ place: source.placeOf(path), text }];
    }
  }
}

/** Complains for the alternative that the value most likely means; of the choice itself where it is none. */
function complainOfUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, file: CheckedFile): Complaint[] {
  const { source } = file;
  const meant = issue.errors
    .filter((issues) => !issues.some((inner) => inner.path.length === 0 && isOfOtherType(inner)))
    .toSorted((a, b) => unknownKeys(a) - unknownKeys(b) || a.length - b.length);
  const [best] = meant;
  if (best !== undefined) return best.flatMap((inner) => complain(inner, path, file));
  const value = valueAt(source.value, path);
  const choices = [...new Set(issue.errors.flatMap((issues) => issues.slice(0, 1).map(wanted)))].join(' or ');
  const text =
    value === undefined
      ? `${pathText(path)} is missing; it needs ${choices}`
      : `${pathText(path)} is ${shown(value)}, but needs ${choices}`;
  return [{ place: source.placeOf(path), text }];
}

function isOfOtherType(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

function unknownKeys(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);
}

/** Keys of the catalog format, but for the options of claims. */
const KEYS = (
  'version name builder defaults whenGone origins builtPackages suites subjects image resolve prefetch output definition platforms ' +
  'sourceDateEpoch limits claims url mirrors source command variant recipe lock smoke containerfile context ' +
  'buildArgs target timestamps history privileges environment memory processes time scratch log made reason service http exec ' +
  'port path run expect timeout writable exemptions claim cause owner expires'
).split(' ');

function unknownKey(key: string, path: Path, { source, keys }: CheckedFile): string {
  const parent = valueAt(source.value, path);
  const present = new Set(typeof parent === 'object' && parent !== null ? Object.keys(parent) : []);
  const meant = nearest(
    key,
    keys.filter((known) => !present.has(known)),
  );
  const inside = path.length === 0 ? 'a catalog' : pathText(path);
  return `the key ${quoted(key)} is not known in ${inside}; ${meant === null ? 'remove it' : `did you mean ${quoted(meant)}?`}`;
}

/** What a value must be, in words. */
function wanted(issue: Issue): string {
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') {
    return issue.values
      .map((value) => (typeof value === 'string' ? quoted(value) : String(value)))
      .join(', ');
  }
  if (issue.code === 'too_big') return `at most ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
  if (issue.code === 'too_small') return `at least ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
  return issue.message;
}

const TYPES: Partial<Record<string, string>> = {
  string: 'a string',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
};

const UNITS: Partial<Record<string, string>> = { string: ' characters', array: ' entries' };

function wrongValue(issue: Issue, path: Path, value: unknown): string {
  const actual = shown(valueAt(value, path));
  const quote = issue.code === 'invalid_type' && issue.expected === 'string' ? '; put it in quotes' : '';
  const verb = issue.code === 'custom' || issue.code === 'invalid_format' ? ': ' : ', but needs ';
  return `${pathText(path)} is ${actual}${verb}${wanted(issue)}${quote}`;
}

function shown(value: unknown): string {
  if (value === null) return 'empty';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return 'a map of keys';
}

/** `subjects[2].recipe.context`, the keys escaped. */
function pathText(path: Path): string {
  const parts = path.map((step) =>
    typeof step === 'number' ? `[${step}]` : `.${quoted(String(step)).slice(1, -1)}`,
  );
  return parts.length === 0 ? 'the catalog' : `\`${parts.join('').replace(/^\./, '')}\``;
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[step];
  }
  return found;
}
