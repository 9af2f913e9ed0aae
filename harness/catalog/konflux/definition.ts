import type { CatalogPlace } from '../types.ts';
import type { YamlSource } from '../yaml-source.ts';

/** What a definition says of one parameter, and where. */
export interface Param {
  value: unknown;
  place: CatalogPlace;
}

/** How Konflux builds one component: a PipelineRun, or a Component that no PipelineRun is there for. */
export interface Definition {
  /** The file, absolute. */
  file: string;
  place: CatalogPlace;
  component: string | null;
  /** What it runs on: releases are built on a push. */
  event: 'push' | 'pull-request' | null;
  kind: 'PipelineRun' | 'Component';
  /** @param name as pipelines call it, `path-context` */
  param: (name: ParamName) => Param | undefined;
}

/** What pipelines call a parameter, and what the build task calls it (konflux-ci/build-definitions). */
const TASK_PARAMS = {
  dockerfile: 'DOCKERFILE',
  'path-context': 'CONTEXT',
  'build-args': 'BUILD_ARGS',
  'build-args-file': 'BUILD_ARGS_FILE',
  hermetic: 'HERMETIC',
  'prefetch-input': 'PREFETCH_INPUT',
  'privileged-nested': 'PRIVILEGED_NESTED',
  'source-date-epoch': 'SOURCE_DATE_EPOCH',
  'rewrite-timestamp': 'REWRITE_TIMESTAMP',
  'omit-history': 'OMIT_HISTORY',
} as const;

export type ParamName = keyof typeof TASK_PARAMS;

type Path = readonly (string | number)[];

export function definitionOf(file: string, source: YamlSource): Definition | null {
  const kind = at(source.value, ['kind']);
  const version = text(at(source.value, ['apiVersion'])) ?? '';
  const place = source.placeOf([]);
  if (kind === 'Component' && version.startsWith('appstudio.redhat.com/')) {
    const name = at(source.value, ['spec', 'componentName']) ?? at(source.value, ['metadata', 'name']);
    return { file, place, component: text(name), event: null, kind, param: componentParam(source) };
  }
  if (kind !== 'PipelineRun' || !version.startsWith('tekton.dev/')) return null;
  const component = at(source.value, ['metadata', 'labels', 'appstudio.openshift.io/component']);
  return { file, place, component: text(component), event: eventOf(source), kind, param: runParam(source) };
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Pipelines as Code says it in an annotation, as a list or as an expression. */
function eventOf({ value }: YamlSource): Definition['event'] {
  const annotation = (name: string): string =>
    text(at(value, ['metadata', 'annotations', `pipelinesascode.tekton.dev/${name}`])) ?? '';
  const said = `${annotation('on-event')} ${annotation('on-cel-expression')}`;
  if (/\bpush\b/.test(said)) return 'push';
  return /\bpull_request\b/.test(said) ? 'pull-request' : null;
}

function componentParam(source: YamlSource): Definition['param'] {
  const keys: Partial<Record<ParamName, string>> = { dockerfile: 'dockerfileUrl', 'path-context': 'context' };
  return (name) => {
    const key = keys[name];
    return key === undefined ? undefined : paramAt(source, ['spec', 'source', 'git', key]);
  };
}

function paramAt(source: YamlSource, path: Path): Param | undefined {
  const value = at(source.value, path);
  return value === undefined || value === null ? undefined : { value, place: source.placeOf(path) };
}

/** What the build task of a pipeline that is written out is given counts, then what the run is given, then the default. */
function runParam(source: YamlSource): Definition['param'] {
  const task = taskParams(source);
  const given = namedAt(source, ['spec', 'params'], 'value');
  const standard = namedAt(source, ['spec', 'pipelineSpec', 'params'], 'default');
  const ofRun = (name: string): Param | undefined => given.get(name) ?? standard.get(name);
  return (name) => {
    const written = task.get(TASK_PARAMS[name]);
    if (written === undefined) return ofRun(name);
    const reference = referenceIn(written.value);
    return reference === null ? written : ofRun(reference);
  };
}

/** The parameter that `$(params.x)`, or a list of only `$(params.x[*])`, stands for. */
function referenceIn(value: unknown): string | null {
  const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof only === 'string' ? (/^\$\(params\.([\w-]+)(?:\[\*\])?\)$/.exec(only)?.[1] ?? null) : null;
}

function taskParams(source: YamlSource): Map<string, Param> {
  const path = ['spec', 'pipelineSpec', 'tasks'];
  const tasks = at(source.value, path);
  if (!Array.isArray(tasks)) return new Map();
  const all = tasks.map((_, i) => namedAt(source, [...path, i, 'params'], 'value'));
  // Several tasks have parameters of these names; the one that builds has a Containerfile.
  return all.find((params) => params.has('DOCKERFILE')) ?? new Map<string, Param>();
}

/** The entries of a list of `{ name, <key> }`. */
function namedAt(source: YamlSource, path: Path, key: string): Map<string, Param> {
  const list = at(source.value, path);
  const found = new Map<string, Param>();
  if (!Array.isArray(list)) return found;
  for (const i of list.keys()) {
    const name = at(source.value, [...path, i, 'name']);
    const param = paramAt(source, [...path, i, key]);
    if (typeof name === 'string' && param !== undefined) found.set(name, param);
  }
  return found;
}

function at(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}
