import type { ToldCell } from './input.ts';

/** One of the things for which a cell does not hold. */
export interface CellFinding {
  /** What it is: `CVE-2026-1`, `setuid`. */
  kind: string;
  /** Tells it apart from others of the cell. */
  place: string;
  /** One line. */
  text: string;
  /** Of a vulnerability, as its advisory rates it. */
  severity: string | null;
}

type Entry = Readonly<Record<string, unknown>>;

/** By claim: the list in its details, and how an entry is told. */
const LISTS: Record<string, readonly [key: string, tell: (entry: Entry) => CellFinding]> = {
  vulnerabilities: ['vulnerabilities', vulnerability],
  minimal: [
    'findings',
    ({ kind, path, what, package: owner }) => ({
      ...{ kind: text(kind), place: text(path), severity: null },
      text: `${text(path)}: ${text(what)}${typeof owner === 'string' ? ` (${owner})` : ''}`,
    }),
  ],
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function vulnerability(entry: Entry): CellFinding {
  const { id, package: name, version, severity, fixedIn, hasFix } = entry;
  const fix = typeof fixedIn === 'string' ? `fixed in ${fixedIn}` : hasFix === true ? 'has a fix' : 'no fix';
  return {
    ...{ kind: text(id), place: text(name), severity: text(severity) },
    text: `${text(id)} in ${text(name)} ${text(version)} (${text(severity)}, ${fix})`,
  };
}

/** What a cell that fails lists one by one; empty for claims that list nothing. */
export function cellFindings({ claim, verdict, result }: ToldCell): CellFinding[] {
  const [key, tell] = (Object.hasOwn(LISTS, claim) ? LISTS[claim] : undefined) ?? [];
  const list = key === undefined ? null : result?.detail[key];
  if (verdict !== 'fail' || tell === undefined || !Array.isArray(list)) return [];
  return list.flatMap((entry) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? [tell(entry)] : [],
  );
}
