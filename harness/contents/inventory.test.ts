import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { rpmDatabase, rpmHeader } from '../testing/packages/rpm/rpm.ts';
import { OS_RELEASE, file, installed, inventory } from '../testing/contents/contents.ts';
import { type Inventory, inventorySchema } from './types.ts';

const why = ({ unowned }: Inventory): Record<string, string> =>
  Object.fromEntries(unowned.filter((one) => one.why !== 'database').map((one) => [one.path, one.why]));

const BASE = [
  OS_RELEASE,
  ...installed({
    tool: { version: '1:2-3', files: ['usr', 'usr/bin', 'usr/bin/tool', 'usr/lib/os-release'] },
  }),
];

test('packages have a package URL with the distribution, and files that they list are theirs', async () => {
  const found = await inventory([[...BASE, file('usr/bin/tool', 'x', 0o755)]]);
  expect(found.distribution).toEqual({ id: 'debian', version: '12', name: 'Debian 12', cpe: null });
  expect(found.packages).toMatchObject([
    {
      name: 'tool',
      version: '1:2-3',
      format: 'dpkg',
      purl: 'pkg:deb/debian/tool@1:2-3?arch=amd64&distro=debian-12',
    },
  ]);
  expect(found.files).toMatchObject({ total: 4, owned: 2, database: 2, dark: 0 });
  expect(why(found)).toEqual({});
});

test('a file that nothing explains is dark, and the instruction that made it is named', async () => {
  const config = { history: [{ created_by: 'RUN install' }, { created_by: 'RUN curl | sh' }] };
  const found = await inventory(
    [
      [...BASE, file('usr/bin/tool', 'x', 0o755)],
      [
        file('usr/bin/other', 'x', 0o755),
        file('opt/data', 'x'),
        file('etc/systemd/system/evil.service', 'x'),
      ],
    ],
    config,
  );
  expect(why(found)).toEqual({
    'usr/bin/other': 'dark',
    'opt/data': 'dark',
    'etc/systemd/system/evil.service': 'configuration',
  });
  expect(found.unowned.find(({ path }) => path === 'opt/data')).toMatchObject({
    layer: 1,
    instruction: { history: 1, createdBy: 'RUN curl | sh' },
  });
});

test('what COPY brings is explained by it, but for a layer that changes a package database', async () => {
  const config = {
    history: [
      { created_by: '/bin/sh -c #(nop) COPY dir:1 in / ' },
      { created_by: 'COPY app /app # buildkit' },
    ],
  };
  const found = await inventory([[...BASE, file('srv/x')], [file('app/main', 'x', 0o755)]], config);
  expect(why(found)).toEqual({ 'srv/x': 'dark', 'app/main': 'copied' });
});

test('files that installing makes are known, and bytecode only with its source', async () => {
  const found = await inventory([
    [
      ...BASE,
      ...installed({ python: { version: '3', files: ['usr/lib/python3/a.py'] } }).slice(1),
      file('var/lib/dpkg/info/tool.list', '/usr/bin/tool\n/usr/lib/python3/a.py\n/usr/lib/os-release\n'),
      file('usr/lib/python3/a.py'),
      file('usr/lib/python3/__pycache__/a.cpython-311.pyc'),
      file('usr/lib/python3/__pycache__/b.cpython-311.pyc'),
      file('etc/ld.so.cache'),
      { name: 'etc/alternatives/vi', type: 'symlink', linkname: '/usr/bin/tool' },
      { name: 'usr/bin/vi', type: 'symlink', linkname: '/etc/alternatives/vi' },
      file('var/log/x'),
      file('etc/cron.daily/x', '#!/bin/sh\n', 0o755),
    ],
  ]);
  expect(why(found)).toEqual({
    'usr/lib/python3/__pycache__/a.cpython-311.pyc': 'generated',
    'usr/lib/python3/__pycache__/b.cpython-311.pyc': 'dark',
    'etc/ld.so.cache': 'generated',
    'etc/alternatives/vi': 'generated',
    'usr/bin/vi': 'generated',
    'var/log/x': 'state',
    'etc/cron.daily/x': 'dark',
  });
});

test('where a package has no list of its files nothing is called dark', async () => {
  const [status] = installed({ tool: { version: '1', files: [] } });
  const found = await inventory([
    [...(status === undefined ? [] : [status]), file('usr/bin/tool', 'x', 0o755)],
  ]);
  expect(found).toMatchObject({ withoutList: 1, files: { unlisted: 1, dark: 0 } });
});

test('in an image without dpkg a link without owner may be of a package, a file may not', async () => {
  const found = await inventory([
    [
      file('var/lib/dpkg/status.d/libssl3', 'Package: libssl3\nVersion: 3.0\nArchitecture: amd64\n'),
      file('var/lib/dpkg/status.d/libssl3.md5sums', `${'0'.repeat(32)}  usr/lib/libssl.so.3.0\n`),
      file('usr/lib/libssl.so.3.0'),
      file('usr/lib/dark.so'),
      { name: 'usr/lib/libssl.so.3', type: 'symlink', linkname: 'libssl.so.3.0' },
    ],
  ]);
  expect(why(found)).toEqual({ 'usr/lib/libssl.so.3': 'unlisted', 'usr/lib/dark.so': 'dark' });
});

test('packages of rpm say vendor, license, source and the key that they are signed with', async () => {
  const signature = Buffer.from('881303050000000000a1b2c3d4e5f6071801080000', 'hex');
  const header = rpmHeader([
    [1000, 6, ['bash']],
    [1001, 6, ['5.3']],
    [1002, 6, ['1.fc43']],
    [1003, 4, [2]],
    [1011, 6, ['Fedora Project']],
    [1014, 6, ['GPL-3.0-or-later']],
    [1022, 6, ['x86_64']],
    [1044, 6, ['bash-5.3-1.fc43.src.rpm']],
    [268, 7, signature],
    [1116, 4, [0]],
    [1117, 8, ['bash']],
    [1118, 8, ['/usr/bin/']],
  ]);
  const database = rpmDatabase([header]);
  const found = await inventory([
    [
      file('etc/os-release', "ID='fedora'\nVERSION_ID=43\n"),
      { name: 'usr/lib/sysimage/rpm/rpmdb.sqlite', content: database },
      file('usr/bin/bash', 'x', 0o755),
    ],
  ]);
  expect(found.packages).toEqual([
    {
      name: 'bash',
      version: '2:5.3-1.fc43',
      architecture: 'x86_64',
      source: 'bash-5.3-1.fc43.src.rpm',
      vendor: 'Fedora Project',
      license: 'GPL-3.0-or-later',
      signedBy: 'a1b2c3d4e5f60718',
      format: 'rpm',
      purl: 'pkg:rpm/fedora/bash@5.3-1.fc43?arch=x86_64&distro=fedora-43&epoch=2',
    },
  ]);
  expect(found.files).toMatchObject({ owned: 1, database: 1, configuration: 1 });
});

test('a damaged database is an error, not an image full of dark files', async () => {
  await expect(inventory([[file('var/lib/dpkg/status', 'nonsense\n'), file('usr/bin/x')]])).rejects.toThrow(
    'no "Field: value"',
  );
});

test('inventory.schema.json is that of the code (write it with --update), and describes an inventory', async () => {
  await expect(inventorySchema()).toMatchFileSnapshot('./inventory.schema.json');
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(inventorySchema()) as object);
  const found = JSON.parse(JSON.stringify(await inventory([BASE]))) as unknown;
  expect(validate(found), JSON.stringify(validate.errors)).toBe(true);
});
