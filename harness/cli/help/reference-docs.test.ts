import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { withPart } from '../../docs/table.ts';
import { CELL_ERROR_CODES } from '../../errors.ts';
import { commandTree } from '../commands.ts';
import { commandReference } from './reference.ts';
import { type CommandNode, withBelow } from './tree.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

let top: CommandNode[];
beforeAll(async () => {
  top = await commandTree();
}, 120_000);

// After a change of a command: npx vitest run --project unit harness/cli/help --update
test('docs/reference.md has every command with its arguments, options and exit codes', async () => {
  const page = withPart(await read('docs/reference.md'), 'commands', commandReference(top));
  await expect(page).toMatchFileSnapshot('../../../docs/reference.md');
});

test('docs/reference.md has the environment variables that the program reads', async () => {
  const page = await read('docs/reference.md');
  const table =
    page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .join('\n')
      .split('argument, option')[0] ?? '';
  const named = [...table.matchAll(/`([A-Z][A-Z_]+)`/g)].flatMap(([, name]) => name ?? []);
  const files = await execa('git', ['ls-files', 'harness'], { cwd: ROOT });
  const sources = files.stdout
    .split('\n')
    .filter((path) => /\.(?:ts|mjs)$/.test(path) && !/\.test\.ts$|\/testing\//.test(path));
  const code = (await Promise.all(sources.map(read))).join('\n');
  for (const name of named) expect(code, name).toContain(name);
  const used = [
    ...code.matchAll(
      /\b(?:TWINPROOF_[A-Z]+|DOCKER_HOST|REGISTRY_AUTH_FILE|XDG_[A-Z]+_(?:HOME|DIR)|NO_COLOR|SSL_CERT_\w+)\b/g,
    ),
  ];
  const missing = [...new Set(used.map(([name]) => name))].filter((name) => !named.includes(name));
  expect(missing).toEqual(['XDG_CONFIG_HOME'].filter((name) => missing.includes(name)));
});

test('docs/troubleshooting.md has a part for every error code, and for no other', async () => {
  const page = await read('docs/troubleshooting.md');
  const parts = [...page.matchAll(/^## `([\w-]+)`$/gm)].map(([, code]) => code);
  expect(parts.toSorted()).toEqual(
    [...CELL_ERROR_CODES, 'usage', 'record-invalid', 'interrupted'].toSorted(),
  );
});

/** Commands as pages show them: lines of code, and inline. */
const SHOWN = /npx twinproof ([a-z][^`\n]*)/g;

test('every command and option that a page shows exists', async () => {
  const files = await execa('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: ROOT });
  const pages = files.stdout
    .split('\n')
    .filter((path) => !path.startsWith('docs/api/') && path !== 'CHANGELOG.md');
  const all = top.flatMap(withBelow);
  const wrong: string[] = [];
  for (const path of pages) {
    for (const [shown, rest = ''] of (await read(path)).matchAll(SHOWN)) {
      const words = rest.split(/\s+/);
      const node =
        all.find((one) => one.path.length === 2 && one.path.join(' ') === words.slice(0, 2).join(' ')) ??
        all.find((one) => one.path.length === 1 && one.path[0] === words[0]?.replace(/[.,;:)]+$/, ''));
      const options = [...rest.matchAll(/(?<=\s)--[a-z][a-z-]*/g)].map(([option]) => option);
      const known = [
        ...(node?.options.flatMap(({ names }) => names) ?? []),
        '--help',
        '--quiet',
        '--no-color',
      ];
      if (node === undefined || options.some((option) => !known.includes(option)))
        wrong.push(`${path}: ${shown}`);
    }
  }
  expect(wrong).toEqual([]);
});
