import { documentOf } from '../../../report/page/document.ts';
import { type Html, markup } from '../../../report/page/html.ts';
import type { AuditResult } from '../../result.ts';
import { claimsView, countsText, barView } from './claims-view.ts';
import { foundView } from './found-view.ts';
import { platformView } from './platform-view.ts';

/** An audit as one file of HTML, which reads without scripts and asks nobody for anything. */
export const auditHtml = (result: AuditResult): Promise<string> =>
  documentOf(`Audit of ${result.reference}`, bodyOf(result), null);

const bodyOf = (result: AuditResult): Html =>
  markup`${headerView(result)}
    <main class="subject">
      ${claimsView(result)} ${result.image.platforms.map((one) => platformView(result, one))} ${foundView(result)}
    </main>
    <footer>
      <p>Made by Twinproof ${result.harness}. The JSON of the audit (--json) has all that this page has, uncut.</p>
    </footer>`;

function headerView(result: AuditResult): Html {
  const { reference, image, source, claims } = result;
  const facts: [string, string][] = [
    ['digest', image.digest],
    ['platforms', image.platforms.map(({ platform }) => platform).join(', ')],
    ...(source === null ? [] : sourceFacts(source)),
  ];
  return markup`<header class="top">
    <p class="eyebrow">Twinproof audit</p>
    <h1>${reference}</h1>
    <p class="counts">${countsText(claims)}</p>
    ${barView(claims)}
    <dl class="meta">
      ${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
    </dl>
  </header>`;
}

function sourceFacts({ from, commit, missing }: NonNullable<AuditResult['source']>): [string, string][] {
  if (missing !== null) return [['source', missing]];
  return [
    ['source', from ?? ''],
    ['commit', commit ?? ''],
  ];
}
