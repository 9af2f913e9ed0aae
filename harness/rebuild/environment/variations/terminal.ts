import type { VariationSpec } from '../types.ts';
import { withVariables } from '../reach.ts';
import { turn } from '../values.ts';

type Terminal = Record<'TERM' | 'COLUMNS' | 'LINES', string>;

/** Terminals that ncurses-base describes, so that tput works in both. */
const TERMINALS: [Terminal, ...Terminal[]] = [
  { TERM: 'dumb', COLUMNS: '97', LINES: '31' },
  { TERM: 'xterm-256color', COLUMNS: '173', LINES: '67' },
  { TERM: 'linux', COLUMNS: '80', LINES: '25' },
];

export const terminal: VariationSpec = (twin) => {
  const variables = turn(TERMINALS, twin.index);
  const { TERM, COLUMNS, LINES } = variables;
  return withVariables(twin, {
    value: `${TERM} ${COLUMNS}×${LINES}`,
    markers: [],
    variables: { ...variables },
  });
};
