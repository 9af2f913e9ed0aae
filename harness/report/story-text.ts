import { surenessText } from './causes.ts';
import type { ToldCell } from './input.ts';
import { limited } from './limit.ts';

const MAX_CAUSES = 10;
const MAX_PATHS = 5;

/** What is to be known of a cell that is not a pass, in some lines of plain text: why, how to fix it, how to repeat it. */
export function storyLines(cell: ToldCell): string[] {
  const { causes, result } = cell;
  const reported = causes.slice(0, MAX_CAUSES).flatMap((cause) => {
    const paths = cause.paths.slice(0, MAX_PATHS).join(', ');
    const more = cause.count > MAX_PATHS ? `, … (${cause.count})` : '';
    return [
      `cause: ${cause.id}${surenessText(cause)}${paths === '' ? '' : ` in ${paths}${more}`}`,
      ...(cause.fix === '' ? [] : [`fix: ${cause.fix}`]),
    ];
  });
  const more = causes.length > MAX_CAUSES ? [`… and ${causes.length - MAX_CAUSES} more causes`] : [];
  const hint = result?.error?.hint;
  return [
    cell.summary,
    ...reported,
    ...more,
    ...(result?.fix === undefined ? [] : [`fix: ${result.fix}`]),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
    ...(cell.repeat === null ? [] : [`repeat: ${cell.repeat}`]),
  ].map((line) => limited(line, 2000));
}
