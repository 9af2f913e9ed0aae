import { describe, expect, test } from 'vitest';
import { copiedTo, injectedFault, injectedText, isSourced } from './injected-files.ts';

const KNOWN = {
  labels: { release: '1', 'vcs-type': 'git', url: 'https://x.example/?a=b', said: 'it is "so"' },
  containerfile: 'FROM a AS b\nLABEL stage=other\nFROM a\n',
  repositories: new Set(['ubi-9-baseos-rpms', 'ubi-9-appstream-rpms']),
};
const SPEC =
  'https://raw.githubusercontent.com/containerbuildsystem/atomic-reactor/master/atomic_reactor/schemas/content_manifest.json';
const manifest = (sets: unknown): object => ({
  metadata: { icm_version: 1, icm_spec: SPEC, image_layer_index: 0 },
  from_dnf_hint: true,
  content_sets: sets,
});
const jq = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const faultOf = (name: string, text: string): string | null => injectedFault(name, Buffer.from(text), KNOWN);

describe('labels.json', () => {
  test.each<Record<string, string>>([
    {},
    { release: '1', 'vcs-type': 'git' },
    { url: 'https://x.example/?a' },
    { said: 'it is so' },
    { 'io.buildah.version': '1.43.2' },
    { stage: 'other' },
  ])('%j follows', (labels) => {
    expect(faultOf('labels.json', jq(labels))).toBeNull();
  });

  test.each<[string, string]>([
    [jq({ release: '2' }), 'release is "2"'],
    [jq({ release: '' }), 'release is ""'],
    [jq({ hidden: 'text' }), 'hidden is "text"'],
    [jq({ 'io.buildah.version': '1; rm' }), 'io.buildah.version is'],
    [jq({ release: 1 }), 'release is no text'],
    [JSON.stringify({ release: '1' }), 'not written as jq'],
    [`${jq({ release: '1' })}  `, 'not written as jq'],
    ['{"release":"1","release":"1"}', 'twice'],
    ['[]', 'is no object'],
    ['#!/bin/sh', ''],
  ])('%j does not', (text, fault) => {
    expect(faultOf('labels.json', text)).toContain(fault);
  });
});

describe('content-sets.json', () => {
  test('follows from the lock', () => {
    expect(faultOf('content-sets.json', jq(manifest(['ubi-9-appstream-rpms'])))).toBeNull();
    expect(faultOf('content-sets.json', `${JSON.stringify(manifest([]), null, '\t')}\n\n`)).toBeNull();
  });

  test.each<[string, string]>([
    [jq(manifest(['other'])), 'names "other"'],
    [jq(manifest([1])), 'names 1'],
    [jq({ ...manifest([]), more: 1 }), 'says more'],
    [jq({ ...manifest([]), metadata: {} }), 'says more'],
    [jq({}), 'has no content_sets'],
    [`${JSON.stringify(manifest([]))}${' '.repeat(100)}`, 'not written as jq'],
    [JSON.stringify(manifest(['ubi-9-appstream-rpms'])), 'not written as jq'],
  ])('%j does not', (text, fault) => {
    expect(faultOf('content-sets.json', text)).toContain(fault);
  });
});

test('what was copied is told by the end of the history, or by what is there where it was left out', () => {
  const copy = (path: string): string => `/bin/sh -c #(nop) COPY file:0a1b in ${path} `;
  const [sets, labels] = ['usr/share/buildinfo/content-sets.json', 'usr/share/buildinfo/labels.json'];
  const own = ['FROM x', copy(`/${labels}`), 'RUN make', copy(`/${sets}`), copy(`/${labels}`), 'LABEL a=b'];
  expect(copiedTo(own, new Set())).toEqual([sets, labels]);
  expect(copiedTo([copy(`/${labels}`), 'RUN make'], new Set([labels]))).toEqual([]);
  expect(copiedTo([], new Set([labels]))).toEqual([labels]);
});

test('the Containerfile is changed as the task does it', () => {
  const text = [
    'FROM a',
    'RUN dnf install b',
    '  run --mount=type=cache,target=/x \\',
    '  --network=none \\',
    '  make',
    'RUNNER x',
    'ENV RUN=1',
  ].join('\n');
  expect(injectedText(text, ['usr/share/buildinfo/labels.json'], true)).toBe(
    [
      'FROM a',
      'RUN . /cachi2/cachi2.env && \\',
      '    dnf install b',
      'run --mount=type=cache,target=/x \\',
      '  --network=none \\',
      '  . /cachi2/cachi2.env && \\',
      '    make',
      'RUNNER x',
      'ENV RUN=1',
      'COPY labels.json /usr/share/buildinfo/labels.json',
      '',
    ].join('\n'),
  );
  expect(injectedText(text, [], false)).toBe(text);
  expect(isSourced(['RUN /bin/sh -c . /cachi2/cachi2.env &&     make'])).toBe(true);
  expect(isSourced(['RUN make'])).toBe(false);
});
