import { describe, expect, it } from 'vitest';
import type { TestEntry } from '../testing/oci/tar/tar.ts';
import { compare, layered } from '../testing/compare/compare.ts';

const history = [
  { created_by: 'ADD rootfs.tar /' },
  { created_by: 'ENV A=1', empty_layer: true },
  { created_by: 'RUN make' },
];

const database: TestEntry[] = [
  {
    name: 'var/lib/dpkg/status',
    content: 'Package: tool\nStatus: install ok installed\nArchitecture: all\nVersion: 1-1\n',
  },
  { name: 'var/lib/dpkg/info/tool.list', content: '/usr\n/usr/bin/tool\n' },
];

const image = (content: string, more: TestEntry[] = []) =>
  layered([...database, { name: 'usr/bin/tool', content }], [{ name: 'made', content }, ...more]);

describe('each difference', () => {
  it('names the instruction that made its layer, leaving out those that made none', async () => {
    const [a, b] = ['1', '2'].map((text) => ({ ...image(text), config: { history } }));
    if (a === undefined || b === undefined) throw new Error('two images');
    const { entries } = await compare(a, b);
    expect(entries.map(({ path, instructionA, instructionB }) => [path, instructionA, instructionB])).toEqual(
      [
        ['made', { history: 2, createdBy: 'RUN make' }, { history: 2, createdBy: 'RUN make' }],
        [
          'usr/bin/tool',
          { history: 0, createdBy: 'ADD rootfs.tar /' },
          { history: 0, createdBy: 'ADD rootfs.tar /' },
        ],
      ],
    );
  });

  it('names no instruction where the history does not fit, and bounds what it names', async () => {
    const long = [{ created_by: 'x'.repeat(9999) }, { created_by: 7 }];
    const { entries } = await compare(
      { ...image('1'), config: { history: history.slice(0, 2) } },
      { ...image('2'), config: { history: long } },
    );
    expect(entries[0]).toMatchObject({ path: 'made', instructionA: null, instructionB: { createdBy: '' } });
    expect(entries[1]?.instructionB?.createdBy).toHaveLength(501);
  });

  it('names the package that owns the path', async () => {
    const { entries } = await compare(image('1'), image('2', [{ name: 'extra' }]));
    const tool = { name: 'tool', version: '1-1', format: 'dpkg' };
    expect(entries.map(({ path, packageA, packageB }) => [path, packageA, packageB])).toEqual([
      ['extra', null, null],
      ['made', null, null],
      ['usr/bin/tool', tool, tool],
    ]);
  });

  it('names the package of each side', async () => {
    const other = database.map((entry) => ({
      ...entry,
      content: entry.content?.toString().replace('1-1', '2-1') ?? '',
    }));
    const { entries } = await compare(
      layered([...database, { name: 'usr/bin/tool', content: '1' }]),
      layered([...other, { name: 'usr/bin/tool', content: '2' }]),
    );
    expect(entries.find(({ path }) => path === 'usr/bin/tool')).toMatchObject({
      packageA: { version: '1-1' },
      packageB: { version: '2-1' },
    });
  });
});
