import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectEngine, dockerode } from '../../harness/engine/runtime.ts';
import { readRun } from '../../harness/record/reader.ts';
import { loadBase } from './one-file-image.ts';
import { temporaryFolder, twinproof, writeCatalog } from './support.ts';

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
  const { Id } = await dockerode(engine).getImage(base.tag).inspect();
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
    `localhost/selftest-base=${tag.split(':')[0] ?? ''}@${Id}`,
    '--results',
    join(folder.path, 'results'),
  ]);
  const { cells } = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  const told = (image: string): string[] =>
    ['reproducible', 'hermetic'].map((claim) => {
      const cell = cells.get(`${image}/default@linux/amd64 ${claim}`);
      const { verdict, error, summary } = cell ?? {};
      return `${verdict ?? ''} ${error?.code ?? ''} ${summary ?? ''}`.replaceAll(`${folder.path}/`, '');
    });
  for (const image of ['mounts', 'platform', 'image', 'unused'])
    expect(told(image), image).toEqual([
      expect.stringMatching(/^pass/) as string,
      expect.stringMatching(/^pass/) as string,
    ]);
  expect(cells.get('image/default@linux/amd64 reproducible')?.key?.bases).toEqual({ [tag]: Id });
  expect(told('here-document')[0]).toBe(
    "error unsupported here-document/Containerfile:3:1: the builder's buildah does not know here-documents",
  );
  expect(told('secret')[0]).toBe(
    'error unsupported secret/Containerfile:3:1: RUN requires the secret key, and builds here are given none',
  );
  expect(told('checksum')[0]).toMatch(
    /^error build-failed checksum\/Containerfile:2: the build ended with exit code \d+: Error: building at STEP "ADD --checksum=/,
  );
  expect(told('address')[0]).toMatch(/^error build-failed address\/Containerfile:3: the build ended with /);
  expect(told('address')[1]).toMatch(/^fail {2}the build failed after it was refused the network/);
});
