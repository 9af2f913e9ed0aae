import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CellResult, RunEvent } from './events.ts';
import { EvidenceStore } from './evidence.ts';
import { readRun } from './reader.ts';
import { resultsOf } from './results.ts';
import { exitCode, summarise } from './summary.ts';
import { cell, footer, header, logOf, planned } from '../testing/record/run.ts';
import { RunWriter } from './writer.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'record-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const A = cell('a', 'pass');
const lines = (...events: RunEvent[]): string => events.map((event) => JSON.stringify(event)).join('\n');

function write(...events: RunEvent[]): string {
  const writer = new RunWriter(folder);
  for (const event of events) writer.append(event);
  writer.close();
  return writer.path;
}

describe('a run log', () => {
  test('reads back what was written', async () => {
    write(...logOf([A]));
    const run = await readRun(folder);
    expect(run.cells.get('a reproducible')?.verdict).toBe('pass');
    expect(summarise(resultsOf(run))).toMatchObject({ complete: true, counts: { pass: 1 } });
  });

  test('cut off anywhere is never a pass', async () => {
    const path = write(...logOf([A, cell('b', 'pass')]));
    const { length } = await readFile(path);
    const starts = (await readFile(path, 'utf8')).split('\n')[0]?.length ?? 0;
    for (let size = length - 2; size > starts + 1; size -= 37) {
      await truncate(path, size);
      expect(exitCode(summarise(resultsOf(await readRun(path)))), `cut to ${size} bytes`).toBe(2);
    }
  });

  test.each([
    ['an empty file', ''],
    ['something else', 'hello\n{}\n'],
    ['no header', `${JSON.stringify(cell('a', 'pass'))}\n`],
    ['two headers', `${JSON.stringify(header([]))}\n${JSON.stringify(header([]))}\n`],
    ['a cell twice', lines(header(planned([A])), A, cell('a', 'fail'))],
    [
      'a cell that the plan lacks',
      lines(header(planned([A]), { plan: [{ subject: 'a', claims: { runs: {} } }] }), A),
    ],
    [
      'a plan with a subject twice',
      lines(header([], { plan: ['a', 'a'].map((subject) => ({ subject, claims: {} })) })),
    ],
    ['a line after the footer', lines(header([]), footer([]), A)],
    ['damage in the middle', `${lines(header([]))}\n{"type":"ce\n${lines(footer([]))}\n`],
    ['an unknown verdict', lines(header(planned([A])), { ...A, verdict: 'ok' as 'pass' }, footer([A]))],
    ['a cell that the header does not name', lines(header([]), A, footer([A]))],
    ['a header that names a cell twice', lines(header(planned([A, A])), A, footer([A]))],
    ['a footer that counts another', lines(header(planned([A])), A, footer([A, A]))],
    [
      'a verdict that was changed',
      lines(header(planned([A])), cell('a', 'pass'), footer([cell('a', 'fail')])),
    ],
    ['an error without its error', lines(header(planned([A])), { ...A, verdict: 'error' })],
    ['a pass with an error', lines(header(planned([A])), { ...cell('a', 'error'), verdict: 'pass' })],
    [
      'a key that was changed',
      lines(header(planned([A])), { ...A, keyDigest: `sha256:${'1'.repeat(64)}` }, footer([A])),
    ],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from(lines(header([]))), Buffer.from([10, 0xff, 10])]),
    ],
    ['a newer log', lines({ ...header([]), schema: 'twinproof/run/v9' as 'twinproof/run/v2' })],
  ])('is refused: %s', async (_name, text) => {
    const path = join(folder, 'run.jsonl');
    await writeFile(path, text);
    await expect(readRun(path)).rejects.toMatchObject({ code: 'record-invalid' });
  });

  test('is written once', () => {
    write(header([]));
    expect(() => new RunWriter(folder)).toThrow(/could not make/);
  });

  test('refuses an event that does not fit its schema', () => {
    expect(() => write({ ...header([]), seed: -1 })).toThrow(/seed/);
  });

  test('without its footer is incomplete even when every cell is there', async () => {
    const path = write(header(planned([A])), A);
    await appendFile(path, '');
    expect(exitCode(summarise(resultsOf(await readRun(path))))).toBe(2);
  });
});

test('a newer log is told to be one', async () => {
  await writeFile(
    join(folder, 'run.jsonl'),
    lines({ ...header([]), schema: 'twinproof/run/v9' as 'twinproof/run/v2' }),
  );
  await expect(readRun(folder)).rejects.toThrow(/twinproof\/run\/v9"}, which this version does not read/);
});

test('a log written before shards named their whole is read', async () => {
  write(...logOf([A], { shard: '1/1' }));
  expect((await readRun(folder)).header.whole).toBeUndefined();
});

test('a line without end does not fill the memory', async () => {
  const path = join(folder, 'run.jsonl');
  await writeFile(path, lines(header([])));
  for (let mib = 0; mib < 70; mib += 1) await appendFile(path, 'x'.repeat(1024 ** 2));
  await expect(readRun(path)).rejects.toThrow(/a line of more than 67108864 bytes/);
});

describe('exitCode', () => {
  test.each([
    [['pass'], 0],
    [['pass', 'skipped'], 0],
    [['pass', 'waived'], 0],
    [['pass', 'fail'], 1],
    [['fail', 'error'], 1],
    [['pass', 'error'], 2],
    [['skipped'], 2],
    [[], 2],
  ] as [CellResult['verdict'][], number][])('of %j is %i', async (verdicts, expected) => {
    write(...logOf(verdicts.map((verdict, index) => cell(String(index), verdict))));
    expect(exitCode(summarise(resultsOf(await readRun(folder))))).toBe(expected);
  });
});

test('evidence is stored once under its digest', async () => {
  const store = new EvidenceStore(folder);
  const first = await store.addText('log', 'hello', 'text/plain');
  const second = await store.addText('other name', 'hello', 'text/plain');
  expect(second.digest).toBe(first.digest);
  expect(await readFile(join(store.folder, first.digest.slice('sha256:'.length)), 'utf8')).toBe('hello');
});
