import { TwinproofError } from '../../errors.ts';
import { quote } from '../../lock/quote.ts';
import { compareDebVersions } from '../../packages/dpkg/deb-version.ts';

/** One alternative of a dependency, `name (>= version)`. */
export interface Relation {
  name: string;
  operator: string | null;
  version: string;
}

const RELATION =
  /^([A-Za-z0-9][A-Za-z0-9+.-]*)(?::[a-z0-9-]+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s()]+)\s*\))?$/;

/**
 * Reads `Depends`, `Provides` and the like of a binary package (Debian Policy 7.1): groups of which all must hold,
 * each a list of alternatives. Architecture qualifiers such as `:any` are dropped.
 */
export function parseRelations(text: string): Relation[][] {
  return text
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '')
    .map((group) => group.split('|').map((alternative) => parseRelation(alternative.trim())));
}

function parseRelation(text: string): Relation {
  const match = RELATION.exec(text);
  if (match?.[1] === undefined) {
    throw new TwinproofError('input-mismatch', `${quote(text)} is no dependency (Debian Policy 7.1)`);
  }
  return { name: match[1], operator: match[2] ?? null, version: match[3] ?? '' };
}

/** Whether a version is one that a relation asks for. `<` and `>` are old spellings of `<=` and `>=`. */
export function isWithin(version: string, { operator, version: bound }: Relation): boolean {
  if (operator === null) return true;
  const order = compareDebVersions(version, bound);
  switch (operator) {
    case '<<':
      return order < 0;
    case '<=':
    case '<':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
    case '>':
      return order >= 0;
    default:
      return order > 0;
  }
}

/** As it is written in a control file. */
export function relationText(group: Relation[]): string {
  return group
    .map(({ name, operator, version }) => (operator === null ? name : `${name} (${operator} ${version})`))
    .join(' | ');
}
