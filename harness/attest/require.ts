import { subjectOf } from './named.ts';
import { SCAI, TEST_RESULT, VSA, saidBy } from './predicates.ts';
import type { Statement } from './statements.ts';

/** What a reader may require, and the kinds of statements that say it. */
const KINDS = { REPRODUCIBLE: [SCAI], PASSED: [TEST_RESULT, VSA] };

export type Required = keyof typeof KINDS;

export const REQUIRABLE = Object.keys(KINDS) as Required[];

/**
 * Of which subjects it is not stated. One statement that says otherwise counts more than another that says it.
 * @param statements that nothing is wrong with
 */
export function lacking(statements: readonly Statement[], required: Required): string[] {
  const kinds = KINDS[required];
  const says = ({ predicateType, predicate }: Statement): boolean =>
    saidBy(predicateType, predicate).includes(required);
  const subjects = Map.groupBy(statements, aboutOf);
  return [...subjects].flatMap(([subject, all]) => {
    const speaking = all.filter(({ predicateType }) => kinds.includes(predicateType));
    return speaking.length > 0 && speaking.every(says) ? [] : [subject];
  });
}

/** Statements about images name each twin. */
const aboutOf = (statement: Statement): string => subjectOf(statement).replace(/ twin \S+$/, '');
