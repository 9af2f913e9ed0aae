import { escapeText } from '../report/escape.ts';
import type { InitFinding } from './types.ts';

/** What was found, for people. @param containerfile as it is to be named */
export function initText(containerfile: string, findings: readonly InitFinding[]): string {
  const story = ({ line, what, change }: InitFinding): string[] => [
    `${containerfile}${line === 0 ? '' : `:${line}`}: ${what}`,
    ...change.map((each) => `    ${each}`),
    '',
  ];
  const blocking = findings.filter(({ blocks }) => blocks);
  const end =
    blocking.length === 0
      ? 'nothing in it needs a network; check it: npx twinproof verify'
      : `${blocking.length} ${blocking.length === 1 ? 'thing' : 'things'} to change before it can be built without a network; then: npx twinproof verify`;
  return `${[...findings.flatMap(story), end].map(escapeText).join('\n')}\n`;
}
