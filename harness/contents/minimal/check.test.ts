import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scratch, writeLayout } from '../../testing/oci/image.ts';
import { openImage } from '../../oci/open.ts';
import { tar, type TestEntry } from '../../testing/oci/tar/tar.ts';
import { file, installed } from '../../testing/contents/contents.ts';
import { checkMinimal } from './check.ts';
import { POLICIES, type PolicyName } from './policies.ts';

const program = (name: string, content: string | Buffer): TestEntry => ({ name, content, mode: 0o755 });
/** The smallest file that is taken for a program: of the type EXEC, with these texts in it. */
function elf(...texts: string[]): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(2, 16);
  return Buffer.concat([head, ...texts.map((text) => Buffer.from(`${text}\0`, 'latin1'))]);
}
const SHELL = elf(...['OPTIND', 'getopts', 'readonly', 'unset', 'trap', 'export', 'eval', 'umask']);

/** What is found in an image: `kind path` with what it is. */
async function found(
  layers: TestEntry[][],
  {
    policy = 'distroless',
    ...config
  }: { policy?: PolicyName; User?: string; Env?: string[]; Labels?: object; history?: object[] } = {},
): Promise<string[]> {
  const { history, ...rest } = config;
  await using folder = await scratch();
  const image = await openImage(
    await writeLayout(folder.path, {
      layers: layers.map((entries) => tar(entries)),
      compress: 'none',
      config: { config: { User: '65532', ...rest }, ...(history === undefined ? {} : { history }) },
    }),
  );
  try {
    const { findings } = await checkMinimal(image, { ...POLICIES[policy], interpreters: [] });
    return findings.map(
      ({ kind, path, what, owner }) => `${kind} ${path}: ${what}${owner === null ? '' : ` [${owner}]`}`,
    );
  } finally {
    await image.close();
  }
}

const APP = [
  program('usr/bin/app', elf('hello')),
  file('etc/passwd', 'nobody:x:65532:65532::/:/sbin/nologin\n'),
];

test('an image with a program and nothing else is minimal', async () => {
  expect(await found([APP])).toEqual([]);
});

test.each<[string, TestEntry[], string[]]>([
  ['a shell by its name', [program('bin/sh', 'x')], ['shell bin/sh: shell sh, by its name']],
  [
    'a shell renamed to cat',
    [program('usr/bin/cat', SHELL)],
    ['shell usr/bin/cat: shell a POSIX shell, by its content'],
  ],
  [
    'a shell that is hidden and not executable',
    [{ name: 'usr/share/data', content: SHELL }],
    ['shell usr/share/data: shell a POSIX shell, by its content'],
  ],
  [
    'busybox under another name, by links',
    [
      program('opt/tools', elf('BusyBox v1.36.1', 'BusyBox is a multi-call binary')),
      { name: 'usr/bin/ls', type: 'symlink', linkname: '/opt/tools' },
    ],
    ['shell opt/tools: shell busybox, by its content', 'shell usr/bin/ls: shell busybox, through a link'],
  ],
  [
    'a link with the name of a shell, through a folder that is a link',
    [
      program('usr/bin/x', 'x'),
      { name: 'bin', type: 'symlink', linkname: 'usr/bin' },
      { name: 'usr/bin/sh', type: 'symlink', linkname: '../../bin/x' },
    ],
    ['shell usr/bin/sh: shell sh, through a link'],
  ],
  [
    'a package manager by what it is linked with',
    [program('usr/bin/x', elf('librpm.so.9'))],
    ['package-manager usr/bin/x: package manager rpm, by its content'],
  ],
  [
    'a package manager that is a script',
    [program('usr/bin/x', '#!/usr/bin/python3\nfrom dnf.cli import main\n')],
    ['package-manager usr/bin/x: package manager dnf, by its content'],
  ],
  [
    'a setuid program',
    [{ ...program('usr/bin/su', 'x'), mode: 0o4755 }],
    ['setuid usr/bin/su: setuid, mode 4755'],
  ],
  [
    'a setgid program',
    [{ ...program('usr/bin/w', 'x'), mode: 0o2755 }],
    ['setuid usr/bin/w: setgid, mode 2755'],
  ],
  [
    'capabilities',
    [
      {
        ...program('usr/bin/ping', 'x'),
        xattrs: {
          'security.capability': Buffer.from('0100000200200000000000000000000000000000', 'hex').toString(
            'latin1',
          ),
        },
      },
    ],
    ['capability usr/bin/ping: cap_net_raw'],
  ],
  [
    'a world-writable folder',
    [{ name: 'srv', type: 'dir', mode: 0o777 }],
    ['world-writable srv: folder without sticky bit, mode 0777'],
  ],
  ['a world-writable file', [file('srv/x', 'x', 0o666)], ['world-writable srv/x: mode 0666']],
  [
    'a file of the user below /usr',
    [{ ...file('usr/lib/x', 'x'), uid: 65532 }],
    ['user-writable usr/lib/x: belongs to the user that the image runs as (65532)'],
  ],
  [
    'an account without password',
    [file('etc/shadow', 'root:*:1::::::\neve::1::::::\n')],
    ['password etc/shadow: eve needs no password'],
  ],
  [
    'a package index',
    [file('var/lib/apt/lists/x_Packages', 'x')],
    ['leftover var/lib/apt/lists/x_Packages: package index of apt'],
  ],
  ['a log', [file('var/log/dpkg.log', 'x')], ['leftover var/log/dpkg.log: log']],
  ['a temporary file', [file('tmp/x', 'x')], ['leftover tmp/x: temporary file']],
  [
    'a token in a file',
    [file('etc/npmrc', `//registry/:_authToken=${'a1'.repeat(12)}\n`)],
    ['token etc/npmrc: npm token'],
  ],
])('%s', async (_, entries, expected) => {
  expect(await found([[...APP, ...entries]])).toEqual(expected);
});

test.each<[string, TestEntry[]]>([
  [
    'a sticky folder for all, and an empty log',
    [{ name: 'tmp', type: 'dir', mode: 0o1777 }, file('var/log/lastlog')],
  ],
  ['a data file with the name of a shell', [file('usr/share/doc/bash', 'x'), file('etc/sh', 'x')]],
  [
    'a link with the name of a shell that leads nowhere',
    [{ name: 'bin/sh', type: 'symlink', linkname: 'bash' }],
  ],
  ['a library that knows a shell by name', [file('usr/lib/x.so', 'getopts\0export\0')]],
  [
    'make, which knows the utilities of a shell but is none',
    [program('usr/bin/make', elf('getopts', 'readonly', 'unset', 'trap', 'export', 'eval', 'umask'))],
  ],
  [
    'a program that reads private keys',
    [program('usr/bin/tls', elf('-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----'))],
  ],
  ['a setuid bit on what cannot be executed', [file('srv/x', 'x', 0o4644)]],
  ['an interpreter', [program('usr/bin/python3.13', 'x')]],
])('%s is no finding', async (_, entries) => {
  expect(await found([[...APP, ...entries]])).toEqual([]);
});

const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${`${'Ab0+'.repeat(16)}\n`.repeat(4)}-----END RSA PRIVATE KEY-----\n`;

test('a private key is found, also in a layer of which a later one hides it', async () => {
  expect(await found([[...APP, file('srv/key', KEY)]])).toEqual(['private-key srv/key: rsa private key']);
  expect(await found([[...APP, file('srv/key', KEY)], [file('srv/.wh.key')]])).toEqual([
    'private-key srv/key: rsa private key, in a layer of which a later one hides it',
  ]);
  expect(await found([[...APP, file('srv/key', KEY)], [file('srv/key', 'none')]])).toHaveLength(1);
});

test.each([
  [{ User: '' }, 'root-user /config/User: no USER is set, so that it runs as root'],
  [{ User: '0:0' }, 'root-user /config/User: USER 0:0 is root'],
  [{ User: 'nobody' }, 'root-user /config/User: USER nobody is a name, not a number'],
  [{ Env: ['PATH=/bin', 'DB_PASSWORD=hunter2'] }, 'token /config/Env/1: a value for DB_PASSWORD'],
  [{ Labels: { k: `ghp_${'a'.repeat(36)}` } }, 'token /config/Labels/k: GitHub token'],
  [{ history: [{ created_by: `RUN curl -H AKIA${'A'.repeat(16)}` }] }, 'token /history/0: AWS access key'],
])('config %j', async (config, expected) => {
  expect(await found([APP], config)).toEqual([expected]);
});

test('what a file variable or a placeholder says is no secret', async () => {
  const Env = ['DB_PASSWORD=', 'API_TOKEN=/run/secrets/token', 'MY_SECRET=$OTHER'];
  expect(await found([APP], { Env })).toEqual([]);
});

test('a builder may have a shell and a package manager, and nothing that gives rights away', async () => {
  const entries = [...APP, program('bin/sh', SHELL), program('usr/bin/apt', elf('libapt-pkg.so.6.0'))];
  const setuid = { ...program('usr/bin/su', 'x'), mode: 0o4755 };
  expect(await found([[...entries, setuid]], { policy: 'builder', User: '' })).toEqual([
    'setuid usr/bin/su: setuid, mode 4755',
  ]);
});

test('a finding names the package that its path belongs to', async () => {
  const entries = [...APP, ...installed({ 'util-linux': { version: '2', files: ['usr/bin/su'] } })];
  expect(await found([[...entries, { ...program('usr/bin/su', 'x'), mode: 0o4755 }]])).toEqual([
    'setuid usr/bin/su: setuid, mode 4755 [util-linux]',
  ]);
});

test('a key that a program checks itself with is no finding', async () => {
  expect(await found([[...APP, program('usr/lib/libtls.so', elf(KEY))]])).toEqual([]);
});

test('the Node that runs this test is neither shell nor package manager', async () => {
  expect(await found([[...APP, program('usr/bin/node', readFileSync(process.execPath))]])).toEqual([]);
});
