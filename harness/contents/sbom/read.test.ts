import { describe, expect, test } from 'vitest';
import { RHEL, inventoryWith } from '../../testing/contents/advisories.ts';
import { envelope, syftSpdx } from '../../testing/contents/foreign-sboms.ts';
import { compareSbom, deviationLines } from './compare.ts';
import { readSbom } from './read.ts';

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('with many packages', () => {
  const many = Array.from({ length: 30_000 }, (_, at) => ({ name: `p${at}`, version: '1-1' }));
  const image = inventoryWith(RHEL, many);

  test('all in one image, and none the same', () => {
    const urls = many.map(({ name }) => `pkg:rpm/x/${name}@2-1?arch=amd64`);
    expect(deviationLines(compareSbom(image, readSbom(bytes(syftSpdx(urls)), 'x.json')))).toHaveLength(
      many.length,
    );
  }, 20_000);
});

test.each([
  ['an envelope of something else', envelope('text')],
  ['envelopes without end', envelope(envelope(envelope(envelope(envelope(syftSpdx([]))))))],
  ['a payload that is no JSON', { payloadType: 'x', payload: 'eA==' }],
  ['SPDX 3', { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [] }],
  ['CycloneDX 2', { bomFormat: 'CycloneDX', specVersion: '2.0' }],
])('%s is no SBOM that is read', (_, document) => {
  expect(() => readSbom(bytes(document), 'x.json')).toThrow(
    expect.objectContaining({ code: 'record-invalid', where: 'x.json' }) as Error,
  );
});
