import { basename, dirname } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import schema from '../compare/diff.schema.json' with { type: 'json' };
import type { DiffResult, PointerDiff } from '../compare/types.ts';
import { TwinproofError } from '../errors.ts';
import { type BuildFacts, contextOfBuilds } from '../explain/context.ts';
import { explainDiff } from '../explain/explain.ts';
import type { Build, CellResult, Evidence, Twins } from '../record/events.ts';
import { namedSubject } from '../record/named-subject.ts';
import { evidencePath, readEvidence } from '../record/read-evidence.ts';
import { type Run, readRun } from '../record/reader.ts';

function invalid(message: string, where: string): TwinproofError {
  return new TwinproofError('record-invalid', message, {
    where,
    hint: 'use the folder that a run wrote, unchanged',
  });
}

function findCell(run: Run, name: string): CellResult {
  const subject = name.replace(/ reproducible$/, '');
  const cells = [...run.cells.values()].filter(({ claim }) => claim === 'reproducible');
  const named = namedSubject(
    cells.map((cell) => cell.subject),
    subject,
  );
  const cell = cells.find((candidate) => candidate.subject === named);
  if (cell !== undefined) return cell;
  const known = cells.filter(({ verdict }) => verdict === 'fail').map((candidate) => candidate.subject);
  throw new TwinproofError('usage', `the run has no cell "${subject} reproducible"`, {
    where: run.folder,
    hint: known.length === 0 ? 'nothing in it differs' : `these differ: ${known.slice(0, 5).join(', ')}`,
  });
}

async function evidenceText(folder: string, evidence: Evidence): Promise<string> {
  const path = evidencePath(folder, evidence.digest);
  const bytes = await readEvidence(folder, evidence);
  if (bytes === 'missing') throw invalid('evidence is missing', path);
  if (bytes === 'changed') throw invalid('evidence is not what its name says', path);
  return bytes.toString('utf8');
}

/** A difference as a document; checked, because a run may come from anywhere. */
function parseDiff(text: string, where: string): DiffResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('a difference that is no JSON', where);
  }
  const validate = new Ajv2020({ strict: false }).compile<DiffResult>(schema);
  if (!validate(value))
    throw invalid(`a difference of another form: ${validate.errors?.[0]?.instancePath ?? ''}`, where);
  return value;
}

/** What a run recorded of a subject whose twins differ. */
export interface RecordedDiff {
  /** With causes. */
  result: DiffResult;
  cell: CellResult;
  /** The Containerfile as it was built; empty where it was not kept. */
  recipe: string;
}

/**
 * @param path folder of the run, or its run.jsonl
 * @throws TwinproofError usage, record-invalid
 */
export async function recordedDiff(path: string, name: string): Promise<RecordedDiff> {
  const run = await readRun(path);
  const cell = findCell(run, name);
  const folder = basename(path) === 'run.jsonl' ? dirname(path) : path;
  const kept = run.twins.get(cell.subject)?.recipe;
  const recipe = kept === undefined ? '' : await evidenceText(folder, kept.text);
  return { result: await explained(run, cell, folder), cell, recipe };
}

async function parsedEvidence(cell: CellResult, folder: string): Promise<DiffResult> {
  const evidence = cell.evidence.find((item) => item.name === 'diff');
  if (evidence === undefined) {
    throw new TwinproofError('usage', `nothing differs in ${cell.subject}: ${cell.verdict}`, {
      where: folder,
      hint: 'explain a subject whose `reproducible` is `fail`',
    });
  }
  return parseDiff(await evidenceText(folder, evidence), evidence.digest);
}

async function explained(run: Run, cell: CellResult, folder: string): Promise<DiffResult> {
  const result = await parsedEvidence(cell, folder);
  const known = [...result.entries, ...result.config, ...result.manifest].some(
    ({ causes = [] }) => causes.length > 0,
  );
  // Recorded before causes were: the recipe is not at hand, but when the builds ran is.
  return known ? result : explainAgain(result, run.twins.get(cell.subject), '');
}

/** A recorded difference with the causes that are found today, from what the run recorded of the builds. */
export function explainAgain(result: DiffResult, twins: Twins | undefined, recipe: string): DiffResult {
  const [a, b] = twins?.builds ?? [];
  if (twins === undefined || a === undefined || b === undefined) return result;
  const { sourceDateEpoch } = twins;
  const bare = ({ pointer, a: before, b: after }: PointerDiff): PointerDiff => ({
    pointer,
    ...(before === undefined ? {} : { a: before }),
    ...(after === undefined ? {} : { b: after }),
  });
  return explainDiff(
    { ...result, config: result.config.map(bare), manifest: result.manifest.map(bare) },
    contextOfBuilds([buildFacts(a), buildFacts(b)], { sourceDateEpoch, recipe }),
  );
}

/** As JSON has it: an optional value that is not there is left out, not undefined. */
function buildFacts({ twin, started, seconds, environment }: Build): BuildFacts {
  const variations = environment?.map(({ notApplied, ...variation }) => ({
    ...variation,
    ...(notApplied === undefined ? {} : { notApplied }),
  }));
  return { twin, started, seconds, ...(variations === undefined ? {} : { environment: variations }) };
}
