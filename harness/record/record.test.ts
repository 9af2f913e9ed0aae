import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CellResult, Header, RunEvent } from './events.ts';
import { EvidenceStore } from './evidence.ts';
import { readRun } from './reader.ts';
import { exitCode, summarise } from './summary.ts';
import { RunWriter } from './writer.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

const header = (cells: Header['cells']): Header => ({
  type: 'header',
  schema: 'twinproof/run/v1',
  run: 'r',
  started: '2026-01-01T00:00:00.000Z',
  harness: '0',
  catalog: { name: 'c', digest: DIGEST },
  engine: { name: 'Docker Engine', version: '1' },
  host: { os: 'Linux', architecture: 'x64', kernel: '6', cpus: 2 },
  seed: 0,
  shard: null,
  cells,
  resumed: null,
});

const cell = (subject: string, verdict: CellResult['verdict']): CellResult => ({
  type: 'cell',
  subject,
  claim: 'reproducible',
  verdict,
  summary: 's',
  ...(verdict === 'error' ? { error: { code: 'build-failed', message: 'm' } } : {}),
  key: null,
  keyDigest: null,
  detail: {},
  evidence: [],
  seconds: 0,
});

const footer: RunEvent = {
  type: 'footer',
  finished: '2026-01-01T00:01:00.000Z',
  counts: { pass: 0, fail: 0, error: 0, skipped: 0, waived: 0 },
  seconds: 1,
  building: 1,
};

const planned = (...subjects: string[]): Header['cells'] =>
  subjects.map((subject) => ({ subject, claim: 'reproducible' }));

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'record-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function write(...events: RunEvent[]): string {
  const writer = new RunWriter(folder);
  for (const event of events) writer.append(event);
  writer.close();
  return writer.path;
}

describe('a run log', () => {
  test('reads back what was written', async () => {
    write(header(planned('a')), cell('a', 'pass'), footer);
    const run = await readRun(folder);
    expect(run.cells.get('a reproducible')?.verdict).toBe('pass');
    expect(summarise(run)).toMatchObject({ complete: true, counts: { pass: 1 } });
  });

  test('cut off anywhere is never a pass', async () => {
    const path = write(header(planned('a', 'b')), cell('a', 'pass'), cell('b', 'pass'), footer);
    const { length } = await readFile(path);
    const starts = (await readFile(path, 'utf8')).split('\n')[0]?.length ?? 0;
    for (let size = length - 2; size > starts + 1; size -= 37) {
      await truncate(path, size);
      expect(exitCode(summarise(await readRun(path))), `cut to ${size} bytes`).toBe(2);
    }
  });

  test.each([
    ['an empty file', ''],
    ['something else', 'hello\n{}\n'],
    ['no header', `${JSON.stringify(cell('a', 'pass'))}\n`],
    ['two headers', `${JSON.stringify(header([]))}\n${JSON.stringify(header([]))}\n`],
    [
      'a cell twice',
      [header(planned('a')), cell('a', 'pass'), cell('a', 'fail')]
        .map((event) => JSON.stringify(event))
        .join('\n'),
    ],
    [
      'a line after the footer',
      [header([]), footer, cell('a', 'pass')].map((event) => JSON.stringify(event)).join('\n'),
    ],
    ['damage in the middle', `${JSON.stringify(header([]))}\n{"type":"ce\n${JSON.stringify(footer)}\n`],
    [
      'an unknown verdict',
      `${JSON.stringify(header([]))}\n${JSON.stringify({ ...cell('a', 'pass'), verdict: 'ok' })}\n${JSON.stringify(footer)}`,
    ],
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
    const path = write(header(planned('a')), cell('a', 'pass'));
    await appendFile(path, '');
    expect(exitCode(summarise(await readRun(path)))).toBe(2);
  });
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
    const subjects = verdicts.map((verdict, index) => cell(String(index), verdict));
    write(header(planned(...subjects.map(({ subject }) => subject))), ...subjects, footer);
    expect(exitCode(summarise(await readRun(folder)))).toBe(expected);
  });
});

test('evidence is stored once under its digest', async () => {
  const store = new EvidenceStore(folder);
  const first = await store.addText('log', 'hello', 'text/plain');
  const second = await store.addText('other name', 'hello', 'text/plain');
  expect(second.digest).toBe(first.digest);
  expect(await readFile(join(store.folder, first.digest.slice('sha256:'.length)), 'utf8')).toBe('hello');
});
