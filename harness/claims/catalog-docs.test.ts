import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../catalog/load.ts';
import { catalogJsonSchema } from '../catalog/schema.ts';
import { CLAIMS } from './registry.ts';

let text: string;
let folder: string;
beforeAll(async () => {
  const pages = ['catalog.md', 'claims.md'].map((name) =>
    readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8'),
  );
  text = (await Promise.all(pages)).join('\n');
  folder = await mkdtemp(join(tmpdir(), 'catalog-docs-'));
});
afterAll(() => rm(folder, { recursive: true }));

function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const inside = Object.values(schema).flatMap(keysOf);
  const named = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...named, ...inside];
}

describe('docs/catalog.md and docs/claims.md', () => {
  it('has an example that loads', async () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(text) ?? [];
    const paths = ['images/nginx/Containerfile', 'images/postgresql/Containerfile', 'images/hello/build.sh'];
    const locks = ['images/nginx/debs.lock.yaml', 'images/postgresql/rpms.lock.yaml'];
    const fetched = ['images/nginx/hermeto-output/deps/x', 'images/nginx/hermeto.env'];
    for (const path of [...paths, ...locks, ...fetched, 'builder/x', 'rpms/x']) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), '');
    }
    await writeFile(join(folder, 'catalog.yaml'), example);
    const catalog = await loadCatalog(join(folder, 'catalog.yaml'), { claims: CLAIMS });
    expect(catalog.subjects.map(({ id }) => id)).toEqual([
      'nginx/default@linux/amd64',
      'postgresql/default@linux/amd64',
      'postgresql/default@linux/arm64',
      'hello/tiny@linux/amd64',
    ]);
    expect(catalog).toMatchObject({ whenGone: 'refresh', origins: [{ mirrors: [expect.any(String)] }] });
  });

  it('tells of every key, and no limits but the real ones', () => {
    const keys = new Set(keysOf(JSON.parse(catalogJsonSchema(CLAIMS))));
    const untold = [...keys].filter(
      (key) => !text.includes(`\`${key}`) && !text.includes(` ${key}:`) && !text.includes(`{ ${key}`),
    );
    expect(untold).toEqual([]);
    expect(keys.size).toBeGreaterThan(40);
    for (const standard of ['(4GiB)', '(4096)', '(15m)', '(6GiB)', '(64MiB)'])
      expect(text).toContain(standard);
  });
});
