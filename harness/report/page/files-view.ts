import type { CellResult, Evidence } from '../../record/events.ts';
import type { ReportInput } from '../input.ts';
import { readEvidence, readImage } from './evidence.ts';
import { type Html, lines, markup } from './html.ts';

/** Bytes of each text that are shown: its end, where the failure is. */
const TAIL = 12_000;
const MAX_TEXTS = 4;

/** Texts and pictures among the evidence of a cell; logs of builds only where it does not hold. */
export async function filesView(
  { results }: ReportInput,
  folder: string,
  { subject, verdict, evidence }: CellResult,
): Promise<Html | null> {
  const builds = new Set(results.twins.get(subject)?.builds.map(({ log }) => log?.digest));
  const holds = verdict === 'pass' || verdict === 'skipped';
  const reported = evidence.filter(({ digest, size }) => size > 0 && !(holds && builds.has(digest)));
  const pictures = reported.filter(({ mediaType }) => mediaType === 'image/png').slice(0, MAX_TEXTS);
  const texts = reported.filter(({ mediaType }) => mediaType === 'text/plain').slice(0, MAX_TEXTS);
  if (pictures.length + texts.length === 0) return null;
  const shown = await Promise.all([
    ...pictures.map((each) => pictureView(folder, each)),
    ...texts.map((each, index) => textView(folder, each, verdict === 'error' && index === 0)),
  ]);
  return markup`<h3>Records</h3>
    ${shown}`;
}

async function pictureView(folder: string, evidence: Evidence): Promise<Html> {
  const read = await readImage(folder, evidence);
  return 'fault' in read
    ? markup`<p class="alarm">${read.fault}</p>`
    : markup`<figure class="picture">
        <img src="${read.address}" alt="${evidence.name}" />
        <figcaption>${evidence.name}</figcaption>
      </figure>`;
}

async function textView(folder: string, evidence: Evidence, open: boolean): Promise<Html> {
  const read = await readEvidence(folder, evidence, { tail: TAIL });
  const body =
    'fault' in read
      ? markup`<p class="alarm">${read.fault}</p>`
      : markup`${read.cut > 0 ? markup`<p class="cut">${read.cut} bytes before this are in the evidence.</p>` : null}
          <pre class="log" tabindex="0" aria-label="${evidence.name}">${lines(read.text)}</pre>`;
  return markup`<details ${open ? markup` open` : null}>
    <summary>${evidence.name} <small>${evidence.size} bytes</small></summary>
    ${body}
  </details>`;
}
