import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { currentOwner } from '../../../harness/engine/owner.ts';
import { readRun } from '../../../harness/record/reader.ts';
import { bundledBuilder } from './bundled-builder.ts';
import { loadBase } from './one-file-image.ts';
import { temporaryFolder, twinproof, writeCatalog } from './support.ts';
import { hostPlatform, platformText } from '../../../harness/model/platform.ts';

const NONE = `sha256:${'0'.repeat(64)}`;

/** Recipes as other projects write them. @param base an image that only the engine has */
const recipes = (base: string): Record<string, string> => ({
  mounts: `FROM localhost/builder AS b
RUN --mount=type=cache,target=/c --mount=type=secret,id=none --mount=type=tmpfs,target=/t \\
    # a comment
    mkdir /out && ls -A /c > /out/cached && touch /c/x /t/x
FROM scratch
COPY --from=b /out /
`,
  platform: 'FROM --platform=$BUILDPLATFORM localhost/builder AS b\nFROM scratch\nCOPY hello /\n',
  image: `FROM scratch\nCOPY --from=${base} /base /one\n`,
  unused: 'FROM localhost/nowhere:1 AS unused\nRUN false\nFROM scratch\nCOPY hello /\n',
  'here-document': '# about\nFROM localhost/builder\nRUN <<EOF\nRUN false\nEOF\n',
  secret:
    'FROM localhost/builder\nRUN true\nRUN --mount=type=secret,id=key,required=true cat /run/secrets/key\n',
  checksum: `FROM scratch\nADD --checksum=${NONE} https://example.org/x /x\n`,
  address: 'FROM scratch\n\nADD https://example.org/x /x\n',
});

test('recipes of other projects are rebuilt, or refused with the line and the reason', async () => {
  await using folder = await temporaryFolder();
  const engine = await connectEngine();
  const tag = `localhost/selftest-base:${randomBytes(4).toString('hex')}`;
  await using base = await loadBase(engine, folder.path, tag);
  const { id: baseId = '' } = (await engine.images.find(base.tag)) ?? {};
  const all = Object.entries(recipes(tag));
  const subjects = all.map(
    ([image]) =>
      `  - { image: ${image}, recipe: { containerfile: ${image}/Containerfile, context: context }, claims: { reproducible: true, hermetic: true } }\n`,
  );
  const files = Object.fromEntries(all.map(([image, text]) => [`${image}/Containerfile`, text]));
  const catalog = await writeCatalog(folder.path, subjects.join(''), { ...files, 'context/hello': 'hello' });
  const { stderr } = await twinproof([
    'verify',
    catalog,
    '--builder',
    `localhost/selftest-base=${tag.split(':')[0] ?? ''}@${baseId}`,
    '--results',
    join(folder.path, 'results'),
  ]);
  const { cells } = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  const reported = (image: string): string[] =>
    ['reproducible', 'hermetic'].map((claim) => {
      const cell = cells.get(`${image}/default@linux/amd64 ${claim}`);
      const { verdict, error, summary } = cell ?? {};
      return `${verdict ?? ''} ${error?.code ?? ''} ${summary ?? ''}`.replaceAll(`${folder.path}/`, '');
    });
  for (const image of ['mounts', 'platform', 'image', 'unused'])
    expect(reported(image), image).toEqual([
      expect.stringMatching(/^pass/) as string,
      expect.stringMatching(/^pass/) as string,
    ]);
  expect(cells.get('image/default@linux/amd64 reproducible')?.key?.bases).toEqual({ [tag]: baseId });
  expect(reported('here-document')[0]).toBe(
    "error unsupported here-document/Containerfile:3:1: the builder's buildah does not know here-documents",
  );
  expect(reported('secret')[0]).toBe(
    'error unsupported secret/Containerfile:3:1: RUN requires the secret key, and builds here are given none',
  );
  expect(reported('checksum')[0]).toMatch(
    /^error build-failed checksum\/Containerfile:2: the build ended with exit code \d+: Error: building at STEP "ADD --checksum=/,
  );
  expect(reported('address')[0]).toMatch(
    /^error build-failed address\/Containerfile:3: the build ended with /,
  );
  expect(reported('address')[1]).toMatch(/^fail {2}needs network access, which was blocked/);
});

test('a checkout is built with its own context, arguments and a builder from outside', async () => {
  await using folder = await temporaryFolder();
  const engine = await connectEngine();
  // The bundled builder stands for one that was built on this machine.
  const name = await bundledBuilder(engine, currentOwner('selftest-foreign-recipes'));
  const { id = '' } = (await engine.images.find(name)) ?? {};
  expect(id).not.toBe('');
  const variant = 'images/x/hummingbird/default';
  const files = {
    [`${variant}/Containerfile`]: `FROM quay.example/builder:latest AS builder
ARG WHAT=nothing
COPY hummingbird/default/rpms/note /tmp/note
RUN mkdir /out && cp /tmp/note /out/note && echo "$WHAT" > /out/what && [ "$WHAT" = something ]
FROM scratch
COPY --from=builder /out /
`,
    [`${variant}/rpms/note`]: 'x',
    '.tekton/images-on-push.yaml': `apiVersion: tekton.dev/v1
kind: PipelineRun
metadata: { name: x, labels: { appstudio.openshift.io/component: x--hummingbird--default } }
spec:
  params:
    - { name: revision, value: '{{revision}}' }
    - { name: build-args, value: [WHAT=something] }
    - { name: hermetic, value: "false" }
`,
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, 'checkout', path)), { recursive: true });
    await writeFile(join(folder.path, 'checkout', path), content);
  }
  const checkout = join(folder.path, 'checkout');
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: checkout });
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message=x');
  const results = join(folder.path, 'results');
  const { exitCode, stderr } = await twinproof(['verify', checkout, '--builder', id, '--results', results]);
  expect(exitCode, stderr).toBe(0);
  const { cells } = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  expect([...cells.values()].map(({ claim, verdict }) => [claim, verdict])).toEqual([
    ['reproducible', 'pass'],
    ['hermetic', 'skipped'],
  ]);
  expect(cells.get(`x/default@${platformText(hostPlatform())} reproducible`)?.key?.builder).toBe(id);
});
