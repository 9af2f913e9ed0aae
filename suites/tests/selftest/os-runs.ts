import { basename, join } from 'node:path';
import type { CellResult } from '../../../harness/record/events.ts';
import { readRun } from '../../../harness/record/reader.ts';
import { keptImage } from './os-images.ts';
import { twinproof } from './support.ts';

const CATALOGS = {
  default: 'fixtures/bundled.catalog.yaml',
  ab: 'fixtures/slots.catalog.yaml',
  sysupdate: 'fixtures/slots.catalog.yaml',
};
/** Bundled operating systems. */
export type Variant = keyof typeof CATALOGS;

/** What `twinproof boot --json` prints. */
export interface Shown {
  image: string;
  results: {
    claim: string;
    verdict: string;
    summary: string;
    detail: Record<string, unknown>;
    evidence: object[];
  }[];
}

export interface Verified {
  /** OCI layout of the image that was built. */
  layout: string;
  run: string;
  exitCode: number | undefined;
  cells: CellResult[];
}

/**
 * Builds a bundled operating system twice and checks claims on it: all of them, unless told otherwise. That twins stay
 * equal in differing environments is a matter of other tests.
 */
export async function verifySystem(
  scratch: string,
  claims: string[] = [],
  variant: Variant = 'default',
): Promise<Verified> {
  const options = [
    '--image',
    `debian/${variant}@*`,
    '--keep',
    '--vary',
    'none',
    '--results',
    join(scratch, 'runs'),
  ];
  const chosen = claims.flatMap((claim) => ['--claim', claim]);
  const { exitCode, stderr } = await twinproof(['verify', CATALOGS[variant], ...options, ...chosen]);
  const folder = /recorded in (\S+)/.exec(stderr)?.[1] ?? '';
  const layout = await keptImage(folder, join(scratch, 'image'));
  return { layout, run: basename(folder), exitCode, cells: [...(await readRun(folder)).cells.values()] };
}

/**
 * Starts a disk, or an image that is put on one, and checks claims: all of them, unless told otherwise.
 * @param subject an OCI layout, or a file `….raw`
 * @param next layout of the next release
 * @param more options
 */
export async function booted(
  subject: string,
  { results, claims, next, more = [] }: { results: string; claims: string[]; next?: string; more?: string[] },
): Promise<{ exitCode: number | undefined; shown: Shown }> {
  const options = ['--accel', 'tcg', '--json', '--results', results];
  const chosen = claims.flatMap((claim) => ['--claim', claim]);
  const update = next === undefined ? [] : ['--update', `oci:${next}`];
  const run = await twinproof([
    'boot',
    subject.endsWith('.raw') ? subject : `oci:${subject}`,
    ...options,
    ...chosen,
    ...update,
    ...more,
  ]);
  if (run.stdout === '') throw new Error(run.stderr);
  return { exitCode: run.exitCode, shown: JSON.parse(run.stdout) as Shown };
}

export const verdicts = ({ results }: Shown): Record<string, string> =>
  Object.fromEntries(results.map(({ claim, verdict }) => [claim, verdict]));

export const summary = ({ results }: Shown, claim: string): string =>
  results.find((result) => result.claim === claim)?.summary ?? '';
