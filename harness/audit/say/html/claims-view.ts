import { type Html, markup } from '../../../report/page/html.ts';
import { limited } from '../../../report/limit.ts';
import { AUDIT_VERDICTS, type AuditVerdict } from '../../claims/types.ts';
import type { AuditResult } from '../../result.ts';

type Claims = AuditResult['claims'];

/** The page has a colour for each verdict of a run; what an audit could not check has that of what was left out. */
const COLOUR: Readonly<Record<AuditVerdict, string>> = {
  pass: 'pass',
  fail: 'fail',
  error: 'error',
  unverified: 'waived',
  'not-checked': 'skipped',
  unsupported: 'skipped',
};

const MAX_DETAILS = 200;
const MAX_TEXT = 2000;

/** `7 hold, 1 does not, 1 not checked`, in words that need no table of verdicts. */
export function countsText(claims: Claims): string {
  const words: Readonly<Record<AuditVerdict, string>> = {
    pass: 'pass',
    fail: 'fail',
    error: 'could not be checked for a fault',
    unverified: 'unverified',
    'not-checked': 'not checked',
    unsupported: 'not supported',
  };
  const counts = AUDIT_VERDICTS.flatMap((verdict) => {
    const count = claims.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${words[verdict]}`];
  });
  return `${claims.length} ${claims.length === 1 ? 'claim' : 'claims'}: ${counts.join(', ')}`;
}

/** All claims as one bar. */
export function barView(claims: Claims): Html {
  const sorted = AUDIT_VERDICTS.flatMap((verdict) => claims.filter((one) => one.verdict === verdict));
  const width = 1000 / Math.max(1, sorted.length);
  const parts = sorted.map(
    ({ verdict }, index) =>
      markup`<rect class="v-${COLOUR[verdict]}" x="${(index * width).toFixed(2)}" y="0" width="${width.toFixed(2)}" height="12"/>`,
  );
  return markup`<svg class="bar" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}

/** Every claim: its verdict, why, and what it would take to check it. */
export const claimsView = ({ claims }: AuditResult): Html =>
  markup`<section class="story" aria-labelledby="claims">
    <h2 id="claims">Claims</h2>
    <ul class="plain">
      ${claims.map(claimView)}
    </ul>
  </section>`;

function claimView({ claim, verdict, summary, details, needed }: Claims[number]): Html {
  const shown = details.slice(0, MAX_DETAILS).map((line) => markup`<li>${limited(line, MAX_TEXT)}</li>`);
  const left = details.length - shown.length;
  return markup`<li id="claim-${claim}">
    <p class="verdict">
      <span class="pill v-${COLOUR[verdict]}">${verdict}</span> <strong>${claim}</strong>: ${limited(summary, MAX_TEXT)}
    </p>
    ${needed === null ? null : markup`<p class="hint">Needed: ${limited(needed, MAX_TEXT)}</p>`}
    ${detailsView(shown, { open: verdict === 'fail' || verdict === 'error', of: claim })}
    ${left > 0 ? markup`<p class="cut">${left} more are in the JSON.</p>` : null}
  </li>`;
}

function detailsView(shown: Html[], { open, of }: { open: boolean; of: string }): Html | null {
  if (shown.length === 0) return null;
  const list = markup`<summary>${shown.length === 1 ? 'one detail' : `${shown.length} details`} <span class="hidden">of ${of}</span></summary>
    <ul class="files">
      ${shown}
    </ul>`;
  return open ? markup`<details open>${list}</details>` : markup`<details>${list}</details>`;
}
