import { factsTable } from '../../../report/page/facts-table.ts';
import { type Html, markup } from '../../../report/page/html.ts';
import { limited } from '../../../report/limit.ts';
import type { AuditResult } from '../../result.ts';

const MAX_FOUND = 500;
const MAX_TEXT = 600;

/** Everything that was found beside the image, whether a verdict rests on it, and why. */
export function foundView({ found, unreadable }: AuditResult): Html {
  const rows = [...found.map(foundRow), ...unreadable.map(unreadableRow)];
  const shown = rows.slice(0, MAX_FOUND);
  const left = rows.length - shown.length;
  return markup`<section class="story" aria-labelledby="found">
    <h2 id="found">What was found <small>${rows.length}</small></h2>
    ${rows.length === 0 ? markup`<p>Nothing that speaks about this image.</p>` : tableView(shown)}
    ${left > 0 ? markup`<p class="cut">${left} more are in the JSON.</p>` : null}
  </section>`;
}

const tableView = (rows: Html[]): Html =>
  factsTable('What was found', ['name', 'what', 'status', 'used', 'why', 'where'], rows, 'wide');

function foundRow(one: AuditResult['found'][number]): Html {
  const { id, role, predicateType, status, used, why, place, where, signer } = one;
  const signed = signer === null ? '' : `, ${signer.by} ${signer.detail}`;
  return markup`<tr id="found-${id}">
    <th scope="row">${id}</th>
    <td>${limited(predicateType ?? role ?? one.mediaType, MAX_TEXT)}</td>
    <td>${status}${limited(signed, MAX_TEXT)}</td>
    <td>${used ? 'yes' : 'no'}</td>
    <td>${limited(why, MAX_TEXT)}</td>
    <td>${place} ${limited(where, MAX_TEXT)}</td>
  </tr>`;
}

const unreadableRow = ({ place, where, reason }: AuditResult['unreadable'][number]): Html =>
  markup`<tr class="unlike">
    <th scope="row">–</th>
    <td></td>
    <td>unreadable</td>
    <td>no</td>
    <td>${limited(reason, MAX_TEXT)}</td>
    <td>${place} ${limited(where, MAX_TEXT)}</td>
  </tr>`;
