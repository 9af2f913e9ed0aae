import { escapeMarkup } from '../escape-xml.ts';
import type { ReportInput } from '../input.ts';
import type { Format } from '../format.ts';

interface Badge {
  label: string;
  message: string;
  colour: 'green' | 'red' | 'grey';
}

/** `reproducible 12/14`: subjects of which the twins are equal, of those that were asked; never green while one is open. */
function badgeOf({ summary }: ReportInput): Badge {
  const claim = summary.claims.includes('reproducible') ? 'reproducible' : (summary.claims[0] ?? 'claims');
  const cells = summary.cells.filter((cell) => cell.claim === claim && cell.verdict !== 'skipped');
  const missing = summary.missing.filter((id) => id.endsWith(` ${claim}`)).length;
  const asked = cells.length + missing;
  const holding = cells.filter(({ verdict }) => verdict === 'pass').length;
  if (asked === 0) return { label: claim, message: 'not checked', colour: 'grey' };
  if (!summary.complete) return { label: claim, message: 'incomplete', colour: 'grey' };
  return { label: claim, message: `${holding}/${asked}`, colour: holding === asked ? 'green' : 'red' };
}

/** The document that shields.io asks an endpoint for. */
export function badgeEndpoint(input: ReportInput): string {
  const { label, message, colour } = badgeOf(input);
  return `${JSON.stringify({ schemaVersion: 1, label, message, color: colour })}\n`;
}

const COLOURS = { green: '#1a7f37', red: '#cf222e', grey: '#57606a' };

/** About what a character takes at 11 px in a sans serif face; `textLength` makes it exact. */
const CHARACTER = 6.5;
const PADDING = 6;

/** The badge as an image of its own, without fonts or addresses from elsewhere. */
export function badgeImage(input: ReportInput): string {
  const { label, message, colour } = badgeOf(input);
  const widths = [label, message].map((text) => Math.round(text.length * CHARACTER) + 2 * PADDING) as [
    number,
    number,
  ];
  const total = widths[0] + widths[1];
  const text = (value: string, x: number, width: number): string =>
    `<text x="${x + width / 2}" y="14" textLength="${width - 2 * PADDING}">${escapeMarkup(value)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${total}" height="20" role="img" aria-label="${escapeMarkup(`${label}: ${message}`)}">`,
    `<title>${escapeMarkup(`${label}: ${message}`)}</title>`,
    `<rect width="${total}" height="20" rx="3" fill="#24292f"/>`,
    `<path d="M${widths[0]} 0h${widths[1] - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H${widths[0]}z" fill="${COLOURS[colour]}"/>`,
    '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">',
    text(label, 0, widths[0]),
    text(message, widths[0], widths[1]),
    '</g></svg>',
    '',
  ].join('\n');
}

export const badge: Format = {
  id: 'badge',
  file: 'badge.svg',
  purpose: 'an image of its own',
  make: badgeImage,
  logOnly: true,
};

export const badgeJson: Format = {
  id: 'badge-json',
  file: 'badge.json',
  purpose: 'the document that shields.io asks an endpoint for',
  make: badgeEndpoint,
  logOnly: true,
};
