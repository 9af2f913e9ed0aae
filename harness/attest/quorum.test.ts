import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Run, readRun } from '../record/reader.ts';
import { RunWriter } from '../record/writer.ts';
import { cell, logOf } from '../testing/record/run.ts';
import { attestRun } from './attest.ts';
import { hintOf } from './keys.ts';
import { quorumOf, signersOf } from './quorum.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quorum-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const [alice, bob, mallory] = [1, 2, 3].map(() => generateKeyPairSync('ed25519').privateKey);
const named = (...keys: (typeof alice)[]) =>
  keys.flatMap((key) => (key === undefined ? [] : [{ key: createPublicKey(key), where: 'key.pub' }]));

async function runOf(name: string, image: string, verdict: 'pass' | 'fail' = 'pass'): Promise<Run> {
  const path = join(folder, name);
  await mkdir(path);
  const writer = new RunWriter(path);
  const detail = { asked: 'config', a: { config: image, manifest: 'm' } };
  for (const event of logOf([cell('a', verdict, { detail })], { run: name })) writer.append(event);
  writer.close();
  return readRun(path);
}

async function attested(run: Run, key: typeof alice) {
  if (key === undefined) throw new Error('no key');
  return { text: await attestRun(run.folder, key), where: `${run.header.run}.jsonl` };
}

test('owners agree where runs signed by different keys found the same image', async () => {
  const runs = [await runOf('one', 'x'), await runOf('two', 'x')];
  const files = await Promise.all(runs.map((run, index) => attested(run, [alice, bob][index])));
  const [found] = quorumOf(runs, await signersOf(runs, files, named(alice, bob)));
  expect(found).toMatchObject({ subject: 'a', quorum: 2, image: 'x' });
  expect(found?.signed.map(({ key, run }) => [run, key])).toEqual([
    ['one', hintOf(named(alice)[0]?.key ?? (alice as never))],
    ['two', hintOf(named(bob)[0]?.key ?? (bob as never))],
  ]);
});

test.each<[string, [string, 'pass' | 'fail'], number]>([
  ['one key signs both', ['x', 'pass'], 1],
  ['the second finds another image', ['y', 'pass'], 1],
  ['the second finds that it differs', ['x', 'fail'], 1],
])('%s: a quorum of one', async (why, [image, verdict], quorum) => {
  const [one, two] = [await runOf('one', 'x'), await runOf('two', image, verdict)];
  const runs = [one, two];
  const second = why.startsWith('one key') ? alice : bob;
  const files = [await attested(one, alice), await attested(two, second)];
  const [found] = quorumOf(runs, await signersOf(runs, files, named(alice, bob)));
  expect(found).toMatchObject({ quorum, image: 'x' });
});

test('a run that nobody signed counts for nothing', async () => {
  const [one, two] = [await runOf('one', 'x'), await runOf('two', 'x')];
  const runs = [one, two];
  const files = [await attested(one, alice)];
  expect(quorumOf(runs, await signersOf(runs, files, named(alice)))).toMatchObject([{ quorum: 1 }]);
  expect(quorumOf(runs, new Map())).toEqual([]);
});

test('what does not hold is refused', async () => {
  const [run, other] = [await runOf('one', 'x'), await runOf('two', 'x')];
  const file = await attested(run, mallory);
  await expect(signersOf([run], [file], named(alice))).rejects.toThrow('signed by none of the keys');
  await expect(signersOf([other], [file], named(mallory))).rejects.toThrow('of none of the runs');
  const good = await attested(run, alice);
  const mixed = { ...good, text: `${good.text}${file.text}` };
  await expect(signersOf([run], [mixed], named(alice, mallory))).rejects.toThrow('not of this key');
});
