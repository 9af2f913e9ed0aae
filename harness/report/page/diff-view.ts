import type { DiffResult, EntryDiff, EntryFacts, PointerDiff } from '../../compare/types.ts';
import type { HexWindow, InsideDiff } from '../../inside/types.ts';
import { limited } from '../limit.ts';
import { factsTable } from './facts-table.ts';
import { type Html, type Part, NEWLINE, lines, markup } from './html.ts';

/** What one cell shows of a difference; the evidence has it all. */
const MAX_ENTRIES = 60;
const MAX_POINTERS = 30;
const MAX_DIFF = 8_000;
const MAX_VALUE = 400;
const MAX_NODES = 40;

/** Where config and manifest differ. */
export const documentsView = (diff: DiffResult): Html =>
  markup`${pointers('Config', diff.config)}${pointers('Manifest', diff.manifest)}`;

function pointers(title: string, diffs: readonly PointerDiff[]): Html | null {
  if (diffs.length === 0) return null;
  const rows = diffs.slice(0, MAX_POINTERS).map(
    ({ pointer, a, b }) =>
      markup`<tr>
        <th scope="row"><code>${cut(pointer)}</code></th>
        <td><code>${value(a)}</code></td>
        <td><code>${value(b)}</code></td>
      </tr>`,
  );
  return markup`<h3>${title}</h3>
    ${factsTable(title, ['pointer', 'A', 'B'], rows)}
    ${more(diffs.length - rows.length, 'pointers')}`;
}

const value = (json: unknown): string => (json === undefined ? '(absent)' : cut(JSON.stringify(json)));
const cut = (text: string): string => limited(text, MAX_VALUE);

export const more = (count: number, what: string): Html | null =>
  count > 0 ? markup`<p class="cut">${count} more ${what} are in the evidence.</p>` : null;

/** The paths that differ, each with all that is known of it. */
export function entriesView(diff: DiffResult): Html | null {
  if (diff.entries.length === 0) return null;
  const shown = diff.entries.slice(0, MAX_ENTRIES);
  const truncated = diff.truncated
    ? markup`<p class="cut">The comparison itself stopped at ${diff.entries.length} paths; there are more.</p>`
    : null;
  return markup`<h3>Paths that differ</h3>
    ${shown.map((entry, index) => entryView(entry, index < 3))}${more(diff.entries.length - shown.length, 'paths')}${truncated}`;
}

/** How much of what differs in the content each of several causes accounts for. */
function shareText(causes: EntryDiff['causes'], bytes = 0): string {
  const all = causes.reduce((sum, cause) => sum + (cause.bytes ?? 0), 0);
  return all === 0 || causes.length < 2 ? '' : ` ${Math.floor((bytes / all) * 100)} %`;
}

function entryView(entry: EntryDiff, open: boolean): Html {
  const { path, change, fields, causes } = entry;
  const owner = (entry.packageB ?? entry.packageA)?.name;
  const made = (entry.instructionB ?? entry.instructionA)?.createdBy ?? '';
  const attribute: Part = open ? markup` open` : null;
  return markup`<details class="entry" ${attribute}>
    <summary>
      <span class="change ${change}">${change}</span> <code class="path">${cut(path)}</code>
      <span class="fields">${fields.join(', ')}</span
      >${causes.map(({ id, bytes }) => markup` <span class="tag">${id}${shareText(causes, bytes)}</span>`)}
    </summary>
    ${made === '' ? null : markup`<p class="made">made by <code>${cut(made)}</code></p>`}${owner === undefined ? null : markup`<p class="made">owned by the package <code>${owner}</code></p>`}
    ${facts(entry)}${entry.diff === entry.inside?.diff ? null : unified(entry.diff)}${entry.inside === undefined ? null : inside(entry.inside, { left: MAX_NODES })}
  </details>`;
}

const SHOWN = [
  'type',
  'mode',
  'uid',
  'gid',
  'size',
  'mtime',
  'sha256',
  'linkname',
  'device',
  'xattrs',
  'uname',
  'gname',
] as const;

function facts({ a, b }: EntryDiff): Html {
  const text = (side: EntryFacts | null, name: (typeof SHOWN)[number]): string => {
    const fact = side?.[name];
    return fact === undefined ? '–' : cut(typeof fact === 'object' ? JSON.stringify(fact) : String(fact));
  };
  const rows = SHOWN.filter((name) => text(a, name) !== text(b, name)).map(
    (name) =>
      markup`<tr>
        <th scope="row">${name}</th>
        <td><code>${text(a, name)}</code></td>
        <td><code>${text(b, name)}</code></td>
      </tr>`,
  );
  if (rows.length === 0) return markup``;
  return factsTable('Facts that differ', ['field', 'A', 'B'], rows);
}

function unified(diff: string | undefined): Html | null {
  if (diff === undefined || diff === '') return null;
  const shown = diff.slice(0, MAX_DIFF).replace(/\n$/, '').split('\n');
  const spans = shown.map((line, index) => {
    const kind =
      index < 2 && /^(\+\+\+|---) /.test(line)
        ? 'ctx'
        : line.startsWith('+')
          ? 'plus'
          : line.startsWith('-')
            ? 'minus'
            : line.startsWith('@')
              ? 'hunk'
              : 'ctx';
    return markup`<span class="${kind}">${lines(line)}${NEWLINE}</span>`;
  });
  return markup`<pre class="diff" tabindex="0" aria-label="Unified diff">${spans}</pre>
    ${diff.length > MAX_DIFF ? markup`<p class="cut">${diff.length - MAX_DIFF} more characters of the diff are in the evidence.</p>` : null}`;
}

/** What differs inside a file: the tree of parts, down to fields and bytes; at most so many parts of it. */
function inside(node: InsideDiff, budget: { left: number }): Html | null {
  if (budget.left <= 0) return null;
  budget.left -= 1;
  const children = node.children.map((child) => inside(child, budget));
  const left =
    budget.left <= 0 && node.children.length > 0
      ? markup`<p class="cut">More parts are in the evidence.</p>`
      : null;
  const fields = node.fields.slice(0, 20).map(
    ({ field, offset, a, b }) =>
      markup`<li>
          <code>${field}</code>${offset === null ? null : markup` at byte ${offset}`}:
          <code>${cut(a ?? '–')}</code> → <code>${cut(b ?? '–')}</code>
        </li>`,
  );
  return markup`<div class="inside">
    <p>
      <span class="tag">${node.format}</span>
      <code>${cut(node.part)}</code>
      ${node.change}${node.limits === undefined ? null : markup` <span class="cut">looked at up to a limit: ${node.limits.join(', ')}</span>`}${node.more === undefined ? null : markup` <span>and ${String(node.more)} more in which the same fields differ</span>`}
    </p>
    ${
      fields.length === 0
        ? null
        : markup`<ul>
            ${fields}
          </ul>`
    }${unified(node.diff)}${(node.windows ?? []).slice(0, 4).map(hexWindow)}${children}${left}
  </div>`;
}

/** Bytes of both sides, sixteen a row, those that differ marked. */
function hexWindow({ offset, a, b }: HexWindow): Html {
  const side = (own: string, other: string): Html[] =>
    (own.match(/../g) ?? []).slice(0, 64).map((byte, index) => {
      const end = index % 16 === 15 ? '\n' : ' ';
      const same = other.slice(index * 2, index * 2 + 2) === byte;
      return same ? markup`${byte}${lines(end)}` : markup`<b>${byte}</b>${lines(end)}`;
    });
  return markup`<div class="hex">
    <pre tabindex="0" aria-label="Bytes of A from ${offset}"><span class="where">A ${offset}</span>${NEWLINE}${side(a, b)}</pre>
    <pre tabindex="0" aria-label="Bytes of B from ${offset}"><span class="where">B ${offset}</span>${NEWLINE}${side(b, a)}</pre>
  </div>`;
}
