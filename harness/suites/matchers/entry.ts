import { isDeepStrictEqual } from 'node:util';
import { factsOf } from '../../compare/facts.ts';
import type { EntryFacts } from '../../compare/types.ts';
import { TwinproofError } from '../../errors.ts';
import { cleanPath } from '../../oci/names.ts';
import { escapeText } from '../../report/escape.ts';
import { type MatcherResult, requireImage } from './result.ts';
import { treeOf } from './tree.ts';

/** What an entry must be like. */
export type ExpectedEntry = Pick<
  EntryFacts,
  'mode' | 'uid' | 'gid' | 'size' | 'mtime' | 'sha256' | 'linkname' | 'device' | 'xattrs'
> & {
  /** `file`, `dir`, `symlink`, `hardlink`, `chardev`, `blockdev`, `fifo`. */
  type?: string;
};

const FIELDS = [
  ...(['type', 'mode', 'uid', 'gid', 'size', 'mtime'] as const),
  ...(['sha256', 'linkname', 'device', 'xattrs'] as const),
] satisfies readonly (keyof ExpectedEntry)[];

export async function toHaveEntry(
  received: unknown,
  path: string,
  expected: ExpectedEntry = {},
): Promise<MatcherResult> {
  const image = requireImage(received, 'toHaveEntry');
  requireExpected(expected);
  const clean = cleanPath(Buffer.from(path).toString('latin1'));
  if (clean === null) throw new TwinproofError('usage', `${path} leads out of the image`);
  const file = (await treeOf(image)).files.get(clean);
  if (file === undefined) return { pass: false, message: () => `there is no ${escapeText(path)}` };
  const facts = factsOf(file, []);
  const wrong = FIELDS.filter(
    (field) => expected[field] !== undefined && !isDeepStrictEqual(facts[field], expected[field]),
  );
  const lines = wrong.map(
    (field) => `  ${field}: expected ${valueText(expected[field])}, found ${valueText(facts[field])}`,
  );
  const pass = wrong.length === 0;
  const wanted = pass ? 'is as it must not be' : 'is not as expected';
  return { pass, message: () => [`${escapeText(path)} ${wanted}${pass ? '' : ':'}`, ...lines].join('\n') };
}

/** What could never be found must not come out as a failure of the image, nor what is not looked at as a pass. */
function requireExpected(expected: ExpectedEntry): void {
  const unknown = Object.keys(expected).find((key) => !FIELDS.some((field) => field === key));
  if (unknown !== undefined)
    throw new TwinproofError('usage', `toHaveEntry knows no ${unknown}; it knows ${FIELDS.join(', ')}`);
  const missing = FIELDS.find((field) => field in expected && expected[field] === undefined);
  if (missing !== undefined) throw new TwinproofError('usage', `toHaveEntry is given no ${missing}`);
  const { mode } = expected;
  if (mode !== undefined && !/^[0-7]{4}$/.test(mode))
    throw new TwinproofError('usage', `the mode ${mode} is not written with four octal digits, like 0644`);
}

const valueText = (value: unknown): string =>
  value === undefined ? 'none' : escapeText(typeof value === 'string' ? value : JSON.stringify(value));
