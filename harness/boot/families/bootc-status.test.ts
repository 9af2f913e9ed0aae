import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { TwinproofError } from '../../errors.ts';
import { type BootcStatus, parseBootcStatus } from './bootc-status.ts';
import { testForeign } from '../../testing/foreign.ts';

const hex = (letter: string, length = 64): string => letter.repeat(length);
const system = (letter: string, more: object = {}): object => ({
  image: { image: { image: '/updates/os', transport: 'oci' }, imageDigest: `sha256:${hex(letter)}` },
  ostree: { stateroot: 'default', checksum: hex(letter), deploySerial: 0 },
  ...more,
});
const parse = (status: object, more: object = {}): BootcStatus => {
  const host = { apiVersion: 'org.containers.bootc/v1', kind: 'BootcHost', status, ...more };
  return parseBootcStatus(Buffer.from(JSON.stringify(host)));
};
/** First letters of the digests, with what is said of each. */
const reported = ({ deployments }: Pick<BootcStatus, 'deployments'>): string[] =>
  deployments.map(
    ({ image, booted, staged }) =>
      `${image?.[7] ?? 'none'}${booted ? ' booted' : ''}${staged ? ' staged' : ''}`,
  );

describe('what bootc says', () => {
  const a = system('a');
  const b = system('b');
  it.each<[string, object, string[]]>([
    ['one that runs', { staged: null, booted: a, rollback: null }, ['a booted']],
    ['an update that is staged', { staged: b, booted: a, rollback: null }, ['b staged', 'a booted']],
    ['an update, and the rollback', { booted: b, rollback: a }, ['b booted', 'a']],
    ['a rollback that is taken next', { booted: b, rollback: a, rollbackQueued: true }, ['a', 'b booted']],
    [
      'an update that is only fetched',
      { staged: system('b', { downloadOnly: true }), booted: a },
      ['a booted'],
    ],
    [
      'others that were pinned',
      { booted: a, rollback: b, otherDeployments: [system('c')] },
      ['a booted', 'b', 'c'],
    ],
    [
      'one that was not made from an image',
      { booted: system('a', { image: null }), rollback: b },
      ['none booted', 'b'],
    ],
  ])('of %s', (_what, status, expected) => {
    expect(reported(parse(status))).toEqual(expected);
    expect(parse(status).managed).toBe(true);
  });

  it('of a system that is none of its own', () => {
    expect(parse({ staged: null, booted: null, rollback: null, type: null })).toEqual({
      managed: false,
      backend: null,
      rollbackQueued: false,
      staged: 'none',
      softReboot: [],
      deployments: [],
    });
  });

  it('names systems as ostree does, or by what composefs verifies', () => {
    const verity = hex('9', 128);
    const kept = { ostree: null, composefs: { verity, bootType: 'Uki', bootloader: 'systemd' } };
    const { deployments } = parse({ booted: system('a', kept), rollback: system('b') });
    expect(deployments.map(({ name }) => name)).toEqual([verity, `${hex('b')}.0`]);
  });
});

describe('what the next start takes', () => {
  const states = ({ staged, rollbackQueued, softReboot }: BootcStatus): unknown[] => [
    staged,
    rollbackQueued,
    softReboot.map((digest) => digest[7]),
  ];
  const booted = system('a');
  it.each<[string, object, unknown[]]>([
    ['what runs', { booted, rollback: system('b') }, ['none', false, []]],
    ['what is staged', { booted, staged: system('b') }, ['staged', false, []]],
    [
      'what runs, where the update is only downloaded',
      { booted, staged: system('b', { downloadOnly: true }) },
      ['downloadOnly', false, []],
    ],
    ['the previous one', { booted, rollback: system('b'), rollbackQueued: true }, ['none', true, []]],
  ])('is %s', (_what, status, expected) => {
    expect(states(parse(status))).toEqual(expected);
  });

  it('is had without another kernel where bootc says so; what runs is no way from itself', () => {
    const capable = { softRebootCapable: true };
    const status = { booted: system('a', capable), staged: system('b', capable), rollback: system('c') };
    expect(states(parse(status))).toEqual(['staged', false, ['b']]);
  });
});

describe('what bootc does not say', () => {
  it.each<[string, object, RegExp]>([
    ['a later version of the form', { apiVersion: 'org.containers.bootc/v2' }, /apiVersion/],
    ['another thing', { kind: 'Pod' }, /kind/],
    ['nothing', { status: undefined }, /status/],
    ['a digest that is none', { status: { booted: { image: { imageDigest: "'; reboot" } } } }, /imageDigest/],
    ['more systems than a disk holds', { status: { otherDeployments: Array(21).fill({}) } }, /other/],
  ])('%s', (_what, change, reason) => {
    expect(() => parse({}, change)).toThrow(reason);
    expect(() => parse({}, change)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  it('bytes of a guest that lies end in the one error', () => {
    const json = fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), json), (bytes) => {
        try {
          parseBootcStatus(bytes);
          expect.unreachable();
        } catch (error) {
          expect(error).toBeInstanceOf(TwinproofError);
          expect((error as TwinproofError).code).toBe('unsupported');
        }
      }),
    );
  });
});

describe('what bootc itself has recorded, in several versions', () => {
  testForeign('is read', ['bootc-status'], (recorded) => {
    const found = readdirSync(recorded).map((name) => {
      const ostreeRemote = { tag: '!ostreeRemote', resolve: (remote: string) => ({ ostreeRemote: remote }) };
      const value: unknown = parseYaml(readFileSync(join(recorded, name), 'utf8'), {
        customTags: [ostreeRemote],
      });
      const { managed, deployments } = parseBootcStatus(Buffer.from(JSON.stringify(value)));
      return [name.replace(/^spec-|\.\w+$/g, ''), managed, reported({ deployments }).join(', ')];
    });
    expect(found).toEqual([
      ['booted-pinned', true, '4 booted, 4'],
      ['booted-update-same-digest', true, '4 booted'],
      ['booted-usroverlay', true, '7 booted'],
      ['booted-with-update-no-version', true, '4 booted'],
      ['booted-with-update', true, '4 booted'],
      ['only-booted', true, '4 booted'],
      ['ostree-remote', true, 'b booted'],
      ['ostree-to-bootc', true, '4 staged, none booted'],
      ['rfe-ostree-deployment', true, 'none staged, none booted'],
      ['staged-booted', true, '1 staged, 7 booted'],
      ['staged-download-only', true, '7 booted'],
      ['staged-rollback', false, '1 staged, 7'],
      ['v1-null', false, ''],
      ['v1a1-orig', true, '1 staged, 7 booted'],
      ['v1a1', true, 'b booted'],
      ['via-local-oci', true, '4 booted'],
    ]);
  });
});

describe('what real guests with bootc 1.16.9 answered', () => {
  const answered = (text: string): string[] =>
    (text.match(/\{"apiVersion":.*?"usrOverlay":(?:null|"[^"]*")\}\}/g) ?? []).map((json) => {
      const status = parseBootcStatus(Buffer.from(json));
      const { backend, staged, rollbackQueued } = status;
      return `${backend ?? 'none'}, ${staged}, ${rollbackQueued ? 'back' : 'on'}: ${reported(status).join(', ')}`;
    });
  testForeign('is read, with either backend', ['bootc-live'], (recorded) => {
    const of = (backend: string): string[] =>
      answered(readFileSync(join(recorded, `${backend}-backend-1.16.9.txt`), 'utf8'));
    expect(of('ostree')).toEqual([
      'ostree, none, on: 7 booted',
      'ostree, staged, on: 1 staged, 7 booted',
      'ostree, none, on: 1 booted, 7',
      'ostree, none, back: 7, 1 booted',
    ]);
    expect(of('composefs')).toEqual(Array(2).fill('composefs, none, on: c booted'));
  });
});
