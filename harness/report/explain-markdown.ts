import type { Explanation } from '../explain/group.ts';
import { surenessText } from './causes.ts';
import { reachedText } from '../model/rungs.ts';
import { escapeText } from './escape.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { accountedText, countText, madeByText, outlook, placeText } from './explain-text.ts';

const NAMED = 20;

/** A fix is shown as code: backticks would end it. */
const code = (text: string): string => `\`${text.replaceAll('`', "'").replaceAll('|', String.raw`\|`)}\``;

/** An explanation as Markdown, by cause. Same explanation, same bytes. */
export function explainMarkdown(explanation: Explanation): string {
  const { causes, identical, rung } = explanation;
  const head = identical ? `Equal at ${rung}.` : `Different; ${reachedText(rung)}.`;
  const groups = causes.flatMap((group) => {
    const rest = group.places.length - NAMED;
    const made = madeByText(group);
    return [
      `## ${group.id}${surenessText(group)}: ${countText(group)}, ${escapeMarkdown(group.origin)}`,
      '',
      ...group.places.slice(0, NAMED).map((place) => `- ${escapeMarkdown(placeText(group, place))}`),
      ...(rest > 0 ? [`- and ${rest} more`] : []),
      '',
      ...(made === '' ? [] : [`By: ${escapeMarkdown(made)}`, '']),
      `Why: ${escapeMarkdown(group.evidence)}`,
      '',
      `Fix: ${code(escapeText(group.fix))}`,
      '',
      `See: ${code(escapeText(group.about))}`,
      '',
    ];
  });
  const share = accountedText(explanation);
  const shares = share === '' ? [] : [`${share.replace(/^a/, 'A')}.`, ''];
  return [`# Why they differ`, '', head, '', ...groups, ...shares, `${outlook(explanation)}.`, ''].join('\n');
}
