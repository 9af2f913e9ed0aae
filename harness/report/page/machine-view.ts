import type { CellResult } from '../../record/events.ts';
import { asList, asObject, asText } from '../causes.ts';
import { limited } from '../limit.ts';
import { factsTable } from './facts-table.ts';
import { type Html, markup } from './html.ts';

const WIDTH = 600;
const MAX_CUTS = 200;

/** What claims about a running system record of its starts; nothing for other claims. The log may come from anywhere. */
export function machineView({ detail }: CellResult): Html | null {
  const parts = [phasesView(asText(detail.phases)), momentsView(detail), cutsView(detail)];
  return parts.every((part) => part === null)
    ? null
    : markup`<h3>In the machine</h3>
    ${parts}`;
}

interface Phase {
  name: string;
  seconds: number;
}

/** `Startup finished in 9.7s (kernel) + 1min 2.3s (userspace) = …`, as `systemd-analyze time` tells it. */
function phasesOf(text: string): Phase[] {
  const [before = ''] = text.split('=');
  return [...before.matchAll(/(?:(\d+)min )?(\d+(?:\.\d+)?)(ms|s) \((\w{1,20})\)/g)].map(
    ([, minutes = '0', number = '0', unit, name = '']) => ({
      name,
      seconds: Number(minutes) * 60 + Number(number) / (unit === 'ms' ? 1000 : 1),
    }),
  );
}

/** One start as a bar, a part for each phase. */
function phasesView(text: string): Html | null {
  const phases = phasesOf(text);
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  if (total === 0) return null;
  let before = 0;
  const parts = phases.map(({ seconds }, index) => {
    const [x, width] = [before, seconds].map((each) => ((each / total) * WIDTH).toFixed(1));
    before += seconds;
    return markup`<rect class="phase-${index % 4}" x="${x ?? ''}" y="0" width="${width ?? ''}" height="14" />`;
  });
  const said = phases.map(
    ({ name, seconds }, index) =>
      markup`<li><i class="sq phase-${index % 4}"></i> ${name} <strong>${seconds.toFixed(1)} s</strong></li>`,
  );
  return markup`<figure class="phases">
    <svg viewBox="0 0 ${WIDTH} 14" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>
    <figcaption>
      <ul class="legend">
        ${said}
        <li>start <strong>${total.toFixed(1)} s</strong></li>
      </ul>
    </figcaption>
  </figure>`;
}

/** What ran before, during and after an update. */
function momentsView({ from, to, before, staged, after }: CellResult['detail']): Html | null {
  const moments = Object.entries({ before, staged, after }).flatMap(([name, value]) => {
    const { running, deployments, state } = asObject(value);
    if (asText(running) === '') return [];
    const label = (digest: string): string =>
      digest === asText(from) ? 'old' : digest === asText(to) ? 'new' : limited(digest, 19);
    return markup`<tr>
      <th scope="row">${name}</th>
      <td>${label(asText(running))}</td>
      <td>${asList(deployments).slice(0, 10).map(asText).map(label).join(', ') || '–'}</td>
      <td>${limited(asText(state), 100)}</td>
    </tr>`;
  });
  return moments.length === 0
    ? null
    : factsTable('Moments of the update', ['moment', 'runs', 'there to start', 'systemd says'], moments);
}

/** Where the power was cut and what ran then, a line a cut. */
function cutsView({ cuts, from, to }: CellResult['detail']): Html | null {
  const all = asList(cuts).map(asObject);
  const rows = all.slice(0, MAX_CUTS).map(({ phase, done, lost, running, faults }) => {
    const ran = asText(running);
    const what =
      ran === '' ? 'neither' : ran === asText(from) ? 'old' : ran === asText(to) ? 'new' : 'neither';
    const wrong = asList(faults).map(asText).slice(0, 3).join('; ');
    return markup`<tr ${wrong === '' ? null : markup` class="unlike"`}>
      <th scope="row">${asText(phase)}</th>
      <td>${typeof done === 'number' ? done : '–'}</td>
      <td>${typeof lost === 'number' ? lost : '–'}</td>
      <td>${what}</td>
      <td>${wrong === '' ? 'whole' : limited(wrong, 300)}</td>
    </tr>`;
  });
  if (rows.length === 0) return null;
  const left = all.length - rows.length;
  return markup`${factsTable('Power cuts', ['phase', 'after write', 'writes lost', 'runs', 'found'], rows)}
    ${left > 0 ? markup`<p class="cut">${left} more cuts are in the evidence.</p>` : null}`;
}
