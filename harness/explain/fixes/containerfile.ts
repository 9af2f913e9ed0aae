import type { Instruction } from '../../containerfile/parse.ts';
import { flagOf } from '../../containerfile/parse.ts';
import { stageOfArchive } from '../../containerfile/images.ts';
import { type Stage as WholeStage, stagesOf } from '../../containerfile/stages.ts';

/** A stage: the numbers of its instructions, from its FROM up to and without the next. */
export interface Stage {
  name: string;
  from: number;
  to: number;
  /** The earlier stage that it begins with, by name or by the archive that the other leaves in the context. */
  base: string | null;
}

export function stageRanges(instructions: readonly Instruction[]): Stage[] {
  const stages: WholeStage[] = stagesOf(instructions, { buildArgs: {} });
  const starts = instructions.flatMap(({ keyword }, at) => (keyword === 'FROM' ? [at] : []));
  return stages.map((stage) => ({
    name: stage.name.toLowerCase(),
    from: starts[stage.number] ?? 0,
    to: starts[stage.number + 1] ?? instructions.length,
    base: (stage.base.stage ?? stageOfArchive(stage, stages))?.name.toLowerCase() ?? null,
  }));
}

/** Where a path of the image was made: the stage, and the path that it has there. */
export interface MadeAt {
  stage: Stage;
  path: string;
}

/** Follows the last `COPY --from` of the last stage; a path that none brings was made in the last stage itself. */
export function originOf(path: string, instructions: readonly Instruction[]): MadeAt | null {
  const stages = stageRanges(instructions);
  const last = stages.at(-1);
  if (last === undefined) return null;
  for (const instruction of instructions.slice(last.from, last.to).reverse()) {
    const from = instruction.keyword === 'COPY' ? flagOf(instruction, 'from') : undefined;
    const [source, target, more] = instruction.arguments.split(/\s+/);
    if (from === undefined || source === undefined || target === undefined || more !== undefined) continue;
    const stage = stages.find(({ name }, number) => name === from.toLowerCase() || String(number) === from);
    const below = target
      .replace(/^\.?\/?/, '')
      .replace(/\/?$/, '/')
      .replace(/^\/$/, '');
    if (stage === undefined || !path.startsWith(below)) continue;
    return { stage, path: `${source.replace(/\/$/, '')}/${path.slice(below.length)}` };
  }
  return { stage: last, path: `/${path}` };
}
