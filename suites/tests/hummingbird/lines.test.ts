import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { probeMachine } from '../../../harness/rebuild/environment/probe.ts';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { currentOwner } from '../../../harness/engine/owner.ts';
import { type Run, readRun } from '../../../harness/record/reader.ts';
import { twinproof } from '../selftest/support.ts';
import { BUILDERS, madeBuilder } from './builders.ts';
import { commit, lockOf } from './checkout.ts';
import { type Fixture, builderOptions, makeFixture } from './fixture.ts';
import { LINES, writeLines } from './lines.ts';

/** As rendered, one that ends in an archive and one that does not. */
const WHOLE = ['memcached/hummingbird.default', 'memcached/rawhide.default'];
const NESTED = ['--privileges', 'nested'];

let folder: string;
let fixture: Fixture;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twinproof-hummingbird-'));
  fixture = await makeFixture(folder, { subjects: WHOLE });
  const [variant] = fixture.variants;
  if (variant === undefined) throw new Error('there is no such variant');
  await writeLines(fixture.checkout, await lockOf(variant, fixture));
  await commit(fixture.checkout, 'A recipe for each line');
}, 900_000);

afterAll(async () => {
  await fixture.server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** @returns the folder of the run, too */
async function verified(name: string, options: string[]): Promise<Run & { folder: string }> {
  const results = join(folder, name);
  const { stderr } = await twinproof(['verify', fixture.checkout, '--results', results, ...options], {
    env: fixture.server.env,
  });
  const [run] = await readdir(results).catch(() => []);
  if (run === undefined) throw new Error(stderr);
  return { ...(await readRun(join(results, run))), folder: join(results, run) };
}

const cellOf = (run: Run, subject: string, claim: string) => run.cells.get(`${subject}@linux/amd64 ${claim}`);

describe.each(BUILDERS)('$name', (builder) => {
  let missing: string | null = null;
  let digest = '';
  let run: Run & { folder: string };

  beforeAll(async () => {
    const owner = currentOwner(`lines-${process.pid}`);
    const place = { engine: await connectEngine(), owner, onStep: () => undefined };
    const made = await madeBuilder(place, builder, join(folder, builder.folder));
    if ('missing' in made) {
      missing = made.missing;
      return;
    }
    ({ digest } = made);
    run = await verified(`run-${builder.folder}`, [...builderOptions(digest), ...NESTED]);
  }, 1_800_000);

  beforeEach(({ skip }) => {
    if (missing !== null) skip(missing);
  });

  test('what its buildah can do is found by asking it', async () => {
    const engine = await connectEngine();
    const found = await engine.images.find(digest);
    const asked = { digest, image: found?.id ?? '' };
    const { buildah } = await probeMachine(engine, currentOwner(`lines-${process.pid}`), asked);
    expect(buildah).toEqual(builder.options);
  });

  test.each(LINES)('$line', ({ image }) => {
    const cell = cellOf(run, `${image}/default`, 'reproducible');
    expect(cell?.error).toBeUndefined();
    expect(cell?.summary).toContain('equal at manifest');
    expect(cellOf(run, `${image}/default`, 'hermetic')?.verdict).toBe('pass');
  });

  test('the image has what LABEL, ENV, USER and CMD say', async () => {
    const out = join(folder, `settings-${builder.folder}`);
    const args = ['settings/default@linux/amd64', '--results', run.folder, '--catalog', fixture.checkout];
    const { stderr } = await twinproof(
      ['reproduce', ...args, '--out', out, ...builderOptions(digest), ...NESTED],
      { env: fixture.server.env },
    );
    const [layout] = await readdir(out).catch(() => []);
    expect(layout, stderr).toBeDefined();
    const json = async (path: string): Promise<unknown> =>
      JSON.parse(await readFile(join(out, layout ?? '', path), 'utf8'));
    const blob = (of: string): Promise<unknown> => json(`blobs/${of.replace(':', '/')}`);
    const index = (await json('index.json')) as { manifests: { digest: string }[] };
    const manifest = (await blob(index.manifests[0]?.digest ?? '')) as { config: { digest: string } };
    expect(await blob(manifest.config.digest)).toMatchObject({
      config: {
        Labels: { name: 'hummingbird/settings', 'io.hummingbird-project.distro': 'hummingbird' },
        Env: expect.arrayContaining(['CONTAINER_DEFAULT_USER=65532']) as string[],
        User: '65532',
        Cmd: ['/usr/bin/settings'],
      },
    });
  });

  test.each(WHOLE)('all lines together: %s', (subject) => {
    for (const claim of ['reproducible', 'hermetic', 'locked']) {
      const cell = cellOf(run, subject, claim);
      expect([claim, cell?.verdict, cell?.error]).toEqual([claim, 'pass', undefined]);
    }
    expect(run.twins.get(`${subject}@linux/amd64`)?.builder.digest).toBe(digest);
  });

  test('without nested privileges RUN dnf-installroot cannot make its namespaces', async () => {
    const only = ['--image', 'installroot/*', '--claim', 'reproducible'];
    const plain = await verified(`plain-${builder.folder}`, [...builderOptions(digest), ...only]);
    const { error, evidence = [] } = cellOf(plain, 'installroot/default', 'reproducible') ?? {};
    expect(error).toMatchObject({ code: 'build-failed' });
    const log = join(plain.folder, 'evidence', evidence[0]?.digest.replace(':', '/') ?? '');
    expect(await readFile(log, 'utf8')).toContain('unshare failed: Operation not permitted');
  });
});

test('without a digest from outside, FROM a floating builder is refused with its line', async () => {
  const floating = await verified('floating', ['--image', 'from/*']);
  for (const claim of ['reproducible', 'hermetic']) {
    const { error } = cellOf(floating, 'from/default', claim) ?? {};
    expect(error).toMatchObject({ code: 'builder-unresolved' });
    expect(error?.message).toContain('images/from/hummingbird/default/Containerfile:1');
  }
});
