import { headedList } from '../docs/list.ts';
import type { CauseDefinition } from './cause.ts';
import { UNKNOWN } from './unknown.ts';

/** Recipes that have a cause and are rid of it, as far as they differ. */
export interface CauseExample {
  /** The image below `fixtures/causes/` that they are of. */
  image: string;
  faulty: string;
  fixed: string;
}

const code = (text: string): string => `\`${text}\``;
const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** Where a cause is described: from the top of the checkout, and of the installed package. */
export const causePage = (id: string): string => `docs/causes.md#${id}`;

/**
 * The causes of docs/causes.md, a heading each, so that outputs can lead there. Pure.
 * @param examples by the id of the cause
 */
export const causesList = (
  causes: Iterable<CauseDefinition>,
  examples: ReadonlyMap<string, CauseExample>,
): string =>
  [
    ...[...causes].map((cause) => section(cause, examples.get(cause.id))),
    headedList(3, [
      [
        code(UNKNOWN),
        'Nothing that is known here explains it. Build with one thing varied at a time: `npx twinproof bisect IMAGE`.',
      ],
    ]),
  ].join('\n\n');

function section(cause: CauseDefinition, example: CauseExample | undefined): string {
  const { id, covers, fix, provenBy = [], rewrites = [] } = cause;
  const made = rewrites.map(({ does }) => code(does)).join(', ');
  const paragraphs = [
    `What differs: ${sentence(covers)}`,
    `Fix: ${sentence(fix)}`,
    ...(provenBy.length === 0 ? [] : [`Proven by varying ${provenBy.map(code).join(', ')}.`]),
    ...(made === '' ? [] : [`\`--check-fixes\` changes: ${made}.`]),
  ];
  const text = headedList(3, [[code(id), ...(paragraphs as [string, ...string[]])]]);
  return example === undefined ? text : `${text}\n\n${exampleText(example)}`;
}

const exampleText = ({ image, faulty, fixed }: CauseExample): string =>
  `Faulty (\`${image}\`):\n\n${fenced(faulty)}\n\nFixed:\n\n${fenced(fixed)}`;

const fenced = (text: string): string => `\`\`\`Dockerfile\n${text}\n\`\`\``;
