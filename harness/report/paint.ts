import { styleText } from 'node:util';

/** How a report for a terminal may look. */
export interface Look {
  colour: boolean;
  /** Columns; lines of ours are cut to it. */
  width: number;
}

export type Paint = (style: 'red' | 'green' | 'yellow' | 'bold' | 'dim', text: string) => string;

export function painter(colour: boolean): Paint {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

/** At most so many columns; what is cut off shows as an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}
