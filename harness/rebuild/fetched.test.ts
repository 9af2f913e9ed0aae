import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fetchedView, prefetchVariables } from './fetched.ts';

const scratch = '/scratch';
const prefetch = { output: '/host/output', environment: '/host/env' };

describe('fetchedView', () => {
  test('shows the files of a lock where Hermeto puts them', () => {
    const view = fetchedView('containerfile', { locked: '/host/inputs', prefetch: undefined, scratch });
    expect(view.volumes).toEqual(['/inputs:/cachi2/output/deps:ro']);
    expect(view.inputs).toEqual([{ from: '/host/inputs', at: '/inputs' }]);
    const none = fetchedView('containerfile', { locked: null, prefetch: undefined, scratch });
    expect(none).toEqual({ inputs: [], prepare: [], volumes: [] });
  });

  test("shows Hermeto's own output, and its environment file", () => {
    const view = fetchedView('containerfile', { locked: null, prefetch, scratch });
    expect(view.volumes).toEqual(['/fetched:/cachi2/output:ro', '/fetched.env:/cachi2/cachi2.env:ro']);
    expect(fetchedView('command', { locked: null, prefetch, scratch }).inputs.map(({ at }) => at)).toEqual([
      '/cachi2/output',
      '/cachi2/cachi2.env',
    ]);
  });

  test('shows both at once to a Containerfile, and refuses them to a command', () => {
    const view = fetchedView('containerfile', { locked: '/host/inputs', prefetch, scratch });
    expect(view.prepare.flat().join(' ')).toContain('lowerdir=/locked:/fetched');
    expect(view.volumes[0]).toBe('/scratch/fetched:/cachi2/output:ro');
    expect(() => fetchedView('command', { locked: '/host/inputs', prefetch, scratch })).toThrow(/at once/);
  });
});

describe('prefetchVariables', () => {
  const read = async (text: string): Promise<Record<string, string>> => {
    const folder = await mkdtemp(join(tmpdir(), 'fetched-'));
    try {
      await writeFile(join(folder, 'env'), text);
      return await prefetchVariables({ output: folder, environment: join(folder, 'env') });
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  test('takes what Hermeto writes', async () => {
    const text =
      '# made by Hermeto\nexport GOPROXY=file:///cachi2/output/deps/gomod/cache/download\nexport A=\'b c\'\nexport B="c"\n';
    expect(await read(text)).toEqual({
      GOPROXY: 'file:///cachi2/output/deps/gomod/cache/download',
      A: 'b c',
      B: 'c',
    });
    expect(await prefetchVariables(undefined)).toEqual({});
  });

  test.each(['export A=$(id)', 'A=b', 'export A="$HOME"', 'rm -rf /'])('refuses %s', async (line) => {
    await expect(read(`export OK=1\n${line}\n`)).rejects.toMatchObject({ code: 'input-mismatch' });
  });
});
