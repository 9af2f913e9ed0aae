import { readFile } from 'node:fs/promises';
import type { Prefetch, Subject } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import type { Input } from '../engine/port.ts';

/** Where RUN instructions and commands find what was fetched for them, as in Konflux. */
const OUTPUT = '/cachi2/output';
const ENVIRONMENT = '/cachi2/cachi2.env';
const DEPS = `${OUTPUT}/deps`;

/** Where a Containerfile's build has it, to be handed on to RUN. */
const LOCKED = '/inputs';
const LOCKED_ROOT = '/locked';
const PREFETCHED = '/fetched';
const PREFETCHED_ENVIRONMENT = '/fetched.env';

/** How a build gets at what was fetched: inputs of its container, what is done first, and volumes of RUN. */
export interface FetchedView {
  inputs: Input[];
  prepare: string[][];
  volumes: string[];
}

interface Fetched {
  /** The lock's files, laid out as `<kind>/<arch>/<repository>/<file>`; null without. */
  locked: string | null;
  prefetch: Prefetch | undefined;
  /** Scratch folder inside the container. */
  scratch: string;
}

const input = (from: string, at: string): Input => ({ from, at });
const volume = (source: string, target: string): string => `${source}:${target}:ro`;

/**
 * Shows the lock's files and Hermeto's output under Hermeto's names, both at once where there are both.
 * @throws TwinproofError `unsupported` for a command that has both, which may not mount one over the other
 */
export function fetchedView(
  kind: Subject['recipe']['kind'],
  { locked, prefetch, scratch }: Fetched,
): FetchedView {
  if (prefetch === undefined) {
    if (locked === null) return { inputs: [], prepare: [], volumes: [] };
    return kind === 'command'
      ? { inputs: [input(locked, DEPS)], prepare: [], volumes: [] }
      : { inputs: [input(locked, LOCKED)], prepare: [], volumes: [volume(LOCKED, DEPS)] };
  }
  const { output, environment } = prefetch;
  if (kind === 'command') {
    if (locked !== null) {
      throw new TwinproofError('unsupported', 'a command has a lock and what Hermeto fetched at once', {
        hint: 'let Hermeto fetch the packages too, or build by a Containerfile',
      });
    }
    const variables = environment === null ? [] : [input(environment, ENVIRONMENT)];
    return { inputs: [input(output, OUTPUT), ...variables], prepare: [], volumes: [] };
  }
  const variables = environment === null ? [] : [input(environment, PREFETCHED_ENVIRONMENT)];
  const shown = environment === null ? [] : [volume(PREFETCHED_ENVIRONMENT, ENVIRONMENT)];
  const inputs = [input(output, PREFETCHED), ...variables];
  if (locked === null) return { inputs, prepare: [], volumes: [volume(PREFETCHED, OUTPUT), ...shown] };
  const both = `${scratch}/fetched`;
  const script = `mkdir -p "$1" && mount -t overlay -o "lowerdir=${LOCKED_ROOT}:${PREFETCHED}" overlay "$1"`;
  return {
    inputs: [...inputs, input(locked, `${LOCKED_ROOT}/deps`)],
    prepare: [['sh', '-ec', script, 'sh', both]],
    volumes: [volume(both, OUTPUT), ...shown],
  };
}

/**
 * Variables that Hermeto's environment file exports, for RUN instructions; Konflux has every one source the file.
 * @throws TwinproofError `input-mismatch` with the line, for what is no plain assignment
 */
export async function prefetchVariables(prefetch: Prefetch | undefined): Promise<Record<string, string>> {
  const file = prefetch?.environment ?? null;
  if (file === null) return {};
  const variables: Record<string, string> = {};
  for (const [index, line] of (await readFile(file, 'utf8')).split('\n').entries()) {
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const [, name, single, double, bare] =
      /^\s*export\s+([A-Za-z_]\w*)=(?:'([^']*)'|"([^"\\$`]*)"|([\w@%+=:,./-]*))\s*$/.exec(line) ?? [];
    if (name === undefined) {
      throw new TwinproofError('input-mismatch', 'is no plain `export NAME=value`', {
        where: `${file}:${index + 1}:1`,
        hint: 'make it with `hermeto generate-env --format env`',
      });
    }
    variables[name] = single ?? double ?? bare ?? '';
  }
  return variables;
}
