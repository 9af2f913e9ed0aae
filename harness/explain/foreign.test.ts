import { describe, expect, it } from 'vitest';
import { contextOf, inside, insideEntry, textEntry, reported } from '../testing/explain/entry.ts';

/** What programs write that are not in our catalogs: text in A, text in B, the recipe, and what is to be told. */
const CASES: [name: string, texts: [string, string], recipe: string, expected: string][] = [
  ['JSON epoch', ['{"built":1795550461123}', '{"built":1795550463001}'], '', 'timestamp-content'],
  [
    'PDF',
    ["/CreationDate (D:20261124233729+00'00')", "/CreationDate (D:20261124233730+00'00')"],
    '',
    'timestamp-content',
  ],
  ['host alone', ['build-7f3a', 'runner42'], 'RUN uname -n > etc/x', 'hostname'],
  ['words alone', ['build-7f3a', 'runner42'], '', 'unknown'],
  ['host key', ["{'host': 'build-7f3a'}", "{'host': 'runner42'}"], '', 'hostname'],
  ['key of a machine', ['"built_on": "buildkit-7f9c4"', '"built_on": "runner-x2k9d"'], '', 'hostname'],
  ['built on', ['Built on build-7f3a', 'Built on runner42'], '', 'hostname'],
  ['built on a system', ['Built on Debian', 'Built on Fedora'], '', 'unknown'],
  ['user and host', ['Linux (alice@build-7f3a) gcc', 'Linux (bob@runner42) gcc'], '', 'hostname,username'],
  ['one user, two hosts', ['(root@build-7f3a)', '(root@runner42)'], '', 'hostname'],
  ['built by', ['built by alice', 'built by bob'], '', 'username'],
  ['user from the environment', ['alice', 'bob'], 'RUN whoami > etc/x', 'username'],
  [
    'secret variable',
    ['SECRET_KEY=V2UgYWxsIGxpdmUgaW4=', 'SECRET_KEY=aG93IG5vdyBicm93biA='],
    '',
    'randomness',
  ],
  ['variable of a job', ['CI_JOB_ID=88123', 'CI_JOB_ID=88124'], '', 'environment'],
  ['jobs of make', ['MAKEFLAGS=-j8', 'MAKEFLAGS=-j16'], '', 'cpu'],
  ['workers', ['worker_processes 4;', 'worker_processes 16;'], '', 'cpu'],
  ['pid of a worker', ['started worker, pid=4711', 'started worker, pid=4712'], '', 'process-id'],
  ['random fraction', ['seed 0.8444218515250481', 'seed 0.7579544029403025'], '', 'randomness'],
  ['rounding', ['pi 0.7853981633974483', 'pi 0.7853981633974482'], '', 'unknown'],
  [
    'password hash',
    [
      'root:$6$mWq1Lz8dQGdVfXTn$abcDEF./ghiJKL:19000:0:99999:7:::',
      'root:$6$Zk93hX0a5tR7pQwe$ZYXwvu/tsr.qpo:19000:0:99999:7:::',
    ],
    '',
    'randomness',
  ],
  ['password', ['password: ySShq+AMaLqqH+MB', 'password: m8yDmvcIdXgHPaUU'], '', 'randomness'],
  [
    'dump',
    ["'lion' => 1,\n'bear' => 1,\n'wolf' => 1\n", "'wolf' => 1,\n'lion' => 1,\n'bear' => 1\n"],
    '',
    'hash-order',
  ],
  [
    'release of a kernel',
    ['#define UTS_RELEASE "6.1.0-18-amd64"', '#define UTS_RELEASE "6.5.0-14-generic"'],
    '',
    'kernel',
  ],
  ['one home, two folders', ['/home/x/a/m.rs', '/home/x/b/m.rs'], '', 'unknown'],
  ['two homes', ['/home/alice/.local', '/home/bob/.local'], '', 'username'],
  ['version of a program', ['version "6.1.0"', 'version "6.5.0"'], '', 'unknown'],
  ['time of a shell', ['real\t0m0.005s', 'real\t0m0.011s'], '', 'profile-guided'],
  [
    'fetched',
    ['data 17 apples', 'data 19 pears'],
    'RUN curl -sSo etc/data.txt https://example.org/x',
    'network-input',
  ],
  ['tag of a version', ['1.2+git20261124200105', '1.2+git20261124200107'], '', 'timestamp-content'],
  [
    'key in hex',
    ['k = 0x0f3a5a6c7b8d9e0f1a2b3c4d5e6f7a8b', 'k = 0x9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b'],
    '',
    'randomness',
  ],
  ['month', ['March 2026', 'März 2026'], '', 'locale'],
  ['two months', ['March 2026', 'April 2026'], '', 'unknown'],
  ['host with a domain', ['build_host=b1.ci.example.net', 'build_host=b2.ci.example.net'], '', 'hostname'],
  ['uid', ['uid=1000(app)', 'uid=1001(app)'], '', 'username'],
  ['prefix', ['prefix=/builds/job1/stage', 'prefix=/builds/job22/stage'], '', 'build-path'],
  ['two folders', ['data=/srv/one', 'data=/srv/two'], '', 'unknown'],
  ['word', ['colour red', 'colour green'], '', 'unknown'],
  ['number', ['size 17', 'size 22'], '', 'unknown'],
  ['mail', ['mail: a.smith@example.org', 'mail: b.jones@example.org'], '', 'unknown'],
];

describe('what other programs write', () => {
  it.each(CASES)('%s', (_name, [a, b], recipe, expected) => {
    const path = /etc\/[\w.]+/.exec(recipe)?.[0] ?? 'etc/settings';
    const ids = reported(textEntry(path, `${a}\n`, `${b}\n`), contextOf(recipe)).map(
      (text) => text.split(' ')[0],
    );
    expect([...new Set(ids)].sort().join()).toBe(expected);
  });

  it('a number in a table that is a time', () => {
    const fields = [{ field: 'b', offset: null, a: '1795550461', b: '1795550463' }];
    const row = inside('sqlite-row', { part: 'rowid 1', fields });
    expect(reported(insideEntry('srv/a.db', inside('sqlite', { children: [row] })), contextOf())).toEqual([
      'timestamp-content likely',
    ]);
  });

  it('strings that a linker put in another order are compared with those that they stand for', () => {
    const diff =
      '@@ -1,2 +1,2 @@\n-/build.CKDlBQVC\n-/build.CKDlBQVC/app.c\n+/build.8t0w83WB/app.c\n+/build.8t0w83WB\n';
    const strings = inside('strings', { part: '.debug_line_str', diff });
    expect(reported(insideEntry('usr/bin/x', inside('elf', { children: [strings] })))).toContain(
      'build-path likely',
    );
    expect(reported(insideEntry('usr/bin/x', inside('elf', { children: [strings] })))).not.toContain(
      'unknown likely',
    );
  });

  it('code that moved because a path in it is longer follows from the path', () => {
    const path = inside('strings', {
      part: '.rodata',
      diff: '@@ -1,1 +1,1 @@\n-/home/x/a/m.rs\n+/home/x/bcd/m.rs\n',
    });
    const bytes = (part: string) =>
      inside('bytes', { part, windows: [{ offset: 64, a: 'c5f877c5', b: '62f17c48' }] });
    const program = (...children: ReturnType<typeof inside>[]) =>
      insideEntry('usr/bin/x', inside('elf', { children }));
    expect(reported(program(path, bytes('.rela.dyn')))).toEqual(['build-path likely']);
    expect(reported(program(path, bytes('.data')))).toEqual(['build-path likely', 'unknown likely']);
    expect(reported(program(bytes('.rela.dyn')))).toEqual(['unknown likely']);
  });
});
