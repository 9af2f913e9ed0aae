import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditResult } from '../../../harness/audit/result.ts';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { currentOwner } from '../../../harness/engine/owner.ts';
import { TwinproofError } from '../../../harness/errors.ts';
import { ensureDefinedBuilder } from '../../../harness/rebuild/definition/ensure.ts';
import { EPOCH, PARAMETERS, type World, makeWorld, publish } from './audit-world.ts';
import { REGISTRY } from './docker-registry.ts';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

/** What only newer builders can do: an image that buildah of Debian sid built with the options that Hummingbird's has. */

const OPTIONS = [
  `--source-date-epoch=${EPOCH}`,
  '--rewrite-timestamp',
  '--omit-history',
  '--inherit-labels=false',
  '--annotation=org.example.by=test',
];
const RIGHT = {
  ...PARAMETERS,
  REWRITE_TIMESTAMP: 'true',
  OMIT_HISTORY: 'true',
  INHERIT_BASE_IMAGE_LABELS: 'false',
  ANNOTATIONS: ['org.example.by=test'],
};

let world: World | null = null;
let missing = REGISTRY === null ? 'there is no registry' : '';
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  if (missing !== '') return;
  try {
    world = await makeWorld({ builder: sidBuilder, options: OPTIONS });
  } catch (error) {
    if (!(error instanceof TwinproofError) || error.code !== 'input-unavailable') throw error;
    missing = `the builder of Debian sid cannot be had: ${error.message}`;
  }
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Packages of sid are replaced within days: those that are gone are resolved anew. */
async function sidBuilder(): Promise<string> {
  const path = join(folder.path, 'sid-builder');
  for (const part of ['builder', 'sid-builder'])
    await cp(join(ROOT, 'fixtures/hummingbird', part), path, { recursive: true });
  const quiet = { onStep: () => undefined, onNote: () => undefined };
  const options = { ...quiet, origins: [], whenGone: 'refresh' as const };
  return (await ensureDefinedBuilder(await connectEngine(), currentOwner('audit-newer'), path, options))
    .image;
}

test.for([
  ['as it was built', {}, 'equal at '],
  ['times that were not rewritten', { REWRITE_TIMESTAMP: 'false' }, 'hello.txt'],
  ['a history that was kept', { OMIT_HISTORY: 'false' }, 'config /history'],
  ['labels that were inherited', { INHERIT_BASE_IMAGE_LABELS: 'true' }, 'label-removed'],
] satisfies [string, Record<string, string>, string][])('%s', async ([, other, told], { skip }) => {
  if (world === null) return skip(missing);
  const { name } = await publish(world, { says: () => ({ parameters: { ...RIGHT, ...other } }) });
  const words = ['audit', `docker://${name}`, '--key', world.at('key'), '--json'];
  const { stdout, stderr } = await twinproof(words, { env: { HOME: world.at('home') } });
  if (stdout === '') throw new Error(stderr);
  const { claims } = JSON.parse(stdout) as AuditResult;
  const published = claims.find(({ claim }) => claim === 'published');
  expect(published?.verdict).toBe(Object.keys(other).length === 0 ? 'pass' : 'fail');
  expect(claims.find(({ claim }) => claim === 'self-consistent')?.verdict).toBe('pass');
  expect([published?.summary, ...(published?.details ?? [])].join('\n')).toContain(told);
});
