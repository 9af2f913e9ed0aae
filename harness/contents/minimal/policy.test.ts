import { expect, test } from 'vitest';
import { file } from '../../testing/contents/contents.ts';
import { type Config, PASSWD, PKCS8, checked, found, link } from '../../testing/contents/minimal.ts';
import { elf, program } from '../../testing/contents/made-image.ts';
import type { Policy } from './types.ts';

/** What the configuration of an image gives away, whom it runs as, and what a policy makes of it. */

test.each<[Config, string[]]>([
  [{ User: '00' }, ['root-user /config/User: USER 00 is root']],
  [{ User: ':1000' }, ['root-user /config/User: no USER is set, so that it runs as root']],
  [{ User: 'root:1000' }, ['root-user /config/User: USER root:1000 is root']],
  [{ User: '65532:65532' }, []],
  [{ Env: ['PGPASSWORD=x1'] }, ['token /config/Env/0: a value for PGPASSWORD']],
  [
    { Env: ['SECRET_KEY_BASE=abc', 'PWD=/x', 'MYSQL_ALLOW_EMPTY_PASSWORD=yes'] },
    ['token /config/Env/0: a value for SECRET_KEY_BASE'],
  ],
  [
    { Env: ['http_proxy=http://user:hunter2@proxy.example:3128'] },
    ['token /config/Env/0: a password in a URL'],
  ],
  [{ Env: ['http_proxy=http://user:$PASS@proxy.example', 'A=http://[::1]:80/a@b'] }, []],
  [{ Env: [`TLS=${PKCS8}`] }, ['private-key /config/Env/0: private key']],
  [
    { Labels: { 'org.example/api-token': 'abc' } },
    ['token /config/Labels/org.example~1api-token: a value for org_example_api_token'],
  ],
  [{ Cmd: ['serve', '--token', `ghp_${'a'.repeat(36)}`] }, ['token /config/Cmd/2: GitHub token']],
  [
    { history: [{ created_by: 'RUN |1 NPM_TOKEN=abc123 /bin/sh -c npm ci # buildkit' }] },
    ['token /history/0: a value for NPM_TOKEN'],
  ],
  [{ history: [{ created_by: 'RUN --mount=type=secret,id=NPM_TOKEN TOKEN="$(cat /x)" npm ci' }] }, []],
  [
    { history: [{ created_by: 'x', comment: `AKIA${'A'.repeat(16)}` }] },
    ['token /history/0: AWS access key'],
  ],
])('config %j', async (config, expected) => {
  expect(await found([[PASSWD]], config)).toEqual(expected);
});

test('whom a file may be changed by: the groups of the user count, also that of root', async () => {
  const layers = [
    [
      file('etc/passwd', 'app:x:1001:1001::/:/x\n'),
      file('etc/group', 'root:x:0:\nwheel:x:10:other,app\nnone:x:11:\n'),
      { ...file('usr/lib/a', 'x', 0o664), gid: 10 },
      { ...file('usr/lib/b', 'x', 0o664), gid: 11 },
      { ...file('usr/lib/c', 'x', 0o664), gid: 0 },
      { ...file('usr/lib/d', 'x', 0o464), gid: 1001 },
    ],
  ];
  const paths = async (User: string): Promise<string[]> =>
    (await checked(layers, { User })).findings.map(({ path }) => path);
  expect(await paths('1001')).toEqual(['usr/lib/a', 'usr/lib/d']);
  expect(await paths('1001:root')).toEqual(['usr/lib/c']);
  // Without an entry the group is that of root.
  expect(await paths('4000')).toEqual(['usr/lib/c']);
  expect(await paths('4000:11')).toEqual(['usr/lib/b']);
});

test('interpreters count where the policy names them, under any name', async () => {
  const layers = [
    [
      program('opt/x', elf('PYTHONHASHSEED', 'PYTHONDONTWRITEBYTECODE')),
      program('usr/bin/perl5.36', 'x'),
      link('usr/bin/y', '/opt/x'),
      program('usr/bin/embeds', elf('libpython3.13.so.1.0')),
      program('usr/bin/bun', elf('NODE_OPTIONS', 'NODE_PATH', 'node_modules')),
    ],
  ];
  const bun = 'package-manager usr/bin/bun: package manager bun, by its name';
  expect(await found(layers)).toEqual([bun]);
  expect(await found(layers, {}, { allowed: [], interpreters: ['python', 'perl'] })).toEqual([
    'interpreter opt/x: interpreter python, by its content',
    'interpreter usr/bin/perl5.36: interpreter perl, by its name',
    'interpreter usr/bin/y: interpreter python, through a link',
    bun,
  ]);
});

test('of a program that is packed nothing is said, unless it may be anything', async () => {
  const packed = elf('UPX!', 'x');
  const layers = [[program('app', packed)], [program('gone', packed)], [file('.wh.gone')]];
  const result = await checked(layers);
  expect(result).toMatchObject({ findings: [], unseen: [{ path: 'app', why: 'packed by UPX' }] });
  const any: Policy = { allowed: ['shell', 'package-manager'], interpreters: [] };
  expect((await checked(layers, {}, any)).unseen).toEqual([]);
});
