import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../testing/oci/image.ts';
import { type Hardening, hardeningOf, hardeningTable } from './hardening.ts';

const hasCompiler = spawnSync('cc', ['--version']).status === 0;

const SOURCE = `#include <string.h>
#include <stdio.h>
int main(int argc, char **argv) { char b[64]; strcpy(b, argv[argc - 1]); puts(b); return 0; }
`;

/** What a C compiler makes with these options. */
async function compiled(...options: string[]): Promise<Buffer> {
  await using folder = await scratch();
  await writeFile(join(folder.path, 'a.c'), SOURCE);
  execFileSync('cc', ['-w', '-O2', 'a.c', '-o', 'a', ...options], { cwd: folder.path });
  return readFileSync(join(folder.path, 'a'));
}

const HARD =
  '-fPIE -pie -Wl,-z,relro,-z,now -fstack-protector-all -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2'.split(' ');
const SOFT = '-fno-pie -no-pie -Wl,-z,norelro -fno-stack-protector -U_FORTIFY_SOURCE'.split(' ');
const hard: Hardening = { pie: true, relro: 'full', nx: true, canary: true, fortify: true, rpath: null };

test.runIf(hasCompiler).each<[string, string[], Partial<Hardening>]>([
  ['all of it', HARD, {}],
  ['none of it', SOFT, { pie: false, relro: 'none', canary: false, fortify: false }],
  ['binding later', [...HARD, '-Wl,-z,lazy'], { relro: 'partial' }],
  ['an executable stack', [...HARD, '-Wl,-z,execstack'], { nx: false }],
  ['folders of its own', [...HARD, '-Wl,-rpath,/opt/x:$ORIGIN'], { rpath: '/opt/x:$ORIGIN' }],
  [
    'folders of its own, the old way',
    [...HARD, '-Wl,-rpath,/opt/x,--disable-new-dtags'],
    { rpath: '/opt/x' },
  ],
  ['a library', [...HARD.slice(2), '-fPIC', '-shared'], { pie: null }],
  ['without symbols but dynamic ones', [...HARD, '-s'], {}],
])('%s', async (_, options, differs) => {
  expect(hardeningOf(await compiled(...options))).toEqual({ ...hard, ...differs });
});

test('what is no program says nothing, however it is broken', () => {
  const whole = readFileSync(process.execPath).subarray(0, 4096);
  for (let at = 0; at < 64; at++) {
    const changed = Buffer.from(whole);
    changed.writeUInt8(0xff, at);
    expect(() => hardeningOf(changed)).not.toThrow();
  }
  expect(hardeningOf(Buffer.from('text'))).toBeNull();
  expect(hardeningOf(Buffer.alloc(0))).toBeNull();
});

test('the table names what lacks something, and counts libraries apart', () => {
  const soft: Hardening = {
    pie: false,
    relro: 'none',
    nx: false,
    canary: false,
    fortify: false,
    rpath: '/x',
  };
  const unknown: Hardening = { ...hard, pie: null, relro: 'partial', canary: null, fortify: null };
  expect(
    hardeningTable([
      ['b', soft],
      ['c', hard],
      ['a', unknown],
    ]),
  ).toEqual({
    ...{ programs: 2, libraries: 1, pie: 1, fullRelro: 1, nx: 2, canary: 1, fortify: 1 },
    lacking: [
      { path: 'a', lacks: ['full RELRO'] },
      { path: 'b', lacks: ['PIE', 'RELRO', 'NX', 'stack protector', 'searches /x'] },
    ],
  });
});
