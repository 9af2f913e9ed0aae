import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCatalog } from '../catalog/load.ts';
import { CLAIMS } from './registry.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const catalogs = readdirSync(FIXTURES).filter((name) => name.endsWith('.catalog.yaml'));

test.each(catalogs)('%s asks of claims what they may be asked', async (name) => {
  const { subjects } = await loadCatalog(join(FIXTURES, name), { claims: CLAIMS });
  expect(subjects.length).toBeGreaterThan(0);
});
