import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CellResult, Evidence, RunEvent, Twins } from '../harness/record/events.ts';
import { EvidenceStore } from '../harness/record/evidence.ts';
import { cell, footer, header, planned } from '../harness/testing/record/run.ts';
import { twinsOf } from '../harness/testing/report/input.ts';
import { RunWriter } from '../harness/record/writer.ts';

const VERDICTS = ['pass', 'pass', 'pass', 'pass', 'fail', 'error', 'skipped'] as const;
const RECIPE = `FROM localhost/builder AS build
RUN mkdir -p /newroot/etc && printf 'built on %s\\n' "$(hostname)" > /newroot/etc/built-by
FROM scratch
COPY --from=build /newroot /
`;

const side = (sha256: string) => ({
  type: 'file',
  mode: '0644',
  uid: 0,
  gid: 0,
  size: 26,
  mtime: '2026-01-01T00:00:00Z',
  sha256,
});

/** A difference of some files, as the claim records it. */
function diffText(files: number): string {
  const digest = `sha256:${'0'.repeat(64)}`;
  const image = { ref: 'oci:a', index: null, manifest: digest, config: digest, diffIds: [digest] };
  const no = {
    index: false,
    manifest: false,
    config: false,
    layers: false,
    tree: false,
    'tree-no-times': false,
  };
  const instruction = { index: 1, createdBy: `RUN ${RECIPE.split('\n')[1]?.slice(4) ?? ''}` };
  const cause = {
    id: 'hostname',
    confidence: 'proven',
    evidence: 'the host name of the build is in it',
    fix: 'RUN hostname > /dev/null',
  };
  const entries = Array.from({ length: files }, (_, at) => ({
    path: `etc/built-by-${at}`,
    change: 'changed',
    fields: ['content'],
    a: side('a'.repeat(64)),
    b: side('b'.repeat(64)),
    layerA: 0,
    layerB: 0,
    instructionA: instruction,
    instructionB: instruction,
    causes: [cause],
    diff: '@@ -1,1 +1,1 @@\n-built on a\n+built on b\n',
  }));
  return JSON.stringify({
    ...{ schema: 'twinproof/diff/v1', a: image, b: image, rung: 'none', identical: false, normalised: [] },
    ...{ rungs: no, config: [], manifest: [], artifact: null, attestations: [], entries, truncated: false },
  });
}

/** Writes a run of so many subjects with so many claims each, a seventh of which fails, with its evidence. */
export async function makeRun(
  folder: string,
  name: string,
  size: { subjects: number; claims: number },
): Promise<string> {
  const path = join(folder, name);
  new RunWriter(path).close();
  const store = new EvidenceStore(path);
  const diff = await store.addText('diff', diffText(20), 'application/json');
  const recipe = await store.addText('Containerfile', RECIPE, 'text/plain');
  const log = await store.addText(
    'build log A',
    'STEP 1/4: FROM localhost/builder\n'.repeat(500),
    'text/plain',
  );
  const subjects = Array.from({ length: size.subjects }, (_, at) => `image-${at}/default@linux/amd64`);
  const cells = subjects.flatMap((subject, s) => cellsOf(subject, s, size.claims, [diff, log]));
  const twins = subjects.map((subject): Twins => ({
    ...twinsOf(subject),
    recipe: { path: 'Containerfile', text: recipe },
  }));
  const events: RunEvent[] = [header(planned(cells), { run: name }), ...twins, ...cells, footer(cells)];
  // A writer would sync each of many lines to the disk.
  await writeFile(join(path, 'run.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return path;
}

const cellsOf = (subject: string, s: number, claims: number, evidence: Evidence[]): CellResult[] =>
  Array.from({ length: claims }, (_, c) => {
    const verdict = VERDICTS[(s * 7 + c * 3) % VERDICTS.length] ?? 'pass';
    return cell(subject, verdict, {
      claim: c === 0 ? 'reproducible' : `claim-${c}`,
      summary:
        verdict === 'pass'
          ? 'equal'
          : 'differs (asked for config, first rung that holds: none); 20 paths differ',
      evidence: verdict === 'fail' ? evidence : [],
      detail: {
        asked: 'config',
        rung: 'none',
        normalised: [],
        causes: verdict === 'fail' ? { hostname: 20 } : {},
      },
      seconds: 1.5,
    });
  });
