import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import schema from '../compare/diff.schema.json' with { type: 'json' };
import type { DiffResult } from '../compare/types.ts';
import { TwinproofError } from '../errors.ts';
import { type BuildFacts, contextOfBuilds } from '../explain/context.ts';
import { explainDiff } from '../explain/explain.ts';
import type { Build, CellResult, Evidence } from '../record/events.ts';
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
  const cell = cells.find(
    (candidate) => candidate.subject === subject || candidate.subject.split('@')[0] === subject,
  );
  if (cell !== undefined) return cell;
  const known = cells.filter(({ verdict }) => verdict === 'fail').map((candidate) => candidate.subject);
  throw new TwinproofError('usage', `the run has no cell "${subject} reproducible"`, {
    hint: known.length === 0 ? 'nothing in it differs' : `these differ: ${known.slice(0, 5).join(', ')}`,
  });
}

async function readEvidence(folder: string, { digest }: Evidence): Promise<string> {
  const hex = digest.slice('sha256:'.length);
  const path = join(folder, 'evidence', 'sha256', hex);
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) throw invalid('evidence is missing', path);
  if (createHash('sha256').update(bytes).digest('hex') !== hex)
    throw invalid('evidence is not what its name says', path);
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

/**
 * What a run recorded of a subject whose twins differ, with causes.
 * @param path folder of the run, or its run.jsonl
 * @throws TwinproofError usage, record-invalid
 */
export async function recordedDiff(path: string, name: string): Promise<DiffResult> {
  const run = await readRun(path);
  const cell = findCell(run, name);
  const evidence = cell.evidence.find((item) => item.name === 'diff');
  if (evidence === undefined) {
    throw new TwinproofError('usage', `nothing differs in ${cell.subject}: ${cell.verdict}`, {
      hint: 'explain a cell whose verdict is fail',
    });
  }
  const folder = basename(path) === 'run.jsonl' ? dirname(path) : path;
  const result = parseDiff(await readEvidence(folder, evidence), evidence.digest);
  const known = [...result.entries, ...result.config, ...result.manifest].some(
    ({ causes = [] }) => causes.length > 0,
  );
  const twins = run.twins.get(cell.subject);
  const [a, b] = twins?.builds ?? [];
  if (known || twins === undefined || a === undefined || b === undefined) return result;
  // Recorded before causes were: the recipe is not at hand, but when the builds ran is.
  const { sourceDateEpoch } = twins;
  return explainDiff(
    result,
    contextOfBuilds([buildFacts(a), buildFacts(b)], { sourceDateEpoch, recipe: '' }),
  );
}

/** As JSON has it: an optional value that is not there is left out, not undefined. */
function buildFacts({ twin, started, seconds, environment }: Build): BuildFacts {
  const axes = environment?.map(({ notApplied, ...axis }) => ({
    ...axis,
    ...(notApplied === undefined ? {} : { notApplied }),
  }));
  return { twin, started, seconds, ...(axes === undefined ? {} : { environment: axes }) };
}
