import { Ajv2020 } from 'ajv/dist/2020.js';
import { Ajv, type ValidateFunction } from 'ajv';
import Ajv4 from 'ajv-draft-04';
import { execa } from 'execa';
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import MarkdownIt from 'markdown-it';
import { Parser } from 'tap-parser';
import { expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { summaryJsonSchema } from '../record/summary.ts';
import { cell } from '../testing/record/run.ts';
import { FORMATS, reportFiles } from './formats.ts';
import { konflux } from './formats/konflux.ts';
import type { ReportInput } from './input.ts';
import { testForeign } from '../testing/foreign.ts';
import { everyVerdict, madeUp } from '../testing/report/input.ts';
import { JUNIT_XSD, KONFLUX_TEST_OUTPUT, SARIF } from '../testing/report/own-schemas.ts';

async function text(id: string, input: ReportInput = everyVerdict()): Promise<string> {
  const [only] = (await reportFiles(input, FORMATS.only([id]))).values();
  return only ?? '';
}

const PYTHON = '/usr/bin/python3';
const hasPrometheus =
  existsSync(PYTHON) &&
  (await execa(PYTHON, ['-c', 'import prometheus_client.openmetrics.parser'], { reject: false })).exitCode ===
    0;

test('no format hands on what steers a terminal, reorders text or ends a line', async () => {
  for (const [name, made] of await reportFiles(everyVerdict(), FORMATS)) {
    // JSON of our own carries names as they are, in its own escapes.
    const bidi = name === 'summary.json' ? '' : made;
    expect(bidi, name).not.toMatch(/[\u202a-\u202e]/);
    expect(made.replaceAll('\n', ''), name).not.toMatch(/\p{Cc}/u);
  }
});

test('whatever a log holds, each report stays small, and says what was cut', async () => {
  // A line of a log holds at most 16 MiB.
  const long = 'é'.repeat(200_000);
  const paths = Array.from({ length: 1000 }, (_, at) => `${at}${'p'.repeat(1000)}`);
  const causes = Array.from({ length: 12 }, (_, at) => ({
    ...{ id: `c${at}`, confidence: 'proven', evidence: long, fix: long, paths, count: 1_000_000, line: 1 },
  }));
  const exemptions = [{ reason: long, owner: long, expires: long, path: long, covers: 0 }];
  const cells = ['fail', 'error', 'waived', 'skipped'].map((verdict, at) =>
    cell(`s${at}`, verdict as 'fail', { summary: long, detail: { causes, exemptions } }),
  );
  // Our own JSON holds what the log holds, for programs.
  const formats = [...FORMATS].filter(({ id }) => id !== 'json');
  for (const [name, made] of await reportFiles(madeUp(cells), formats)) {
    expect(made.length, name).toBeLessThan(700_000);
  }
  for (const id of ['markdown', 'terminal', 'junit', 'html'] as const) {
    expect(await text(id, madeUp(cells)), id).toMatch(/\d+ more characters/);
  }
});

test('the same results give the same bytes', async () => {
  expect(await reportFiles(everyVerdict(), FORMATS)).toEqual(await reportFiles(everyVerdict(), FORMATS));
});

test('JUnit: well-formed, counted, and nothing that did not pass looks as if it had', async () => {
  const xml = await text('junit');
  const read = await validateXML({
    xml: [{ fileName: 'junit.xml', contents: xml }],
    normalization: 'format',
  });
  expect(read.errors).toEqual([]);
  expect(xml).toContain('tests="7" failures="2" errors="2"');
  expect(xml.match(/<testcase[^>]*\/>/g)).toHaveLength(1);
  expect(xml).toContain('fix: RUN hostname &gt; /dev/null');
  expect(xml).not.toContain('<script');
});

async function fitsJUnit(contents: string): Promise<void> {
  const schema = { fileName: 'junit.xsd', contents };
  const check = async (xml: string) =>
    validateXML({ xml: [{ fileName: 'junit.xml', contents: xml }], schema: [schema] });
  const xml = await text('junit');
  expect((await check(xml)).errors).toEqual([]);
  expect((await check(xml.replace('<testcase ', '<case '))).valid).toBe(false);
}

test('JUnit: fits its form', () => fitsJUnit(JUNIT_XSD));

testForeign('JUnit: fits the schema of Jenkins', ['junit/junit-10.xsd'], async (xsd) =>
  fitsJUnit(await readFile(xsd, 'utf8')),
);

async function fitsSarif(validate: ValidateFunction): Promise<void> {
  const sarif = JSON.parse(await text('sarif')) as { version: string };
  validate(sarif);
  expect(validate.errors).toBeNull();
  expect(validate({ ...sarif, version: '9' })).toBe(false);
}

test('SARIF: fits its form', () => fitsSarif(new Ajv2020({ strict: false }).compile(SARIF)));

testForeign('SARIF: fits the official schema', ['sarif/sarif-schema-2.1.0.json'], (path) => {
  const AjvDraft4 = Ajv4.default;
  const schema = JSON.parse(readFileSync(path, 'utf8')) as object;
  return fitsSarif(new AjvDraft4({ strict: false, validateFormats: false }).compile(schema));
});

test('SARIF: points at the line of the Containerfile, as an address; what is waived is suppressed', async () => {
  const { runs } = JSON.parse(await text('sarif')) as {
    runs: { results: { locations: unknown[]; suppressions?: unknown[]; ruleId: string }[] }[];
  };
  const found = runs[0]?.results ?? [];
  expect(found.map(({ ruleId }) => ruleId).slice(0, 3)).toEqual([
    'reproducible/hostname',
    'build-failed',
    'runs/fails',
  ]);
  expect(found[0]?.locations[0]).toMatchObject({
    physicalLocation: {
      artifactLocation: { uri: 'images/bad%20one/Containerfile' },
      region: { startLine: 7 },
    },
  });
  expect(found.filter(({ suppressions }) => suppressions !== undefined)).toHaveLength(1);
});

test('CTRF: fits its schema, and an error is no pass', async () => {
  const path = createRequire(import.meta.url)
    .resolve('ctrf')
    .replace(/index\.c?js$/, 'ctrf-schema-0.0.json');
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(
    JSON.parse(await readFile(path, 'utf8')) as object,
  );
  const report = JSON.parse(await text('ctrf')) as object;
  validate(report);
  expect(validate.errors).toBeNull();
  expect(validate({ ...report, reportFormat: 'X' })).toBe(false);
  expect(report).toMatchObject({
    results: { summary: { tests: 7, passed: 1, failed: 4, skipped: 1, other: 1 } },
  });
});

test('JSON: fits our own published schema', async () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(summaryJsonSchema()) as object,
  );
  const summary = JSON.parse(await text('json')) as object;
  validate(summary);
  expect(validate.errors).toBeNull();
  expect(validate({ ...summary, complete: 'yes' })).toBe(false);
});

test('TAP: read by another parser, with known failures as such', async () => {
  const tap = await text('tap');
  const parser = new Parser({ strict: false });
  parser.end(tap);
  expect(parser.failures.filter(({ ok, todo }) => !ok && !todo)).toHaveLength(4);
  expect(parser.results).toMatchObject({ count: 7, pass: 2, fail: 5, todo: 1, skip: 1 });
  expect(parser.results?.failures.some(({ tapError }) => tapError)).toBe(false);
});

test.skipIf(!hasPrometheus)(
  'OpenMetrics: read by the reference parser (skipped where it is not)',
  async () => {
    const program =
      'import sys\nfrom prometheus_client.openmetrics.parser import text_string_to_metric_families as p\n' +
      'print(sum(len(f.samples) for f in p(sys.stdin.read())))';
    const { stdout } = await execa(PYTHON, ['-c', program], { input: await text('openmetrics') });
    expect(Number(stdout)).toBe(4 * 5 + 4 + 2);
  },
);

test.each(['markdown', 'comment', 'github-summary'] as const)(
  '%s: renders without markup of others',
  async (id) => {
    const html = new MarkdownIt({ html: true, linkify: true }).render(await text(id));
    expect(html).not.toMatch(/<(script|img|a)[\s>]/);
    expect(html).toContain('<table>');
  },
);

test('the comment begins with the failure and its fix, and stays short', async () => {
  const comment = await text('comment');
  expect(comment.indexOf('### fail: bad/default')).toBeLessThan(400);
  expect(comment).toContain('    RUN hostname > /dev/null');
  expect(comment.indexOf('<details>')).toBeGreaterThan(comment.indexOf('Fix:'));
  const many = Array.from({ length: 10_000 }, (_, i) => cell(`s${i}`, 'fail', { summary: 'x'.repeat(3000) }));
  expect((await text('comment', madeUp(many))).length).toBeLessThan(65_536);
});

test('GitHub: at most ten annotations, each one line that starts a command, none begun by data', async () => {
  const lines = (await text('github')).trimEnd().split('\n');
  expect(lines[0]).toMatch(/^::error file=images\/bad one\/Containerfile,line=7,title=fail%3A bad/);
  expect(lines.filter((line) => line.startsWith('::error')).length).toBe(4);
  expect(lines.filter((line) => line.startsWith('::warning')).length).toBe(1);
  const many = Array.from({ length: 50 }, (_, i) => cell(`s${i}`, 'fail'));
  expect((await text('github', madeUp(many))).match(/^::error/gm)).toHaveLength(10);
});

test('badges: an SVG that is well-formed, an endpoint that is not green while something is open', async () => {
  const svg = await text('badge');
  expect(
    (await validateXML({ xml: [{ fileName: 'b.svg', contents: svg }], normalization: 'format' })).errors,
  ).toEqual([]);
  expect(JSON.parse(await text('badge-json'))).toEqual({
    schemaVersion: 1,
    label: 'reproducible',
    message: 'incomplete',
    color: 'grey',
  });
  expect(await text('badge-json', madeUp([cell('a', 'pass'), cell('b', 'error')]))).toContain(
    '"1/2","color":"red"',
  );
  expect(await text('badge-json', madeUp([cell('a', 'pass'), cell('b', 'skipped')]))).toContain(
    '"1/1","color":"green"',
  );
});

const testOutput = async (input: ReportInput) =>
  JSON.parse((await reportFiles(input, [konflux])).get('TEST_OUTPUT') ?? '') as { result: string };

async function fitsTestOutput(schema: object): Promise<void> {
  const validate = new Ajv2020({ strict: false }).compile(schema);
  expect(validate(await testOutput(everyVerdict()))).toBe(true);
  expect(validate({ result: 'SUCCESS' })).toBe(false);
}

test('Konflux: TEST_OUTPUT fits its form', () => fitsTestOutput(KONFLUX_TEST_OUTPUT));

testForeign(
  'Konflux: TEST_OUTPUT fits the schema it is checked with',
  ['konflux/test-output.schema.json'],
  async (path) => {
    const schema = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    // Its $schema carries a `#` that ajv does not know.
    delete schema.$schema;
    await fitsTestOutput(schema);
  },
);

test.each([
  ['SUCCESS', 'true', [cell('a', 'pass'), cell('b', 'skipped')]],
  ['FAILURE', 'false', [cell('a', 'pass'), cell('b', 'fail')]],
  ['FAILURE', 'false', [cell('a', 'error'), cell('b', 'fail')]],
  ['ERROR', 'false', [cell('a', 'pass'), cell('b', 'error')]],
  ['ERROR', 'false', [cell('b', 'skipped')]],
  ['ERROR', 'false', []],
  ['WARNING', 'false', [cell('a', 'pass'), cell('b', 'waived')]],
] as const)('Konflux: %s, reproducible %s', async (result, reproducible, cells) => {
  const files = await reportFiles(madeUp(cells), [konflux]);
  expect(await testOutput(madeUp(cells))).toMatchObject({ result });
  expect(files.get('REPRODUCIBLE')).toBe(reproducible);
});

test('Konflux: all results fit into a TaskRun, however many cells fail', async () => {
  const many = Array.from({ length: 5000 }, (_, i) =>
    cell(`${'\u{1f600}"\\'.repeat(20)}${i}`, 'fail', { summary: '"'.repeat(5000) }),
  );
  const files = await reportFiles(madeUp(many), [konflux]);
  const carried = JSON.stringify([...files].map(([key, value]) => ({ key, value, type: 1 })));
  expect(Buffer.byteLength(carried)).toBeLessThan(4096);
  expect(files.get('DIFF_SUMMARY')).toMatch(/and \d+ more$/);
});

// The files of a site are never printed.
test.each(FORMATS.ids.filter((id) => !['github', 'site'].includes(id)))(
  '%s, printed to the log of a job, holds no command of the runner',
  async (id) => {
    for (const [name, made] of await reportFiles(everyVerdict(), FORMATS.only([id]))) {
      // The runner looks behind blanks at the beginning of a line.
      expect(made, name).not.toMatch(/(^|[\n\r\u2028\u2029])\s*::/);
    }
  },
);
