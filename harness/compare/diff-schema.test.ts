import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { TestEntry } from '../testing/oci/tar/tar.ts';
import { base, changed, compare, layered } from '../testing/compare/compare.ts';
import { FIELDS, NORMALISATIONS } from './types.ts';
import { REACHED_RUNGS } from '../model/rungs.ts';

const schema = JSON.parse(readFileSync(new URL('./diff.schema.json', import.meta.url), 'utf8')) as {
  properties: { rung: { enum: string[] }; normalised: { items: { enum: string[] } } };
  $defs: { field: { enum: string[] } };
};
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false }).compile(schema);

const many: TestEntry[] = [
  ...changed('etc/other', { content: 'x\n', mtime: '1.5', xattrs: { 'security.capability': '\x01\0\xff' } }),
  { name: 'not-utf8-\xff', atime: '7', content: 'x' },
  { name: 'pipe', type: 'fifo' },
];

describe('diff.schema.json', () => {
  it.each([
    ['equal images', () => compare(layered(base), layered(base))],
    ['other compression', () => compare(layered(base), { ...layered(base), compress: 'zstd' })],
    ['many kinds of difference', () => compare(layered(base), layered(many))],
    [
      'other layers, ignoring times',
      () => compare(layered(base, base), layered(many), { ignore: ['times'] }),
    ],
  ])('describes the result for %s', async (_, make) => {
    const result: unknown = JSON.parse(JSON.stringify(await make()));
    expect(validate(result), JSON.stringify(validate.errors)).toBe(true);
  });

  it('lists the same names as the code', () => {
    expect(schema.properties.rung.enum).toEqual([...REACHED_RUNGS]);
    expect(schema.properties.normalised.items.enum).toEqual([...NORMALISATIONS]);
    expect(schema.$defs.field.enum).toEqual([...FIELDS]);
  });

  it('refuses what is none', async () => {
    const result = await compare(layered(base), layered(many));
    expect(validate({ ...result, rung: 'almost' })).toBe(false);
    expect(validate({ ...result, entries: [{ path: 'x' }] })).toBe(false);
  });
});
