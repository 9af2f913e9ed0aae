import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Registry } from '../model/registry.ts';
import type { ClaimDeclaration } from '../model/claim.ts';
import { loadCatalog } from './load.ts';

const claims = new Registry<ClaimDeclaration>([
  {
    ...{ id: 'kept', statement: 'is kept', passes: 'it is' },
    options: {
      schema: z.strictObject({ list: z.string() }),
      notes: { list: { example: 'a.json', meaning: 'a list', path: 'file' } },
    },
  },
]);

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'claim-files-')));
  await mkdir(join(root, 'builder'));
  await writeFile(join(root, 'Containerfile'), 'FROM scratch\n');
  await writeFile(join(root, 'a.json'), '{}');
});
afterAll(() => rm(root, { recursive: true }));

async function load(defaults: string, own: string) {
  const file = join(root, 'c.yaml');
  await writeFile(
    file,
    `version: 1\nname: t\nbuilder: { definition: builder }\ndefaults: { sourceDateEpoch: 5, claims: { ${defaults} } }\n` +
      `subjects:\n  - { image: a, recipe: { containerfile: Containerfile }, claims: { ${own} } }\n`,
  );
  return await loadCatalog(file, { claims });
}

test('what an option names is resolved below the catalog, also where it is said for all subjects', async () => {
  const found = { claimFiles: { kept: { list: join(root, 'a.json') } } };
  expect((await load('', 'kept: { list: a.json }')).subjects).toMatchObject([found]);
  expect((await load('kept: { list: a.json }', '')).subjects).toMatchObject([found]);
  const { subjects } = await load('', 'kept: { list: ./a.json }');
  expect(subjects[0]?.claims).toEqual({ kept: { made: true, list: './a.json' } });
});

test('what is not there, or lies outside, is complained of in its place', async () => {
  await expect(load('', 'kept: { list: b.json }')).rejects.toThrow('b.json does not exist');
  await expect(load('', 'kept: { list: ../a.json }')).rejects.toThrow("out of the catalog's folder");
  await expect(load('kept: { list: builder }', '')).rejects.toMatchObject({
    where: expect.stringMatching(/c\.yaml:4:\d+$/) as string,
  });
});
