import { type Html, markup } from './html.ts';

const WIDTH = 220;
const HEIGHT = 44;
const PAD = 4;

interface Series {
  title: string;
  /** One a run, oldest first; null where the run does not say. */
  values: (number | null)[];
  /** How a value reads. */
  format: (value: number) => string;
  /** Largest value of the scale; that of the values when not given. */
  max?: number;
}

/** A small line over runs, with the last value in words; the numbers are in its label. */
export function sparkline({ title, values, format, max }: Series): Html {
  const known = values.filter((value) => value !== null);
  const top = Math.max(max ?? 0, ...known, Number.MIN_VALUE);
  const step = values.length < 2 ? 0 : (WIDTH - 2 * PAD) / (values.length - 1);
  const points = values.flatMap((value, index) =>
    value === null ? [] : [{ x: PAD + index * step, y: HEIGHT - PAD - (value / top) * (HEIGHT - 2 * PAD) }],
  );
  const path = points
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
  const end = points.at(-1);
  const last = known.at(-1);
  const said = values.map((value) => (value === null ? '–' : format(value))).join(', ');
  return markup`<figure class="chart">
    <figcaption>${title} <strong>${last === undefined ? '–' : format(last)}</strong></figcaption>
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="${title} over ${values.length} runs: ${said}"
    >
      <path class="line" d="${path}" />
      ${end === undefined ? null : markup`<circle cx="${end.x.toFixed(1)}" cy="${end.y.toFixed(1)}" r="3" />`}
    </svg>
  </figure>`;
}

/** One square a run, in the colour of its verdict. */
export function verdictStrip(verdicts: (string | null)[]): Html {
  const squares = verdicts.map(
    (verdict) => markup`<i class="sq v-${verdict ?? 'none'}" title="${verdict ?? 'not asked'}"></i>`,
  );
  const said = verdicts.map((verdict) => verdict ?? 'not asked').join(', ');
  return markup`<span class="strip" role="img" aria-label="verdicts, oldest first: ${said}">${squares}</span>`;
}
