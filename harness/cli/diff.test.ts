import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { scratch, writeLayout } from '../testing/oci/image.ts';
import { tar, type TestEntry } from '../testing/oci/tar/tar.ts';

const main = join(import.meta.dirname, 'main.ts');
const twinproof = (...words: string[]) =>
  execa(process.execPath, [main, ...words], { reject: false, env: { NO_COLOR: '' } });

const base: TestEntry[] = [
  { name: 'etc/', type: 'dir', mode: 0o755 },
  { name: 'etc/text', content: 'one\ntwo\n' },
];
const other: TestEntry[] = [
  { name: 'etc/', type: 'dir', mode: 0o755 },
  { name: 'etc/text', content: 'one\n2\x1b[31m\n', mode: 0o600 },
  { name: 'etc/evil\n\x1b[2J\u00e2\u0080\u00ae', content: 'x' },
];

describe('twinproof diff', () => {
  it('says 0 and equal, 1 and what differs, 2 and why not', async () => {
    await using folder = await scratch();
    const a = await writeLayout(join(folder.path, 'a'), { layers: [tar(base)] });
    const b = await writeLayout(join(folder.path, 'b'), { layers: [tar(other)] });
    const z = await writeLayout(join(folder.path, 'z'), { layers: [tar(base)], compress: 'zstd' });

    const equal = await twinproof('diff', a, z);
    expect(equal.stdout.split('\n')[0]).toMatch(/^equal at config: sha256:/);
    expect(equal).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await twinproof('diff', a, z, '--rung', 'manifest')).toMatchObject({ exitCode: 1 });
    expect(await twinproof('diff', a, z, '--rung', 'manifest', '--ignore', 'compression')).toMatchObject({
      exitCode: 0,
    });

    const different = await twinproof('diff', a, b);
    expect(different).toMatchObject({ exitCode: 1, stderr: '' });
    const lines = different.stdout.split('\n');
    expect(lines[0]).toBe('different at config; even the file trees differ (the root filesystems differ)');
    // Which causes are named is no matter of this test.
    const bare = lines.map((line) => line.replace(/(\[layer 0\]) \(.*\)$/, '$1'));
    expect(bare.slice(bare.indexOf('Entries: 1 changed, 1 added'))).toMatchInlineSnapshot(`
      [
        "Entries: 1 changed, 1 added",
        "etc (1 changed, 1 added)",
        "  + etc/evil\\n\\x1b[2J\\u{202e}  file [layer 0]",
        "  ~ etc/text  content, mode 0644 → 0600, size 8 → 11 [layer 0]",
        "      @@ -1,2 +1,2 @@",
        "       one",
        "      -two",
        "      +2\\x1b[31m",
      ]
    `);
    const json = await twinproof('diff', a, b, '--json', '--max-diffs', '1');
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: 'twinproof/diff/v1', truncated: true });
    expect(json.exitCode).toBe(1);
    expect(await twinproof('diff', a, b, '--quiet')).toMatchObject({ exitCode: 1, stdout: '', stderr: '' });

    for (const words of [
      [a],
      [a, '/nowhere'],
      [a, b, '--rung', 'none'],
      [a, b, '--ignore', 'mode'],
      [a, 'docker://X'],
      [a, b, '--platform', 'x'],
    ]) {
      const failed = await twinproof('diff', ...words);
      expect(failed, words.join(' ')).toMatchObject({ exitCode: 2, stdout: '' });
      expect(failed.stderr.split('\n'), failed.stderr).toHaveLength(1);
    }
  });
});
