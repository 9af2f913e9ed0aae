import { file } from '../testing/contents/contents.ts';
import { add, type Change, faultTable } from '../testing/contents/faults.ts';
import { document, elf, program } from '../testing/contents/made-image.ts';
import type { TestEntry } from '../testing/oci/tar/tar.ts';

const config =
  (more: object): Change =>
  (made) =>
    Object.assign(made.config, more);

const SHELL = elf(...['OPTIND', 'getopts', 'readonly', 'unset', 'trap', 'export', 'eval', 'umask']);
const PLAIN = elf('getopts');
const KEY = `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n${'B'.repeat(64)}\n-----END PRIVATE KEY-----\n`;
const TOKEN = `ghp_${'a'.repeat(36)}`;
const capability = (bits: string): Record<string, string> => ({
  'security.capability': Buffer.from(`01000002${bits}000000000000000000000000`, 'hex').toString('latin1'),
});
const link = (name: string, linkname: string): TestEntry => ({ name, type: 'symlink', linkname });
const folder = (name: string, mode: number, uid = 0): TestEntry => ({ name, type: 'dir', mode, uid });

faultTable('minimal', 'fail', [
  ['a shell', add(program('bin/sh', 'x')), add(program('bin/shred', 'x'))],
  ['a shell renamed to cat', add(program('usr/bin/cat', SHELL)), add(program('usr/bin/cat', PLAIN))],
  ['a shell without its bit', add(program('srv/data', SHELL, 0o644)), add(program('srv/data', PLAIN, 0o644))],
  [
    'busybox by a link',
    add(
      program('opt/tools', elf('BusyBox v1.36.1', 'BusyBox is a multi-call binary')),
      link('usr/bin/ls', '/opt/tools'),
    ),
    add(program('opt/tools', elf('busy')), link('usr/bin/ls', '/opt/tools')),
  ],
  [
    'a link with the name of a shell',
    add(link('bin/sh', '/usr/bin/app')),
    add(link('bin/shout', '/usr/bin/app')),
  ],
  ['a package manager', add(program('usr/bin/apt-get', 'x')), add(program('usr/bin/aptly', 'x'))],
  [
    'a package manager by what it is linked with',
    add(program('usr/bin/tool', elf('librpm.so.9'))),
    add(program('usr/bin/tool', elf('librpc.so.9'))),
  ],
  [
    'a package manager that is a script',
    add(program('usr/bin/tool', '#!/usr/bin/python3\nimport dnf\n')),
    add(program('usr/bin/tool', '#!/usr/bin/python3\nimport json\n')),
  ],
  [
    'setuid added',
    add(program('usr/bin/app', elf('hello'), 0o4755)),
    add(program('usr/bin/app', elf('hello'), 0o755)),
  ],
  ['setgid added', add(program('usr/bin/w', 'x', 0o2755)), add(folder('srv/shared', 0o2755))],
  [
    'a capability',
    add({ ...program('usr/bin/ping', 'x'), xattrs: capability('00200000') }),
    add({ ...program('usr/bin/ping', 'x'), xattrs: { 'user.note': 'x' } }),
  ],
  ['a file that all may write', add(file('srv/open', 'x', 0o666)), add(file('srv/open', 'x', 0o664))],
  ['a folder that all may write', add(folder('srv/open', 0o777)), add(folder('srv/open', 0o1777))],
  [
    'a program that its user may change',
    add({ ...program('usr/bin/mine', 'x'), uid: 65532 }),
    add({ ...file('srv/mine', 'x'), uid: 65532 }),
  ],
  ['no user', config({ User: '' }), config({ User: '1000' })],
  ['root', config({ User: '0:0' }), config({ User: '65532:65532' })],
  ['a user by name', config({ User: 'nobody' }), config({ User: '65532:0' })],
  [
    'an account without password',
    add(file('etc/shadow', 'a::1::::::\n')),
    add(file('etc/shadow', 'a:!:1::::::\n')),
  ],
  [
    'a private key',
    add(file('etc/app/key.pem', KEY)),
    add(file('etc/app/key.pem', KEY.replaceAll('PRIVATE', 'PUBLIC'))),
  ],
  [
    'a private key that a whiteout hides',
    ({ layers }) => layers.push([file('srv/key.pem', KEY)], [file('srv/.wh.key.pem')]),
    ({ layers }) => layers.push([file('srv/note', 'x')], [file('srv/.wh.note')]),
  ],
  [
    'a token in a file',
    add(file('srv/app.conf', `token=${TOKEN}\n`)),
    add(file('srv/app.conf', 'token=ghp_x\n')),
  ],
  [
    'a password in a variable',
    config({ Env: ['DB_PASSWORD=x'] }),
    config({ Env: ['DB_PASSWORD_FILE=/run/x', 'DB_PASSWORD='] }),
  ],
  ['a token in a label', config({ Labels: { note: TOKEN } }), config({ Labels: { note: 'ghp_' } })],
  [
    'a token in history',
    (made) => made.history.push({ created_by: `RUN curl -H ${TOKEN}` }, { created_by: 'COPY' }),
    (made) => made.history.push({ created_by: 'RUN curl' }, { created_by: 'COPY' }),
  ],
  ['a log', add(file('var/log/app.log', 'x')), add(file('var/log/app.log'))],
  [
    'an index of apt',
    add(file('var/lib/apt/lists/x_Packages', 'x')),
    add(file('var/lib/apt/extended_states', 'x')),
  ],
  ['a temporary file', add(file('tmp/x', 'x')), add(file('srv/tmp/x', 'x'))],
]);

const versions = { app: '1:2.0-1', libapp1: '2.0-1', 'libapp-data': '2.0-1' };
const given =
  (...args: Parameters<typeof document>): Change =>
  (made) => {
    made.sbom = document(...args);
  };
const withoutApp = { libapp1: '2.0-1', 'libapp-data': '2.0-1' };
const base = (version: string): object => ({ type: 'container', name: 'base', version });
const DIGEST = `sha256:${'0'.repeat(64)}`;

faultTable('sbom', 'fail', [
  ['a package left out', given(withoutApp), given(versions)],
  [
    'a package that is not there',
    given({ ...versions, more: '1' }),
    given(versions, {}, [{ type: 'library', name: 'more', version: '1', purl: 'pkg:npm/more@1' }]),
  ],
  ['another version', given({ ...versions, app: '1:2.0-2' }), given({ ...versions })],
  ['the epoch lost', given({ ...versions, app: '2.0-1' }), given({ ...versions, libapp1: '0:2.0-1' })],
  [
    'of another image',
    given(versions, { component: { type: 'container', name: 'x', version: DIGEST } }),
    given(versions, { component: { type: 'container', name: 'x' } }),
  ],
  ['a base without digest', given(versions, {}, [base('12')]), given(versions, {}, [base(DIGEST)])],
]);

const locked =
  (name: string, version: string, repoid: string): Change =>
  (made) => {
    made.locked[name] = [version, repoid];
  };
const asked =
  (options: Record<string, unknown>, change: Change): Change =>
  (made) => {
    made.options.origin = options;
    change(made);
  };

faultTable('origin', 'fail', [
  ['a package from elsewhere', locked('app', '1:2.0-1', 'other'), locked('app', '1:2.0-1', 'main')],
  ['a package that no lock has', (made) => delete made.locked.app, locked('more', '1', 'other')],
  [
    'a version that the lock does not have',
    locked('app', '1:2.0-2', 'main'),
    locked('libapp1', '0:2.0-1', 'main'),
  ],
  [
    'a source of which one binary is from elsewhere',
    locked('libapp-data', '2.0-1', 'other'),
    locked('libapp-data', '2.0-1', 'main'),
  ],
  [
    'just less than is asked for',
    asked({ from: 'main', atLeast: 0.51 }, locked('app', '1:2.0-1', 'other')),
    asked({ from: 'main', atLeast: 0.5 }, locked('app', '1:2.0-1', 'other')),
  ],
  [
    'by binary package, where by source it would do',
    asked({ from: 'main', atLeast: 0.6, by: 'source' }, locked('app', '1:2.0-1', 'other')),
    asked({ from: 'main', atLeast: 0.6, by: 'binary' }, locked('app', '1:2.0-1', 'other')),
  ],
  [
    'a name that only begins like it',
    locked('app', '1:2.0-1', 'main-own'),
    asked({ from: 'main*', atLeast: 1 }, locked('app', '1:2.0-1', 'main-own')),
  ],
]);
