import type { CellResult, Twins } from '../../record/events.ts';
import type { Results } from '../../record/results.ts';
import { DIGEST, cell, footer, header, planned } from '../record/run.ts';
import { type ReportInput, reportInput } from '../../report/input.ts';

/** Scripts, markup, escapes, line ends, bidi marks and noncharacters in one name. */
export const HOSTILE =
  '</script><script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:alert(1)) ]]> "\' \\ # % :: ' +
  '\u001b[31m \u202e \u0000 \r\n::error::x \n```\n\uffff | {x="y"} @all https://example.org';

const results = (cells: readonly CellResult[], more: Partial<Results> = {}): Results => ({
  catalog: { name: 'c', digest: DIGEST },
  harness: '0.1.0',
  runs: [{ header: header(planned(cells)), finished: footer(cells).finished, seconds: 1, building: 1 }],
  planned: planned(cells),
  plan: null,
  cells: new Map(cells.map((each) => [`${each.subject} ${each.claim}`, each])),
  twins: new Map(),
  notes: [],
  folders: new Map(),
  ended: true,
  ...more,
});

export const madeUp = (cells: readonly CellResult[], more: Partial<Results> = {}): ReportInput =>
  reportInput(results(cells, more));

/** Two builds of a subject. */
export const twinsOf = (subject: string): Twins => ({
  type: 'twins',
  subject,
  sourceDateEpoch: 0,
  builder: { name: 'b', digest: DIGEST },
  inputs: { files: 0, bytes: 0 },
  recipe: {
    path: 'images/bad one/Containerfile',
    text: { name: 'Containerfile', digest: DIGEST, size: 3, mediaType: 'text/plain' },
  },
  builds: ['A', 'B'].map((twin) => ({
    twin,
    started: '2026-01-01T00:00:00.000Z',
    seconds: 1.5,
    built: true,
    networkAttempts: 0,
    manifest: DIGEST,
    config: DIGEST,
    log: null,
    logDropped: 0,
  })),
});

const cause = {
  id: 'hostname',
  confidence: 'proven',
  evidence: 'a marker',
  fix: 'RUN hostname > /dev/null',
  paths: ['etc/built-by'],
  count: 1,
  line: 7,
};

/** One cell of each verdict, one of them hostile all over, one missing. */
export function everyVerdict(): ReportInput {
  const bad = 'bad/default@linux/amd64';
  const cells = [
    cell('good/default@linux/amd64', 'pass', { seconds: 2.0005 }),
    cell(bad, 'fail', { summary: 'differs', detail: { causes: [cause] } }),
    cell(bad, 'error', { claim: 'hermetic', summary: 'the build failed' }),
    cell(bad, 'skipped', { claim: 'locked', summary: 'no lock' }),
    cell(bad, 'waived', { claim: 'runs', summary: 'known until May' }),
    cell(HOSTILE, 'fail', {
      summary: HOSTILE,
      detail: { causes: [{ ...cause, id: HOSTILE, fix: HOSTILE, paths: [HOSTILE] }] },
    }),
  ];
  const gone = { subject: 'gone/default@linux/amd64', claim: 'reproducible' };
  return madeUp(cells, {
    planned: [...planned(cells), gone],
    twins: new Map([[bad, twinsOf(bad)]]),
    catalog: { name: HOSTILE, digest: DIGEST },
  });
}
