import { CSAF, type Csaf, identityOfCsaf } from './csaf.ts';
import { csafStatements } from './csaf-statements.ts';
import { OPEN_VEX, type OpenVex, type Statement, statementsOf } from './openvex.ts';
import { isCsaf, parsed } from './read-advisories.ts';
import { documentsIn, invalid } from './read-folder.ts';
import type { Scope } from './scope.ts';

/** One release of a document. */
interface Release {
  /** Rises from release to release. */
  number: readonly number[];
  statements: Statement[];
}

/**
 * The statements of all OpenVEX and CSAF documents below a folder. Of several releases of a document the last counts: what it
 * no longer says is not said any more.
 * @throws TwinproofError `catalog-invalid`
 */
export async function readVex(folder: string, scopes: readonly Scope[]): Promise<Statement[]> {
  const found: Statement[] = [];
  const documents = new Map<string, Release>();
  const add = (identity: string | null, release: Release): void => {
    const known = identity === null ? undefined : documents.get(identity);
    if (identity === null) found.push(...release.statements);
    else if (known === undefined || compareNumbers(release.number, known.number) > 0)
      documents.set(identity, release);
    else if (compareNumbers(release.number, known.number) === 0) known.statements.push(...release.statements);
  };
  for await (const { file, value } of documentsIn(folder)) {
    if (isCsaf(value)) {
      const csaf = parsed(CSAF, value, file);
      add(identityOfCsaf(csaf), {
        number: releaseOfCsaf(csaf),
        statements: csafStatements(csaf, file, scopes),
      });
    } else if (typeof value['@context'] === 'string') {
      const vex = parsed(OPEN_VEX, value, file);
      const id = vex['@id'] ?? '';
      add(id === '' ? null : `openvex ${id}`, {
        number: releaseOfVex(vex),
        statements: statementsOf(vex, file),
      });
    } else throw invalid('is neither OpenVEX nor CSAF', file);
  }
  return [...found, ...[...documents.values()].flatMap(({ statements }) => statements)];
}

/** `3` or `1.2.0`, and then the time. */
export const releaseOfCsaf = ({ document: { tracking } }: Csaf): number[] => [
  ...[0, 1, 2].map((part) => Number(/^[\d.]+/.exec(tracking.version ?? '')?.[0].split('.')[part] ?? 0) || 0),
  Date.parse(tracking.current_release_date) || 0,
];

const releaseOfVex = ({ version, last_updated: updated, timestamp }: OpenVex): number[] => [
  Number(version ?? 0) || 0,
  Date.parse(updated ?? timestamp ?? '') || 0,
];

export function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
