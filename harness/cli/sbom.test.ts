import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { file, installed } from '../testing/contents/contents.ts';
import { scratch, writeLayout } from '../testing/oci/image.ts';
import { tar } from '../testing/oci/tar/tar.ts';

const main = join(import.meta.dirname, 'main.ts');
const twinproof = (...words: string[]) =>
  execa(process.execPath, [main, 'sbom', ...words], { reject: false });

test('an SBOM that was written agrees with its image, and with no other; what cannot be compared ends with 2', async () => {
  await using folder = await scratch();
  const image = async (name: string, version: string): Promise<string> => {
    const entries = [
      ...installed({ tool: { version, files: ['usr/bin/tool'] } }),
      file('usr/bin/dark\x1b[2J'),
    ];
    return writeLayout(join(folder.path, name), { layers: [tar(entries)] });
  };
  const [one, two] = [await image('one', '1'), await image('two', '2')];
  const none = await writeLayout(join(folder.path, 'none'), { layers: [tar([file('app')])] });
  const text = await twinproof(one);
  expect(text.exitCode).toBe(0);
  expect(text.stdout).toContain('packages      1 in dpkg');
  expect(text.stdout).toContain('dark usr/bin/dark\\x1b[2J');
  for (const format of ['spdx-json', 'cyclonedx-json']) {
    const path = join(folder.path, `${format}.json`);
    await writeFile(path, (await twinproof(one, '--format', format)).stdout);
    expect(await twinproof(one, '--check', path)).toMatchObject({ exitCode: 0 });
    const other = await twinproof(two, '--check', path);
    expect(other).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('tool: 2 in the image, 1 in') as string,
    });
    const nothing = await twinproof(none, '--check', path);
    expect(nothing).toMatchObject({ exitCode: 2, stdout: '' });
    expect(nothing.stderr).toContain('no package database');
    const wrong = await twinproof(one, '--check', path, '--format', format);
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--format json') as string });
  }
});
