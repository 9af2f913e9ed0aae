/** One instruction of a Containerfile as it is written, with the comments and empty lines before it. */
export interface Step {
  /** All lines, without the last line feed. */
  text: string;
  /** `FROM`, `RUN` …, in capitals. */
  keyword: string;
}

/** A stage: the numbers of its instructions, from its FROM up to and without the next. */
export interface Stage {
  name: string;
  from: number;
  to: number;
}

/** The words after `<<` of an instruction that may have here-documents. */
function hereDocuments(instruction: string): string[] {
  if (!/^\s*(?:#.*\n\s*)*(?:RUN|COPY|ADD)\b/i.test(instruction)) return [];
  return [...instruction.matchAll(/(?<!<)<<-?(["']?)([A-Za-z_]\w*)\1(?=\s|$|[;&|>])/g)].map(
    ([, , word = '']) => word,
  );
}

/** Splits a Containerfile into instructions (Containerfile(5)); joined by line feeds they are the file again. */
export function parseSteps(text: string): Step[] {
  const steps: Step[] = [];
  let open: string[] = [];
  /** Words that end the here-documents which the instruction has opened. */
  let ends: string[] = [];
  const close = (): void => {
    const written = open.find((line) => line.trim() !== '' && !line.trim().startsWith('#')) ?? '';
    steps.push({ text: open.join('\n'), keyword: (/^\s*(\w+)/.exec(written)?.[1] ?? '').toUpperCase() });
    open = [];
  };
  for (const line of text.split('\n')) {
    open.push(line);
    const bare = line.trim();
    if (ends.length > 0) {
      if (bare === ends[0]) ends = ends.slice(1);
      if (ends.length === 0) close();
      continue;
    }
    const comment = bare === '' || bare.startsWith('#');
    if (comment || bare.endsWith('\\')) continue;
    ends = hereDocuments(open.join('\n'));
    if (ends.length === 0) close();
  }
  if (open.length > 0) close();
  return steps;
}

export const stepsText = (steps: readonly Step[]): string => steps.map(({ text }) => text).join('\n');

export function stagesOf(steps: readonly Step[]): Stage[] {
  const starts = steps.flatMap(({ keyword }, at) => (keyword === 'FROM' ? [at] : []));
  return starts.map((from, number) => {
    const name = /^\s*FROM\b.*\sAS\s+(\S+)\s*$/im.exec(steps[from]?.text ?? '')?.[1] ?? String(number);
    return { name: name.toLowerCase(), from, to: starts[number + 1] ?? steps.length };
  });
}

/** Where a path of the image was made: the stage, and the path that it has there. */
export interface Origin {
  stage: Stage;
  path: string;
}

const COPY = /^\s*COPY\s+(?:--(?!from)\S+\s+)*--from=(\S+)\s+(?:--\S+\s+)*(\S+)\s+(\S+)\s*$/im;

/** Follows the last `COPY --from` of the last stage; a path that none brings was made in the last stage itself. */
export function originOf(path: string, steps: readonly Step[]): Origin | null {
  const stages = stagesOf(steps);
  const last = stages.at(-1);
  if (last === undefined) return null;
  for (const step of steps.slice(last.from, last.to).reverse()) {
    const [, from, source, target] = COPY.exec(step.text) ?? [];
    if (from === undefined || source === undefined || target === undefined) continue;
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
