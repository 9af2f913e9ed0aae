import { styleText } from 'node:util';
import type { CauseGroup, Explanation } from '../explain/group.ts';
import { surenessText } from './causes.ts';
import { reachedText } from '../model/rungs.ts';
import { escapeText } from './escape.ts';

const NAMED = 5;

export const countText = ({ places, origin }: CauseGroup): string => {
  const what = origin.startsWith('in the ') ? 'field' : 'path';
  return `${places.length} ${what}${places.length === 1 ? '' : 's'}`;
};

/** What is to be expected once the fixes are made; a promise only where every cause is certain. */
export function outlook({ causes, unexplained, truncated }: Explanation): string {
  const fixes = new Set(causes.filter(({ id }) => id !== 'unknown').map(({ fix }) => fix)).size;
  if (causes.length === 0)
    return truncated ? 'nothing that was looked at is explained' : 'nothing is left to explain';
  if (unexplained > 0)
    return `${unexplained} not explained: with all other fixes the images will still differ there`;
  const more = truncated ? ', as far as the listed differences go' : '';
  const these = fixes === 1 ? 'this fix' : `these ${fixes} fixes`;
  const guessed = causes.filter(({ confidence }) => confidence === 'likely').length;
  return guessed === 0
    ? `after ${these} the images should be equal${more}`
    : `${guessed} of ${causes.length} ${causes.length === 1 ? 'cause is' : 'causes are'} likely, not certain: build again with ${these} to see whether the images are equal${more}`;
}

/** How much of what differs in contents is accounted for; empty where only attributes differ. */
export function accountedText({ accounted: { bytes, of } }: Explanation): string {
  if (of === 0) return '';
  // Nothing short of all is a hundred percent.
  const percent = bytes === of ? 100 : Math.min(99, Math.floor((bytes / of) * 100));
  return `about ${percent} % of the ${of} bytes that differ in contents are accounted for`;
}

/** A place, and whose it is. */
export const placeText = ({ packages }: CauseGroup, place: string): string =>
  packages[place] === undefined ? place : `${place} (package ${packages[place]})`;

/** The instruction of the Containerfile, where it says more than the history of the image. */
export function madeByText({ madeBy }: CauseGroup): string {
  if (madeBy === null) return '';
  const stage = madeBy.stage === null ? '' : ` in stage ${madeBy.stage}`;
  return `Containerfile line ${madeBy.line}${stage}: ${madeBy.text}`;
}

/** An explanation for people, by cause; ends with a line feed. */
export function explainText(explanation: Explanation, { colour }: { colour: boolean }): string {
  const paint = (style: 'bold' | 'green' | 'yellow' | 'dim', text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const { causes, identical, rung } = explanation;
  const head = identical ? `equal at ${rung}` : `different; ${reachedText(rung)}`;
  const groups = causes.flatMap((group) => {
    const named = group.places.slice(0, NAMED).map((place) => `    ${escapeText(placeText(group, place))}`);
    const made = madeByText(group);
    const rest = group.places.length - named.length;
    return [
      '',
      `${countText(group)}: ${paint('bold', group.id)}${surenessText(group)}, ${escapeText(group.origin)}`,
      ...named,
      ...(rest > 0 ? [paint('dim', `    and ${rest} more`)] : []),
      ...(made === '' ? [] : [`  by:  ${escapeText(made)}`]),
      `  why: ${escapeText(group.evidence)}`,
      `  fix: ${paint('green', escapeText(group.fix))}`,
      paint('dim', `  see: ${escapeText(group.about)}`),
    ];
  });
  const shares = accountedText(explanation);
  const end =
    identical && causes.length === 0 ? [] : ['', ...(shares === '' ? [] : [shares]), outlook(explanation)];
  return `${[head, ...groups, ...end].join('\n')}\n`;
}
