// Comments a merge request of GitLab with what a run found: node comment.ts results/runs/RUN
// One comment a merge request: a later run writes over it. TOKEN may write comments; the rest GitLab CI sets.
import { exitCode, readResults, report, summarise } from 'twinproof/record';

const MARK = '<!-- twinproof -->';
const { CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, TOKEN } = process.env;
const notes = `${CI_API_V4_URL}/projects/${CI_PROJECT_ID}/merge_requests/${CI_MERGE_REQUEST_IID}/notes`;

async function ask(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { 'PRIVATE-TOKEN': TOKEN ?? '', 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${response.statusText}`);
  return response.json();
}

/** The number of the comment that an earlier run wrote. */
async function earlier(): Promise<number | undefined> {
  const found = (await ask('GET', `${notes}?per_page=100`)) as { id: number; body: string }[];
  return found.find(({ body }) => body.startsWith(MARK))?.id;
}

const results = await readResults(...process.argv.slice(2));
const [text] = (await report(results, ['comment'])).values();
const note = await earlier();
const body = `${MARK}\n${text}`;
if (note === undefined) await ask('POST', notes, { body });
else await ask('PUT', `${notes}/${note}`, { body });
process.exitCode = exitCode(summarise(results));
