import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRun } from '../../../harness/record/reader.ts';
import { deviationsFrom } from '../hummingbird/expected.ts';
import { type Fixture, makeFixture } from '../hummingbird/fixture.ts';
import { twinproof } from './support.ts';

/** One that writes down the time, one that ends in FROM scratch, and one without a distribution in its name. */
const SUBJECTS = ['caddy/hummingbird.default', 'caddy/rawhide.default', 'static/default'];

let folder: string;
let fixture: Fixture;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twinproof-hummingbird-'));
  fixture = await makeFixture(folder, { subjects: SUBJECTS });
});

afterAll(async () => {
  await fixture.server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('three variants of a Hummingbird-like checkout get the verdicts they were made for', async () => {
  const args = ['verify', fixture.checkout, ...fixture.builderOptions, '--results', folder];
  const { exitCode, stderr } = await twinproof(args, { env: fixture.server.env });
  const run = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  expect(deviationsFrom(fixture.variants, run)).toEqual([]);
  expect(exitCode).toBe(1);
});
