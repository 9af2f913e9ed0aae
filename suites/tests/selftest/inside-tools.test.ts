import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { expectReported, look, reported } from '../../../harness/testing/inside/inside.ts';

/** Files of the real tools, made twice with one thing changed. */

const folder = mkdtempSync(join(tmpdir(), 'inside-tools-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
const fresh = (ending: string): string => join(folder, `${++made}${ending}`);
const run = async (command: string, ...words: string[]): Promise<string> =>
  (await execa(command, words, { cwd: folder, env: { E2FSPROGS_FAKE_TIME: '1700000000', LC_ALL: 'C' } }))
    .stdout;

/** A file with this content and time. */
function write(name: string, content: string, seconds: number): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  utimesSync(path, seconds, seconds);
  return path;
}

/** Needs neither headers nor a C library: those are packages of their own. */
const source = 'const char *volatile by;\nvoid _start(void) { by = "built by " BY; for (;;); }\n';

async function compile(by: string, buildId: string): Promise<{ path: string; bytes: Buffer }> {
  const path = fresh('.elf');
  const id = `-Wl,--build-id=0x${buildId}`;
  await run(
    'gcc',
    '-nostdlib',
    '-static',
    '-ffreestanding',
    `-DBY="${by}"`,
    id,
    '-o',
    path,
    write('main.c', source, 0),
  );
  return { path, bytes: readFileSync(path) };
}

describe('ELF as gcc writes it', () => {
  it('differs in its build-id, which readelf reads the same', async () => {
    const [a, b] = [await compile('me', 'aabbccdd'), await compile('me', 'aabbccde')];
    const node = await expectReported(a.bytes, b.bytes, ['elf build-id']);
    expect(await run('readelf', '--notes', a.path)).toContain(`Build ID: ${node?.fields[0]?.a ?? ''}`);
    expect(await run('readelf', '--notes', b.path)).toContain(`Build ID: ${node?.fields[0]?.b ?? ''}`);
  });

  it('differs in a text of its data', async () => {
    const [a, b] = [await compile('me', 'aa'), await compile('us', 'aa')];
    const node = await look(a.bytes, b.bytes);
    expect(reported(node)).toEqual([
      'elf/elf-section:.rodata/strings:content diff',
      'elf/elf-section:.rodata/strings:content bytes',
    ]);
    expect(node?.children[0]?.children[0]?.diff).toContain('-built by me\n+built by us\n');
  });
});

describe('archives', () => {
  it('of ar: differ in the time of a member', async () => {
    const archive = async (seconds: number): Promise<Buffer> => {
      const path = fresh('.a');
      await run('ar', 'rcU', path, write('one.txt', 'x\n', seconds));
      return readFileSync(path);
    };
    const node = await expectReported(await archive(1_700_000_000), await archive(1_700_000_001), [
      'ar/ar-entry:one.txt mtime',
    ]);
    expect(node?.children[0]?.fields[0]).toMatchObject({
      a: '2023-11-14T22:13:20Z',
      b: '2023-11-14T22:13:21Z',
    });
  });

  it('of zip: differ in the times of a member, wherever they stand', async () => {
    const archive = async (seconds: number, ...words: string[]): Promise<Buffer> => {
      const path = fresh('.zip');
      write('one.txt', 'x\n', seconds);
      await run('zip', '-q', ...words, path, 'one.txt');
      return readFileSync(path);
    };
    const [a, b] = [await archive(1_700_000_000, '-X'), await archive(1_700_000_100, '-X')];
    await expectReported(a, b, ['zip/zip-entry:one.txt mtime']);
    expect(reported(await look(await archive(1_700_000_000), await archive(1_700_000_100)))).toEqual(
      expect.arrayContaining([
        'zip/zip-entry:one.txt extra-mtime',
        'zip/zip-entry:one.txt local-extra-mtime',
      ]),
    );
  });
});

describe('.pyc as Python writes it', () => {
  it('differs in the time of its source', async () => {
    const compiled = async (seconds: number): Promise<Buffer> => {
      const path = fresh('.pyc');
      const from = write('m.py', 'x = 1\n', seconds);
      const code = 'import py_compile, sys; py_compile.compile(sys.argv[1], cfile=sys.argv[2])';
      await run('python3', '-c', code, from, path);
      return readFileSync(path);
    };
    const node = await expectReported(await compiled(1_700_000_000), await compiled(1_700_000_009), [
      'pyc source-mtime',
    ]);
    expect(node?.fields[0]?.b).toBe('2023-11-14T22:13:29Z');
  });
});

describe('ext4 as mke2fs writes it', () => {
  const filesystem = async (uuid: string, seed: string): Promise<Buffer> => {
    const path = fresh('.img');
    const options = [
      '-q',
      '-t',
      'ext4',
      '-O',
      '^metadata_csum,^has_journal',
      '-U',
      uuid,
      '-E',
      `hash_seed=${seed}`,
    ];
    await run('mke2fs', ...options, path, '512k');
    return readFileSync(path);
  };
  const ids = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const;

  it('differs in its identity alone', async () => {
    const [a, b] = [await filesystem(ids[0], ids[0]), await filesystem(ids[1], ids[0])];
    const node = await look(a, b);
    expect(node?.fields).toEqual([{ field: 'uuid', offset: 0x468, a: ids[0], b: ids[1] }]);
    await expectReported(a, await filesystem(ids[0], ids[1]), ['ext hash-seed']);
  });
});
