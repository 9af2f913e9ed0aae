import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorLine, TwinproofError } from '../errors.ts';
import { loadCatalog } from './load.ts';
import type { Catalog } from './types.ts';
import { TEST_CLAIMS } from '../testing/catalog/claims.ts';

let root: string;
let file: string;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'catalog-load-')));
  file = join(root, 'c.yaml');
  await mkdir(join(root, 'a'));
  await mkdir(join(root, 'builder'));
  await writeFile(join(root, 'a', 'Containerfile'), 'FROM scratch\n');
  await writeFile(join(root, 'a', 'debs.lock.yaml'), 'lockfileVersion: 1\n');
  await symlink('/etc', join(root, 'outside'));
  await symlink('a/Containerfile', join(root, 'inside'));
});
afterAll(() => rm(root, { recursive: true }));

const OPTIONS = { claims: TEST_CLAIMS };
const HEAD =
  'version: 1\nname: t\nbuilder: { definition: builder }\ndefaults: { sourceDateEpoch: 5 }\nsubjects:\n';
const SUBJECT = '  - image: a\n    recipe: { containerfile: a/Containerfile }\n';

async function load(text: string): Promise<Catalog> {
  await writeFile(file, text);
  return loadCatalog(file, OPTIONS);
}

async function complaints(text: string): Promise<string[]> {
  const error: unknown = await load(text).then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(TwinproofError);
  return errorLine(error).replaceAll(`${root}/`, '').split('\n');
}

describe('loadCatalog', () => {
  it('fills in what is not said', async () => {
    const catalog = await load(HEAD + SUBJECT);
    const nothingElse = { origins: [], builtPackages: [], whenGone: 'error' };
    expect(catalog).toMatchObject({ name: 't', file, root, ...nothingElse });
    expect(catalog.subjects).toEqual([
      {
        id: 'a/default@linux/amd64',
        image: 'a',
        variant: 'default',
        platform: { os: 'linux', architecture: 'amd64' },
        recipe: {
          kind: 'containerfile',
          containerfile: join(root, 'a/Containerfile'),
          context: join(root, 'a'),
          buildArgs: {},
          timestamps: 'rewrite',
          history: 'keep',
          privileges: 'default',
        },
        lock: null,
        builder: { kind: 'definition', path: join(root, 'builder'), place: { file, line: 3, column: 10 } },
        claims: { reproducible: { made: true }, hermetic: { made: true } },
        sourceDateEpoch: 5,
        limits: {
          memory: 4 * 1024 ** 3,
          processes: 4096,
          time: 900,
          scratch: 6 * 1024 ** 3,
          log: 64 * 1024 ** 2,
        },
        smoke: null,
        place: { file, line: 6, column: 5 },
      },
    ]);
  });

  it('merges defaults and what a subject says', async () => {
    const { subjects } = await load(`version: 1
name: t
builder: { image: "example.org/b:latest" }
defaults:
  platforms: [linux/amd64, linux/arm64/v8]
  sourceDateEpoch: 5
  limits: { memory: 1GiB, time: 10m }
  claims: { reproducible: { rung: manifest }, locked: true }
subjects:
  - image: a
    variant: x
    recipe: { command: [sh, build.sh], context: a, environment: { K: v } }
    lock: a/debs.lock.yaml
    sourceDateEpoch: 7
    limits: { memory: 2GiB }
    claims: { locked: false, hermetic: { made: false, reason: needs it } }
    smoke: { service: { http: { port: 80, path: / } }, expect: hi, timeout: 1m, writable: [/tmp] }
`);
    expect(subjects.map(({ id }) => id)).toEqual(['a/x@linux/amd64', 'a/x@linux/arm64/v8']);
    expect(subjects[0]).toMatchObject({
      recipe: { kind: 'command', command: ['sh', 'build.sh'], environment: { K: 'v' } },
      lock: { path: join(root, 'a/debs.lock.yaml'), kind: 'deb' },
      builder: { kind: 'image', reference: 'example.org/b:latest', resolve: false },
      claims: {
        reproducible: { made: true, rung: 'manifest' },
        locked: { made: false, reason: 'the catalog does not make this claim' },
        hermetic: { made: false, reason: 'needs it' },
      },
      sourceDateEpoch: 7,
      limits: { memory: 2 * 1024 ** 3, time: 600, processes: 4096 },
      smoke: {
        service: { http: { port: 80, path: '/' } },
        expect: 'hi',
        timeout: 60,
        environment: {},
        writable: ['/tmp'],
      },
    });
  });

  it('follows a symbolic link that stays inside', async () => {
    const { subjects } = await load(
      `${HEAD}  - { image: a, recipe: { containerfile: inside, context: a } }\n`,
    );
    expect(subjects[0]?.recipe).toMatchObject({ containerfile: join(root, 'a/Containerfile') });
  });

  it.each([
    [
      'a wrong type',
      HEAD.replace('name: t', 'name: 1') + SUBJECT,
      'c.yaml:2:7: catalog-invalid: `name` is 1, but needs a string; put it in quotes',
    ],
    [
      'an unknown key',
      `${HEAD}${SUBJECT}    varient: x\n`,
      'c.yaml:8:5: catalog-invalid: the key "varient" is not known in `subjects[0]`; did you mean "variant"?',
    ],
    ['an unknown key at the top', `${HEAD}${SUBJECT}$'\u202e': x\n`, 'is not known in a catalog; remove it'],
    [
      'a missing key',
      `${HEAD}  - image: a\n`,
      'c.yaml:6:5: catalog-invalid: `subjects[0].recipe` is missing; it needs a map of keys',
    ],
    [
      'no builder',
      HEAD.replace(/builder.*\n/, '') + SUBJECT,
      'c.yaml:5:5: catalog-invalid: it has no builder; add `builder:` here, or at the top for all subjects',
    ],
    [
      'a duplicate',
      HEAD + SUBJECT + SUBJECT,
      'c.yaml:8:5: catalog-invalid: the subject a/default@linux/amd64 is already given in line 6; rename or remove one',
    ],
    [
      'a missing Containerfile',
      `${HEAD}  - { image: a, recipe: { containerfile: a/nope } }\n`,
      'c.yaml:6:42: catalog-invalid: a/nope does not exist',
    ],
    ['a folder as Containerfile', `${HEAD}  - { image: a, recipe: { containerfile: a } }\n`, 'a is no file'],
    [
      'a missing lock',
      `${HEAD}${SUBJECT}    lock: b/debs.lock.yaml\n`,
      'c.yaml:8:11: catalog-invalid: b/debs.lock.yaml does not exist',
    ],
    [
      'a lock of unknown kind',
      `${HEAD}${SUBJECT}    lock: a/lock.yaml\n`,
      'must be named debs.lock.yaml or rpms.lock.yaml',
    ],
    [
      'a missing context',
      `${HEAD}  - { image: a, recipe: { command: [x], context: b } }\n`,
      'b does not exist',
    ],
    [
      'a path that leaves',
      `${HEAD}  - { image: a, recipe: { containerfile: ../x } }\n`,
      "../x leads out of the catalog's folder",
    ],
    [
      'a link that leaves',
      `${HEAD}  - { image: a, recipe: { containerfile: outside/passwd } }\n`,
      'outside/passwd leads out of',
    ],
    [
      'an absolute path',
      `${HEAD}  - { image: a, recipe: { containerfile: /etc/passwd } }\n`,
      '/etc/passwd is absolute',
    ],
    [
      'a bad size',
      `${HEAD}${SUBJECT}    limits: { memory: 4GB }\n`,
      '`subjects[0].limits.memory` is "4GB": write a size with its unit, such as 512MiB or 4GiB',
    ],
    [
      'a bad duration',
      `${HEAD}${SUBJECT}    limits: { time: 15 }\n`,
      '`subjects[0].limits.time` is 15, but needs a string',
    ],
    [
      'an unknown claim',
      `${HEAD}${SUBJECT}    claims: { reproduceable: true }\n`,
      'c.yaml:8:15: catalog-invalid: nothing checks a claim "reproduceable"; did you mean "reproducible"?',
    ],
    [
      'an odd claim value',
      `${HEAD}${SUBJECT}    claims: { hermetic: maybe }\n`,
      '`subjects[0].claims.hermetic` is "maybe", but needs true or false or a map of keys',
    ],
    [
      'a rung without ladder',
      `${HEAD}${SUBJECT}    claims: { hermetic: { rung: tree } }\n`,
      'only "reproducible" has a rung',
    ],
    [
      'an unknown rung',
      `${HEAD}${SUBJECT}    claims: { reproducible: { rung: conf } }\n`,
      '`subjects[0].claims.reproducible.rung` is "conf", but needs "index", "manifest", "config"',
    ],
    [
      'a claim that cannot be checked',
      `${HEAD}${SUBJECT}    claims: { locked: true }\n`,
      'it claims "locked" but names no lock',
    ],
    [
      'a bad platform',
      `${HEAD}${SUBJECT}    platforms: [linux/x86_64]\n`,
      '`subjects[0].platforms[0]` is "linux/x86_64": OCI calls this architecture "amd64"',
    ],
    [
      'a number for text',
      `${HEAD}  - { image: a, recipe: { containerfile: a/Containerfile, buildArgs: { V: 1.2 } } }\n`,
      '`subjects[0].recipe.buildArgs.V` is 1.2, but needs a string; put it in quotes',
    ],
    [
      'a bad image',
      `${HEAD}${SUBJECT}    builder: { image: "x@sha256:12" }\n`,
      'write an image as name[:tag]@sha256:',
    ],
    [
      'a bad mirror',
      `${HEAD}${SUBJECT}origins: [{ url: "https://u:p@example.org/", mirrors: ["https://example.org/"] }]\n`,
      'without credentials',
    ],
    [
      'two ways to ask',
      `${HEAD}${SUBJECT}    smoke: { run: [x], service: { exec: [y] }, expect: z }\n`,
      'the key "service" is not known in `subjects[0].smoke`',
    ],
    ...(
      [
        ['claim: reproducible, path: x, cause: cpu', 'give a path or a cause, not both'],
        ['claim: reproducible', 'for "reproducible" say which path or cause'],
        ['claim: locked, path: x', 'other claims have neither'],
        ['claim: reproducible, cause: unknown', 'is "unknown", but needs "timestamp-metadata"'],
      ] as const
    ).map(([what, complaint]): [string, string, string] => [
      `an exemption with ${what}`,
      `${HEAD}${SUBJECT}    exemptions: [{ ${what}, reason: r, owner: o, expires: '2027-03-31' }]\n`,
      complaint,
    ]),
    ...['2027-02-29', '2027-04-31'].map((expires): [string, string, string] => [
      `an exemption until ${expires}`,
      `${HEAD}${SUBJECT}    exemptions: [{ claim: hermetic, reason: r, owner: o, expires: '${expires}' }]\n`,
      'there is no such day',
    ]),
    [
      'an exemption for a claim that nothing checks',
      `${HEAD}${SUBJECT}    exemptions: [{ claim: hermtic, reason: r, owner: o, expires: '2027-03-31' }]\n`,
      'nothing checks a claim "hermtic"; did you mean "hermetic"?',
    ],
    [
      'an exemption for a claim that is not made',
      `${HEAD}${SUBJECT}    claims: { hermetic: false }\n    exemptions: [{ claim: hermetic, reason: r, owner: o, expires: '2027-03-31' }]\n`,
      'c.yaml:9:27: catalog-invalid: it exempts "hermetic", which it does not claim',
    ],
    [
      'a root that is not inside git',
      `${HEAD.replace('5', 'git')}${SUBJECT}`,
      'c.yaml:4:30: catalog-invalid: the context of a/default has no time of a last commit (fatal: not a git repository',
    ],
    ['an empty file', '', 'c.yaml:1:1: catalog-invalid: the catalog is empty, but needs a map of keys'],
  ])('refuses %s', async (_, text, complaint) => {
    const [line, ...others] = await complaints(text);
    expect(others).toEqual([]);
    expect(line).toContain(complaint);
    // eslint-disable-next-line no-control-regex -- nothing that steers a terminal may come through
    expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  it('tells all that is wrong at once, in the order of the file', async () => {
    const text = `${HEAD}  - { image: a, recipe: { containerfile: nope } }\n  - { image: B, recipe: { containerfile: nope } }\n${SUBJECT}    lock: 7\n`;
    expect(await complaints(text)).toEqual([
      'c.yaml:6:42: catalog-invalid: nope does not exist; correct the path or create it',
      'c.yaml:7:14: `subjects[1].image` is "B": use lower-case letters, digits, ".", "_" and "-", beginning with a letter or digit',
      'c.yaml:10:11: `subjects[2].lock` is 7, but needs a string; put it in quotes',
    ]);
  });

  it('refuses what is no file, also a named pipe', async () => {
    await expect(loadCatalog(join(root, 'none.yaml'), OPTIONS)).rejects.toThrow('there is no such file');
    await expect(loadCatalog(root, OPTIONS)).rejects.toThrow('it is no file');
    await execa('sh', ['-c', 'mkfifo "$0"', join(root, 'pipe')]);
    await expect(loadCatalog(join(root, 'pipe'), OPTIONS)).rejects.toThrow('it is no file');
  });
});
