import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import { anchorOf } from './anchor.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let pages: Map<string, string>;
beforeAll(async () => {
  const { stdout } = await execa('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: ROOT });
  const files = stdout.split('\n').filter((path) => existsSync(join(ROOT, path)));
  pages = new Map(
    await Promise.all(files.map(async (path) => [path, await readFile(join(ROOT, path), 'utf8')] as const)),
  );
});

/** Without blocks of code. */
const prose = (text: string): string =>
  text
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .replaceAll(/^ {4}.*$/gm, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '');

/** As GitHub makes anchors of headings. */
const anchorsOf = (text: string): Set<string> =>
  new Set([
    ...[...prose(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => anchorOf(title)),
    ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id),
  ]);

function linksOf(text: string): string[] {
  const inline = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)];
  return inline.flatMap(([, target = '']) => (/^[a-z]+:/.test(target) ? [] : target));
}

test('every link between pages leads somewhere, to a heading that is there', () => {
  const wrong: string[] = [];
  for (const [path, text] of pages) {
    for (const link of linksOf(text)) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), decodeURIComponent(file));
      const page = pages.get(target);
      if (!existsSync(join(ROOT, target))) wrong.push(`${path}: ${link}`);
      else if (anchor !== undefined && page !== undefined && !anchorsOf(page).has(anchor))
        wrong.push(`${path}: ${link}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('README leads to every page of docs/, some of them by way of others', () => {
  const seen = new Set<string>();
  const open = ['README.md'];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const link of linksOf(pages.get(path) ?? ''))
      open.push(join(dirname(path), link.split('#')[0] ?? ''));
  }
  expect([...pages.keys()].filter((path) => path.startsWith('docs/') && !seen.has(path))).toEqual([]);
});

test("README's first screen is 80 by 40, and holds the two commands", () => {
  const screen = (pages.get('README.md') ?? '').split('\n## ')[0]?.trimEnd().split('\n') ?? [];
  expect(screen.length).toBeLessThanOrEqual(40);
  const wide = screen.map((line) => line.replaceAll(/\]\([^)]*\)/g, ']')).filter((line) => line.length > 80);
  expect(wide).toEqual([]);
  for (const command of ['    npm run verify', '    npm test'])
    expect(screen.some((line) => line.startsWith(command))).toBe(true);
});

/** Whole words of a page, cells of its tables included, without blocks of code. */
const wordsOf = (text: string): number => prose(text).match(/\S*[\p{L}\p{N}]\S*/gu)?.length ?? 0;

/** What is as long as what it lists: made of the help texts, of the code, and of the releases. */
const WITHOUT_END = /^(?:docs\/reference\.md|docs\/api\/.*|CHANGELOG\.md)$/;

test('no page has more than 1,500 words', () => {
  const long = [...pages].flatMap(([path, text]) =>
    !WITHOUT_END.test(path) && wordsOf(text) > 1500 ? `${path}: ${wordsOf(text)} words` : [],
  );
  expect(long).toEqual([]);
});

test('no line of prose has more than 120 characters', () => {
  const wide = [...pages].flatMap(([path, text]) =>
    /^(?:docs\/api|results)\//.test(path)
      ? []
      : prose(text)
          .split('\n')
          .filter((line) => line.length > 120 && !/^\s*\|/.test(line) && line.trim().includes(' '))
          .map((line) => `${path}: ${line}`),
  );
  expect(wide).toEqual([]);
});
