import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Html, markup } from './html.ts';

const asset = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8');

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What only the matrix needs. */
interface Program {
  /** Blocks of JSON that the program reads. */
  data: readonly string[];
}

/**
 * A document of its own: style and program stand in it, and its policy allows these two by their digests, pictures that
 * are in it, and nothing else, neither a program in the data nor anything from the network.
 * @param program null for a page that reads without one
 */
export async function documentOf(
  title: string,
  body: Html,
  program: Program | null = { data: [] },
): Promise<string> {
  const style = await asset('page.css');
  const script = program === null ? null : await asset('client/page.js');
  const allowed = script === null ? '' : `script-src ${hashOf(script)}; `;
  const policy = `default-src 'none'; ${allowed}style-src ${hashOf(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const head = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
      </head>
    </html>`;
  const end = script === null ? '' : `${program?.data.join('\n') ?? ''}\n<script>${script}</script>`;
  return `${head.text}<style>${style}</style></head>\n<body>${body.text}\n${end}</body></html>\n`;
}

/**
 * JSON in a document that neither ends its element nor begins a comment, whatever is in it. ASCII throughout: strings
 * of other characters take Node twice the memory.
 */
export const dataBlock = (id: string, value: unknown): string =>
  `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll(/[<\u0080-\uffff]/g, unit)}</script>`;

const unit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
