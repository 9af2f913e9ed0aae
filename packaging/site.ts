import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { execa } from 'execa';
import MarkdownIt from 'markdown-it';
import { anchorOf } from '../harness/docs/anchor.ts';
import { HARNESS_VERSION } from '../harness/version.ts';

// Makes a site of the documentation that works from a file or any static host: node packaging/site.ts FOLDER

const ROOT = join(import.meta.dirname, '..');
const [OUT = join(ROOT, 'site')] = process.argv.slice(2);

const { stdout } = await execa('git', ['ls-files', '*.md'], { cwd: ROOT });
const sources = stdout.split('\n').filter((path) => path.startsWith('docs/') || !path.includes('/'));

interface Page {
  /** Of the source, and of what is made of it; from the top. */
  source: string;
  path: string;
  title: string;
  text: string;
}

const pageOf = (source: string): string =>
  source === 'README.md' ? 'index.html' : source.replace(/\.md$/, '.html');

async function read(source: string): Promise<Page> {
  const text = await readFile(join(ROOT, source), 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1]?.replaceAll(/[`\\]/g, '') ?? source;
  return { source, path: pageOf(source), title, text };
}

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => `&#${String(character.charCodeAt(0))};`);

/** Files beside the pages that a page leads to, such as pictures and schemas. */
const beside = new Set<string>();

/** A link as it is on the site; what it leads to is noted. */
function linkOf(href: string, from: string): string {
  if (/^(?:[a-z]+:|#)/i.test(href)) return href;
  const [file = '', anchor] = href.split('#');
  const target = posix.join(posix.dirname(from), decodeURIComponent(file));
  const hash = anchor === undefined ? '' : `#${anchor}`;
  const to = sources.includes(target)
    ? pageOf(target)
    : target.endsWith('/')
      ? `${target}README.html`
      : target;
  if (to === target) beside.add(target);
  return posix.relative(posix.dirname(pageOf(from)), to) + hash;
}

function render({ source, text }: Page): string {
  const markdown = new MarkdownIt({ html: true });
  const tokens = markdown.parse(text, {});
  for (const [at, token] of tokens.entries()) {
    if (token.type === 'heading_open') token.attrSet('id', anchorOf(tokens[at + 1]?.content ?? ''));
    for (const inside of token.children ?? []) {
      const name = inside.type === 'image' ? 'src' : 'href';
      const href = inside.attrGet(name)?.toString();
      if (href !== undefined) inside.attrSet(name, linkOf(href, source));
    }
  }
  return markdown.renderer
    .render(tokens, markdown.options, {})
    .replaceAll('<table>', '<div class="scroll"><table>')
    .replaceAll('</table>', '</table></div>');
}

function document(page: Page, listed: readonly Page[]): string {
  const top = posix.relative(posix.dirname(page.path), '.') || '.';
  const items = listed.map(({ path, title }) => {
    const current = path === page.path ? ' aria-current="page"' : '';
    return `<li><a href="${top}/${path}"${current}>${escaped(title)}</a></li>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(page.title)} – Twinproof ${escaped(HARNESS_VERSION)}</title>
<link rel="stylesheet" href="${top}/site.css">
<body data-top="${top}/">
<header>
<p><a href="${top}/index.html">Twinproof</a> ${escaped(HARNESS_VERSION)}</p>
<input id="search" type="search" aria-label="Search" placeholder="Search">
<ul id="found" hidden></ul>
</header>
<main>
${render(page)}</main>
<nav aria-label="Pages">
<ul>
${items.join('\n')}
</ul>
</nav>
<script src="${top}/index.js"></script>
<script src="${top}/search.js"></script>
</body>
</html>
`;
}

const pages = await Promise.all(sources.map(read));
const listed = pages.filter(({ source }) => !source.startsWith('docs/api/twinproof'));
await rm(OUT, { recursive: true, force: true });
for (const page of pages) {
  await mkdir(dirname(join(OUT, page.path)), { recursive: true });
  await writeFile(join(OUT, page.path), document(page, listed));
}
for (const path of beside) await cp(join(ROOT, path), join(OUT, path), { recursive: true });
const index = pages.map(({ path, title, text }) => ({
  path,
  title,
  text: `${title}\n${text}`.toLowerCase(),
}));
await writeFile(join(OUT, 'index.js'), `window.PAGES = ${JSON.stringify(index)};\n`);
for (const name of ['site.css', 'search.js'])
  await cp(join(import.meta.dirname, 'site', name), join(OUT, name));
