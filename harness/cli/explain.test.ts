import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { scratch, writeLayout } from '../testing/oci/image.ts';
import { tar, type TestEntry } from '../testing/oci/tar/tar.ts';
import { sha256Hex } from '../model/digest.ts';

const main = join(import.meta.dirname, 'main.ts');
const twinproof = (...words: string[]) =>
  execa(process.execPath, [main, ...words], { reject: false, env: { NO_COLOR: '' } });

const entries = (date: string, host: string, mtime: string): TestEntry[] => [
  { name: 'etc/', type: 'dir', mode: 0o755, mtime },
  { name: 'etc/date', content: `built 2026-11-24T20:01:${date}\n` },
  { name: 'etc/evil\n\x1b[2J', content: `built 2026-11-24T20:01:${date}\n` },
  { name: 'etc/host', content: `built on host ${host}\n` },
  { name: 'etc/same', content: 'same\n' },
];

describe('twinproof explain', () => {
  it('groups by cause, as text, JSON and Markdown, and says nothing of equal images', async () => {
    await using folder = await scratch();
    const write = (name: string, ...facts: Parameters<typeof entries>): Promise<string> =>
      writeLayout(join(folder.path, name), { layers: [tar(entries(...facts))] });
    const a = await write('a', '27', '0123456789ab', '1');
    const b = await write('b', '28', 'ba9876543210', '2');

    const text = await twinproof('explain', a, b);
    expect(text).toMatchObject({ exitCode: 1, stderr: '' });
    expect(text.stdout).toContain('2 paths: timestamp-content (likely)');
    expect(text.stdout).toContain('1 path: hostname (likely)');
    expect(text.stdout).toContain('1 path: timestamp-metadata (exact)');
    expect(text.stdout).toContain('2 of 3 causes are likely, not certain: build again with these 3 fixes');
    // eslint-disable-next-line no-control-regex -- that no such character comes through is what is tested
    expect(text.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);

    const { stdout } = await twinproof('explain', a, b, '--json');
    const { causes, schema } = JSON.parse(stdout) as {
      causes: { id: string; places: string[] }[];
      schema: string;
    };
    expect(schema).toBe('twinproof/explain/v1');
    expect(causes.find(({ id }) => id === 'hostname')?.places).toEqual(['etc/host']);
    const again = await twinproof('explain', a, b, '--json');
    expect(again.stdout).toBe(stdout);

    const markdown = await twinproof('explain', a, b, '--format', 'markdown');
    expect(markdown.stdout).toContain('## timestamp-content (likely): 2 paths');

    const diff = await twinproof('diff', a, b, '--json');
    const found = JSON.parse(diff.stdout) as { entries: { path: string; causes: { id: string }[] }[] };
    expect(found.entries.find(({ path }) => path === 'etc/host')?.causes[0]?.id).toBe('hostname');

    const equal = await twinproof('explain', a, a);
    expect(equal).toMatchObject({ exitCode: 0, stdout: 'equal at manifest' });
  });

  it('refuses evidence that is not what the record says, and what names nothing', async () => {
    await using folder = await scratch();
    const hex = sha256Hex('a difference');
    const evidence = { name: 'diff', digest: `sha256:${hex}`, size: 12, mediaType: 'application/json' };
    const cell = { subject: 'x/default@linux/amd64', claim: 'reproducible' };
    const header = {
      ...{
        type: 'header',
        schema: 'twinproof/run/v2',
        run: 'r',
        started: '2026-11-24T20:00:00Z',
        harness: '0',
      },
      ...{ catalog: { name: 'c', digest: `sha256:${hex}` }, engine: { name: 'e', version: '1' } },
      ...{ host: { os: 'Linux', architecture: 'x64', kernel: '6', cpus: 1 }, seed: 0, shard: null },
      ...{ cells: [cell], resumed: null },
    };
    const line = { type: 'cell', ...cell, verdict: 'fail', summary: 's', key: null, keyDigest: null };
    const result = { ...line, detail: {}, evidence: [evidence], seconds: 1 };
    await mkdir(join(folder.path, 'evidence/sha256'), { recursive: true });
    await writeFile(join(folder.path, 'run.jsonl'), `${JSON.stringify(header)}\n${JSON.stringify(result)}\n`);
    const explain = async (content: string): Promise<string> => {
      await writeFile(join(folder.path, 'evidence/sha256', hex), content);
      const failed = await twinproof('explain', 'x', '--run', folder.path);
      expect(failed).toMatchObject({ exitCode: 2, stdout: '' });
      return failed.stderr;
    };
    expect(await explain('something else')).toMatch(/record-invalid: evidence is not what its name says/);
    expect(await explain('a difference')).toMatch(/record-invalid: a difference that is no JSON/);
    for (const [words, said] of [
      [['x'], /usage: there is no run in results\/runs below this folder/],
      [['y/default', '--run', folder.path], /usage: the run has no cell "y\/default reproducible"/],
      [['x', 'y', '--run', folder.path], /usage: --run is for one subject of a run/],
    ] as const) {
      const options = { cwd: folder.path, reject: false } as const;
      const failed = await execa(process.execPath, [main, 'explain', ...words], options);
      expect(failed).toMatchObject({ exitCode: 2, stdout: '' });
      expect(failed.stderr).toMatch(said);
    }
  });
});
