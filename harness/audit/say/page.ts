import { escapeText } from '../../oci/escape.ts';
import { originText } from '../read/origin-text.ts';
import type { AuditResult } from '../result.ts';

/** Things that were found, and values of a recipe, that are listed on the page; JSON has all of them. */
const SHOWN = 40;

/** One page that can be read aloud: what was checked, what holds, what does not, what could not be checked. */
export function auditPage(result: AuditResult): string {
  const { reference, image, found, unreadable } = result;
  const lines = [
    `Audit of ${reference}`,
    `${image.digest}, ${image.platforms.map(({ platform }) => platform).join(', ')}`,
    '',
    ...section('Holds', result, 'pass'),
    ...section('Does not hold', result, 'fail'),
    ...section('Could not be checked for a fault', result, 'error'),
    ...section('Unverified', result, 'unverified'),
    ...section('Not checked', result, 'not-checked'),
    ...section('Not supported', result, 'unsupported'),
    `Found: ${found.length === 0 && unreadable.length === 0 ? 'nothing that speaks about this image' : ''}`.trimEnd(),
    ...found.slice(0, SHOWN).map(foundLine),
    ...(found.length > SHOWN ? [`  … and ${found.length - SHOWN} more (--json lists all)`] : []),
    ...unreadable
      .slice(0, SHOWN)
      .map(({ place, where, reason }) => `  -- ${place} ${where}: unreadable: ${reason}`),
    ...result.recipes.flatMap(recipeLines),
  ];
  return lines.map((line) => `${escapeText(line)}\n`).join('');
}

/** What is wrong, or lacking, is reported in full. */
const DETAILED = ['fail', 'error', 'not-checked', 'unsupported'];

function section(title: string, { claims }: AuditResult, verdict: string): string[] {
  const some = claims.filter((one) => one.verdict === verdict);
  if (some.length === 0) return [];
  const lines = some.flatMap(({ claim, summary, details, needed }) => [
    `  ${claim}: ${summary}`,
    ...(DETAILED.includes(verdict) ? details.slice(0, SHOWN).map((detail) => `    ${detail}`) : []),
    ...(needed === null ? [] : [`    needed: ${needed}`]),
  ]);
  return [`${title}:`, ...lines, ''];
}

function foundLine({
  id,
  place,
  where,
  status,
  predicateType,
  role,
  used,
  why,
}: AuditResult['found'][number]): string {
  const what = predicateType ?? role ?? '';
  return `  ${id} ${place} ${where}: ${status}${what === '' ? '' : `, ${what}`}; ${used ? 'used' : 'not used'}: ${why}`;
}

function recipeLines({
  platform,
  form,
  from,
  verified,
  readings,
  missing,
}: AuditResult['recipes'][number]): string[] {
  const source =
    form === null ? 'labels alone' : `${form}, ${from ?? ''}${verified ? '' : ', which nobody signed'}`;
  return [
    '',
    `How ${platform} was made (${source}):`,
    ...readings.slice(0, SHOWN).map((one) => {
      const against = one.contradictedBy.map(
        (other) => `; ${String(other.value)} by ${originText(other.from)}`,
      );
      return `  ${one.field}: ${Array.isArray(one.value) ? one.value.join(' ') : one.value} (${originText(one.from)})${against.join('')}`;
    }),
    ...missing.map(({ code, what }) => `  missing: ${code}: ${what}`),
  ];
}
