import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Phrases that only translate, or have a better word; single words are in cspell.json, which `check:words` reads. */
const PHRASES = [
  /first rung that holds: none/i,
  /after it was refused the network/i,
  /the surest claim is believed/i,
  /which one it is\b/i,
  /what comes of it/i,
  /is no part of a whole/i,
  /takes the packages that are there now and says so/i,
  /\bsanity check\b/i,
  /\b(?:held|holds|holding|hold) \S+(?: \S+)? against\b|\bheld against\b/i,
  /\bleaves? away\b/i,
  /\bhangs? on\b/i,
  /\bin what the twins differ\b/i,
  /\bwithout what takes long\b/i,
];

const tracked = async (...patterns: string[]): Promise<string[]> => {
  const { stdout } = await execa('git', ['ls-files', '-co', '--exclude-standard', '--', ...patterns], {
    cwd: ROOT,
  });
  return stdout.split('\n').filter((path) => path !== '');
};

async function forbidden(): Promise<RegExp[]> {
  const { flagWords } = JSON.parse(await readFile(join(ROOT, 'cspell.json'), 'utf8')) as {
    flagWords: string[];
  };
  return [...PHRASES, new RegExp(String.raw`\b(?:${flagWords.join('|')})\b`, 'i')];
}

/** What strings and templates say, with line numbers. A string without a space names something and says nothing. */
function saidIn(path: string, source: string): string[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node) ? node.text : '';
    if (/\S \S/.test(text)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      found.push(`${path}:${line + 1}: ${text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

test('no message, help text or page of the program has a forbidden word or phrase', async () => {
  const words = await forbidden();
  const paths = await tracked('harness/*.ts');
  const sources = paths.filter((path) => !/\.test\.ts$|\/testing\//.test(path));
  const said = await Promise.all(
    sources.map(async (path) => saidIn(path, await readFile(join(ROOT, path), 'utf8'))),
  );
  expect(said.flat().length).toBeGreaterThan(3000);
  expect(said.flat().filter((line) => words.some((word) => word.test(line)))).toEqual([]);
});

test('no page has a forbidden phrase', async () => {
  const pages = (await tracked('*.md')).filter(
    (path) => !/^(?:CONTRIBUTING|CHANGELOG)\.md$|^docs\/api\/|^results\//.test(path),
  );
  const found = await Promise.all(
    pages.map(async (path) => {
      const text = (await readFile(join(ROOT, path), 'utf8')).replaceAll(/`[^`]*`/g, '');
      return PHRASES.flatMap((phrase) => phrase.exec(text)?.[0] ?? []).map((phrase) => `${path}: ${phrase}`);
    }),
  );
  expect(found.flat()).toEqual([]);
});

test.each([
  ["const x = 'the axis is there';", 1],
  ['const x = `${a} was told`;', 1],
  ["const x = 'axis';", 0],
  ['// it was told so\nconst x = 1;', 0],
])('%j: %i strings are reported', async (source, count) => {
  const words = await forbidden();
  expect(saidIn('x.ts', source).filter((line) => words.some((word) => word.test(line)))).toHaveLength(count);
});
