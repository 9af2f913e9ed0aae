import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTool } from '../../setup/tools.mjs';
import { commandTree, loadCommand } from '../commands.ts';
import { ABOUT } from './about.ts';
import { SHELLS, completionScript } from './completion.ts';
import { manPages } from './man.ts';
import { type CommandNode, withBelow } from './tree.ts';

let top: CommandNode[];
let all: CommandNode[];
let folder: string;
beforeAll(async () => {
  top = await commandTree();
  all = top.flatMap(withBelow);
  folder = await mkdtemp(join(tmpdir(), 'help-'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

test('every command has a group, examples and exit codes, and nothing else has', () => {
  expect(Object.keys(ABOUT).sort()).toEqual(all.map(({ path }) => path.join(' ')).sort());
});

test('examples are ones that the command line takes', async () => {
  for (const [name, { examples }] of Object.entries(ABOUT)) {
    expect(examples.length, name).toBeGreaterThan(0);
    for (const example of examples) {
      const { stdout } = await execa('bash', ['-c', `printf '%s\\0' ${example.replace(/ > .*/, '')}`]);
      const words = stdout.split('\0').slice(0, -1);
      const path = name.split(' ');
      expect(words.slice(0, path.length)).toEqual(path);
      let command = await loadCommand(path[0] ?? '');
      let rest = words.slice(1);
      for (;;) {
        const below = command.commands.find((one) => one.name() === rest[0]);
        if (below === undefined) break;
        [command, rest] = [below, rest.slice(1)];
      }
      command.exitOverride().action(() => undefined);
      await command.parseAsync(rest, { from: 'user' });
    }
  }
});

/** What bash offers for words, the last of which is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const file = join(folder, 'completion.bash');
  await writeFile(file, completionScript('bash', top));
  const list = ['twinproof', ...words].map((word) => `'${word}'`).join(' ');
  const script = `cd '${folder}'; source '${file}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length}; _twinproof; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa('bash', ['--norc', '-c', script]);
  return stdout.split('\n');
}

test('bash completes commands, what is below them, options, their values, and files', async () => {
  expect(await offered('ver')).toEqual(['verify', 'verify-attestation']);
  expect(await offered('job', 'pre')).toEqual(['prepare']);
  expect(await offered('job', 'prepare', '--see')).toEqual(['--seed']);
  expect(await offered('diff', '--rung', 'tree')).toEqual(['tree', 'tree-no-times']);
  expect(await offered('verify', 'my.catalog.yaml', '--cla')).toEqual(['--claim']);
  expect(await offered('verify', '--claim', 'herm')).toEqual(['hermetic']);
  expect(await offered('verify', 'completion')).toContain('completion.bash');
  expect(await offered('nothing', '--rung')).toEqual(['']);
});

test('every command and every option is in every script', () => {
  for (const shell of SHELLS) {
    const script = completionScript(shell, top);
    for (const { path, options } of all) {
      expect(script).toContain(path.at(-1));
      for (const { names } of options)
        for (const name of names)
          if (name.startsWith('--')) expect(script).toContain(shell === 'fish' ? name.slice(2) : name);
    }
  }
});

test.for([
  ['zsh', '-n'],
  ['fish', '--no-execute'],
] as const)(
  '%s takes its script (skipped where there is no such shell)',
  async ([shell, check], { skip }) => {
    if (findTool(shell) === null) skip(`there is no ${shell}`);
    const file = join(folder, `completion.${shell}`);
    await writeFile(file, completionScript(shell, top));
    const { stderr } = await execa(shell, [check, file]);
    expect(stderr).toBe('');
  },
);

test('man pages are ones that roff sets without a complaint, with every option', async ({ skip }) => {
  const pages = manPages(top, '1.2.3');
  expect(pages.size).toBe(all.length + 1);
  const verify = pages.get('twinproof-verify.1') ?? '';
  for (const { flags } of top.find(({ path }) => path[0] === 'verify')?.options ?? [])
    expect(verify).toContain(flags.replaceAll('-', '\\-'));
  if (findTool('groff') === null) skip('there is no groff');
  for (const [name, text] of pages) {
    const { stderr, stdout } = await execa('groff', ['-man', '-ww', '-Kutf8', '-Tutf8', '-z'], {
      input: text,
      reject: false,
    });
    expect(stderr + stdout, name).toBe('');
  }
});
