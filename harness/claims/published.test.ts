import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openImage } from '../oci/open.ts';
import type { OciImage } from '../oci/types.ts';
import { scratch, writeLayout, type TestImage } from '../testing/oci/image.ts';
import { startRegistry } from '../testing/oci/registry/registry.ts';
import { tar } from '../testing/oci/tar/tar.ts';
import { testSubject } from '../testing/plan/subject.ts';
import { EvidenceStore } from '../record/evidence.ts';
import type { TwinBuild } from '../rebuild/types.ts';
import { published } from './published.ts';
import type { ClaimContext } from './types.ts';

const layer = (content: string): Buffer => tar([{ name: 'app', content: Buffer.from(content) }]);
const labels = (Labels: Record<string, string>): Partial<TestImage> => ({ config: { config: { Labels } } });
const APP: TestImage = { layers: [layer('app')], ...labels({ a: 'b' }) };
const OTHER: TestImage = { ...APP, layers: [layer('other')] };

/** What the claim says of twins and of what a registry has, both made here. */
async function checked(
  twins: TestImage[],
  released: TestImage,
  { image = (name: string) => name, rung }: { image?: (name: string) => string; rung?: string } = {},
) {
  await using folder = await scratch();
  await using open = new AsyncDisposableStack();
  const layouts = new Map<string, string>();
  const builds: TwinBuild[] = [];
  for (const [number, twin] of twins.entries()) {
    const name = 'AB'.charAt(number);
    layouts.set(name, await writeLayout(join(folder.path, name), twin));
    const outcome = { built: true, image: layouts.get(name) };
    builds.push({ twin: name, outcome, started: '', seconds: 1 } as unknown as TwinBuild);
  }
  const there = await writeLayout(join(folder.path, 'released'), released);
  await using registry = await startRegistry(join(folder.path, 'released'));
  const original = open.adopt(await openImage(there), (one) => one.close());
  const recipe = join(folder.path, 'Containerfile');
  await writeFile(recipe, 'FROM scratch\n');
  const subject = testSubject('x');
  const context: Partial<ClaimContext> = {
    subject: { ...subject, recipe: { ...subject.recipe, containerfile: recipe } as typeof subject.recipe },
    builds,
    buildEvidence: [],
    evidence: new EvidenceStore(join(folder.path, 'run')),
    options: {
      image: image(`docker://${registry.host}/app@${original.manifest.digest}`),
      ...(rung === undefined ? {} : { rung }),
    },
    image: async (build): Promise<OciImage> =>
      open.adopt(await openImage(layouts.get(build.twin) ?? ''), (one) => one.close()),
  };
  return await published.check(context as ClaimContext);
}

test('a twin that is the published image, whichever of them', async () => {
  expect(await checked([APP, APP], APP)).toMatchObject({ verdict: 'pass', detail: { twin: 'A' } });
  expect(await checked([OTHER, APP], APP)).toMatchObject({ verdict: 'pass', detail: { twin: 'B' } });
});

test('another content, and a label or layer that was added after the build, are told', async () => {
  expect(await checked([APP, APP], OTHER)).toMatchObject({
    verdict: 'fail',
    summary: expect.stringMatching(/^no twin is the published image .*app differ$/) as string,
  });
  expect(await checked([APP], { ...APP, ...labels({ a: 'b', c: 'd' }) })).toMatchObject({
    verdict: 'fail',
    summary: expect.stringContaining('label-added: c') as string,
  });
  expect(await checked([APP], { ...APP, layers: [...APP.layers, layer('more')] })).toMatchObject({
    verdict: 'fail',
    summary: expect.stringContaining('layer-added: one layer') as string,
  });
});

test('at the rung that is asked for', async () => {
  const labelled = { ...APP, ...labels({ a: 'b', c: 'd' }) };
  expect(await checked([APP], labelled, { rung: 'layers' })).toMatchObject({ verdict: 'pass' });
  expect(await checked([APP], OTHER, { rung: 'layers' })).toMatchObject({ verdict: 'fail' });
});

test('an image that cannot be had says nothing', async () => {
  for (const digest of ['0', '1'])
    expect(
      await checked([APP], APP, { image: (name) => name.replace(/.{64}$/, digest.repeat(64)) }),
    ).toMatchObject({ verdict: 'error', error: { code: 'input-unavailable' } });
  const nobody = await checked([APP], APP, { image: (name) => name.replace(/:\d+\//, ':1/') });
  expect(nobody).toMatchObject({ verdict: 'error', error: { code: 'input-unavailable' } });
});

test.each(['app:1', 'docker://registry.example/app', 'docker://registry.example/app:1', 'oci:app@sha256:x'])(
  'a catalog must name it by digest: %s',
  (image) => {
    const { schema } = published.options ?? { schema: null };
    expect(schema?.safeParse({ image }).success).toBe(false);
    expect(
      schema?.safeParse({ image: `docker://registry.example/app@sha256:${'a'.repeat(64)}` }).success,
    ).toBe(true);
  },
);
