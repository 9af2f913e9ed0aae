import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { catalogJsonSchema, catalogSchemas } from '../catalog/schema.ts';
import { CLAIMS } from './registry.ts';

const subject = { image: 'a', recipe: { containerfile: 'Containerfile' } };
const catalog = { version: 1, name: 'c', subjects: [subject] };

describe('catalog.schema.json', () => {
  // When the schema changed on purpose: npx vitest run --project unit harness/claims/catalog-schema.test.ts --update
  it('is what the schema says', async () => {
    await expect(catalogJsonSchema(CLAIMS)).toMatchFileSnapshot('../catalog/catalog.schema.json');
  });

  it.each([
    [catalog, true],
    [{ ...catalog, version: 2 }, false],
    [{ ...catalog, extra: 1 }, false],
    [{ ...catalog, subjects: [] }, false],
    [{ ...catalog, subjects: [{ ...subject, image: 'A/b' }] }, false],
    [{ ...catalog, subjects: [{ ...subject, recipe: { command: ['x'], context: '.' } }] }, true],
    [{ ...catalog, subjects: [{ ...subject, limits: { memory: '4GB' } }] }, false],
    [{ ...catalog, origins: [{ url: 'file:///etc/', mirrors: ['https://example.org/'] }] }, false],
  ])('judges as the schema does: %j', (value, valid) => {
    const validate = new Ajv2020().compile(JSON.parse(catalogJsonSchema(CLAIMS)) as object);
    expect(validate(value)).toBe(valid);
    expect(catalogSchemas(CLAIMS).catalog.safeParse(value).success).toBe(valid);
  });
});
