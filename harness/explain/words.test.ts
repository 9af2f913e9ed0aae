import { describe, expect, it } from 'vitest';
import type { EntryDiff } from '../compare/types.ts';
import { contextOf, inside, insideEntry, textEntry, reported } from '../testing/explain/entry.ts';
import type { Context } from './types.ts';

const lines = (...items: string[]): string => items.map((item) => `${item}\n`).join('');
const text = (a: string, b: string, path = 'etc/x'): EntryDiff => textEntry(path, `${a}\n`, `${b}\n`);

const CASES: [string, EntryDiff, Context | undefined, string[]][] = [
  // words
  [
    'container, or else something random',
    text('built on 0123456789ab', 'built on ba9876543210'),
    undefined,
    ['hostname likely', 'randomness likely'],
  ],
  [
    'marker host',
    text('host i-am-host-a', 'host i-am-host-b'),
    contextOf('', { hostname: ['i-am-host-a', 'i-am-host-b'] }),
    ['hostname proven'],
  ],
  ['home', text('HOME=/home/anna', 'HOME=/home/berta'), undefined, ['username likely']],
  ['variable', text('PATH=/a/bin:/bin', 'PATH=/b/bin:/bin'), undefined, ['environment likely']],
  ['locale name', text('LANG=C.UTF-8', 'LANG=et_EE.UTF-8'), undefined, ['locale likely']],
  [
    'collation',
    textEntry('etc/list', lines('B', 'a', 'c'), lines('a', 'B', 'c')),
    undefined,
    ['locale likely'],
  ],
  ['kernel', text('Linux 6.1.0-18-amd64', 'Linux 2.6.61-18-amd64'), undefined, ['kernel likely']],
  ['cpus', text('jobs: 2', 'jobs: 4'), undefined, ['cpu likely']],
  // what somebody wrote, with another number in it
  ['one of several', text('core 3', 'core 4'), undefined, ['unknown likely']],
  ['an index', text('char filename[1024];', 'char filename[2048];'), undefined, ['unknown likely']],
  [
    'tag of a line of syslog',
    text('cron[812]: started', 'cron[977]: started'),
    undefined,
    ['process-id likely'],
  ],
  ['a version', text('2.6.990-a', '2.6.991-a'), undefined, ['unknown likely']],
  ['versions on both sides of 2.6', text('2.6.32', '2.7.0'), undefined, ['unknown likely']],
  ['a constant', text('UUID="spam"', 'UUID="eggs"'), undefined, ['unknown likely']],
  ['a number of CPUs in words', text('running on 4 cores', 'running on 8 cores'), undefined, ['cpu likely']],
  ['a setting', text('max_threads = 4', 'max_threads = 8'), undefined, ['cpu likely']],
  [
    'a digest of something else',
    text(`sha256:${'0123456789abcdef'.repeat(4)}`, `sha256:${'fedcba9876543210'.repeat(4)}`),
    undefined,
    ['unknown likely'],
  ],
  [
    'a function that was moved',
    textEntry(
      'src/x.c',
      lines('int a()', '{', '  x;', '}', 'int b()', '{', '  y;', '}'),
      lines('int b()', '{', '  y;', '}', 'int a()', '{', '  x;', '}'),
    ),
    undefined,
    ['unknown likely'],
  ],
  [
    'UUID',
    text('id: 6ba7b810-9dad-41d1-80b4-00c04fd430c8', 'id: 1b4e28ba-2fa1-41d2-883f-0016d3cca427'),
    undefined,
    ['randomness likely'],
  ],
  [
    'temporary folder',
    text('made in /tmp/tmp.aB3dE5fG7h', 'made in /tmp/tmp.Zz9Yy8Xx7w'),
    undefined,
    ['randomness likely'],
  ],
  [
    'random bytes',
    insideEntry(
      'etc/key',
      inside('bytes', {
        windows: [
          { offset: 0, a: '8f3a61d2c47be09517fc2d80a94e6b33', b: '51c0e97a3d16f284bb6e0493d7581fac' },
        ],
      }),
    ),
    undefined,
    ['randomness likely'],
  ],
  [
    'address',
    text('<object object at 0x7f3a1c2d4e50>', '<object object at 0x7f9b0c1d2e60>'),
    undefined,
    ['address-space likely'],
  ],
  [
    'padded address',
    text('00007f3a1c2d4e50', '00007f9b0c1d2e60'),
    undefined,
    ['address-space likely', 'randomness likely'],
  ],
  ['process', text('pid 123', 'pid 4567'), undefined, ['process-id likely']],
  [
    'hash order',
    textEntry('etc/fruits', lines('pear', 'apple', 'fig'), lines('fig', 'pear', 'apple')),
    contextOf('RUN python3 /fruits.py > /newroot/etc/fruits'),
    ['hash-order likely'],
  ],
  [
    'hash order in a line',
    text("{'pear', 'apple', 'fig'}", "{'fig', 'pear', 'apple'}"),
    undefined,
    ['hash-order likely'],
  ],
  [
    'folder order',
    textEntry('etc/list', lines('./b.c', './a.c', './d.c'), lines('./d.c', './b.c', './a.c')),
    contextOf('RUN find . > /etc/list'),
    ['entry-order likely'],
  ],
  [
    'race',
    textEntry('etc/list', lines('two', 'one', 'six'), lines('six', 'one', 'two')),
    contextOf('RUN make -j8 > /etc/list'),
    ['parallelism likely', 'hash-order likely'],
  ],
  [
    'build path',
    insideEntry(
      'usr/bin/x',
      inside('elf', {
        children: [
          inside('text', {
            part: '.debug_line_str',
            diff: '@@ -1 +1 @@\n-/build/one/x.c\n+/build/two/x.c\n',
          }),
          inside('bytes', { part: '.note.gnu.build-id', windows: [{ offset: 0, a: 'aa', b: 'bb' }] }),
        ],
      }),
    ),
    undefined,
    ['build-path likely', 'build-id likely'],
  ],
  [
    'random bytes of which one happens to look like text',
    insideEntry(
      'etc/session.key',
      inside('bytes', {
        fields: [{ field: 'format', offset: null, a: 'bytes', b: 'text' }],
        windows: [
          {
            offset: 0,
            a: '6c7de64ed4b58c9d2ad16af9c54bae0d2110aa70f1c814f5ebe28770d1be5b94',
            b: '9d938fcde73851fa2a463f2bb4d54b31e1d7bb51f7caacc73d3acc48c0ef0a82',
          },
        ],
      }),
    ),
    undefined,
    ['randomness likely'],
  ],
  ['duration', text('finished in 1.23s', 'finished in 1.31s'), undefined, ['profile-guided likely']],
  ['nothing that is known', text('colour: red', 'colour: blue'), undefined, ['unknown likely']],
];

describe('explainers of words and order', () => {
  it.each(CASES)('%s', (_, entry, context, expected) => {
    expect(reported(entry, context)).toEqual(expected);
  });
});
