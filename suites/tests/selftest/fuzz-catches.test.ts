import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { ROOT, temporaryFolder } from './support.ts';

/** Inputs are made from their number, so that what is found once is found always. */
const FUZZ = ['suites/tools/fuzz/main.ts', '--seed', '1', '--inputs', '300'];

async function fuzz(folder: string, ...kinds: string[]) {
  const args = [...FUZZ, ...kinds.flatMap((kind) => ['--kind', kind])];
  const { exitCode, stdout } = await execa(process.execPath, args, {
    cwd: folder,
    env: { TMPDIR: folder },
    reject: false,
    stdin: 'ignore',
  });
  return { exitCode, stdout };
}

test.each(['images', 'archives', 'catalogs', 'gates', 'locks', 'statements'])(
  'the fuzzer finds nothing in what takes %s as it is',
  async (kind) => {
    const { exitCode, stdout } = await fuzz(ROOT, kind);
    expect(exitCode, stdout).toBe(0);
    // As many must be good enough to be compared, or nothing was shown.
    expect(Number(/(\d+) compared/.exec(stdout)?.[1])).toBeGreaterThan(60);
  },
);

test.each<[what: string, file: string, change: [from: string, to: string], says: RegExp, kind?: string]>([
  [
    'a reader that does not check layers against their diffID',
    'harness/oci/layers/layer.ts',
    ['if (actual === diffId) return;', 'if (actual !== "") return;'],
    /a layer is not what its config says/,
  ],
  [
    'a comparison that leaves out content',
    'harness/compare/fields.ts',
    ["if (a.content !== b.content) fields.push('content');", ''],
    /layers differ, but no entry does/,
  ],
  [
    'a comparison that leaves out what only the header shows',
    'harness/compare/fields.ts',
    [
      "a.headerCrc !== b.headerCrc) fields.push('header');",
      'a.headerCrc !== b.headerCrc) fields.push(...[]);',
    ],
    /layers differ, but no entry does/,
  ],
  [
    'complaints that are not escaped',
    'harness/oci/escape.ts',
    ['return text.replace(unsafe, code);', 'return text;'],
    /not one plain line/,
  ],
  [
    'JSON as deep as it comes',
    'harness/oci/limits.ts',
    ['MAX_JSON_DEPTH = 100', 'MAX_JSON_DEPTH = 1e9'],
    /RangeError/,
  ],
  [
    'documents taken to have the right shape',
    'harness/oci/json.ts',
    ["if (typeof value !== 'string') throw", 'if (value === 0) throw'],
    /TypeError/,
  ],
  [
    'a tar reader whose faults are not reported with their place',
    'harness/oci/tar/reader.ts',
    ['if (!(error instanceof TarFault)) throw error;', 'throw error;'],
    /at TarReader|TarFault|Error: /,
  ],
  [
    'attributes in a form that no engine reads',
    'harness/oci/tar/pax.ts',
    ["const XATTR = 'SCHILY.xattr.';", "const XATTR = 'LIBARCHIVE.xattr.';"],
    /the tree is said to be the same/,
    'archives',
  ],
  [
    'a catalog that takes exemptions of what is not claimed',
    'harness/catalog/claims.ts',
    ['requests[id]?.made === true', 'requests[id] !== undefined'],
    /an exemption of a claim that is not made was taken/,
    'catalogs',
  ],
  [
    'a gate that does not look at rungs',
    'harness/gate/lowered.ts',
    ['rank(now) > rank(before)', 'rank(now) > 1e9'],
    /exit code 0, and not 1/,
    'gates',
  ],
  [
    'a gate whose allowances allow more than they name',
    'harness/gate/allow.ts',
    ['allowance.claim === claim)', 'allowance.claim !== claim)'],
    /exit code \d, and not \d/,
    'gates',
  ],
  [
    'a lock that lays files out where it likes',
    'harness/lock/url.ts',
    ['.test(text);\n}\n\n/** Prefixes', '.test("r");\n}\n\n/** Prefixes'],
    /a repository with a path was taken/,
    'locks',
  ],
  [
    'a lock that must have what Hermeto does without',
    'harness/lock/parse.ts',
    ["format.complete ? 'all' : 'url'", "'all'"],
    /refused: /,
    'locks',
  ],
  [
    'statements about nothing',
    'harness/attest/read-statement.ts',
    [".min(1, 'a statement about nothing')", ''],
    /a statement that names nothing is taken/,
    'statements',
  ],
  [
    'statements that are not checked against the log',
    'harness/attest/against-run.ts',
    ['differences(one.statement, statement).length === 0', 'one.subject !== ""'],
    /a statement is taken that the run does not make/,
    'statements',
  ],
])('the fuzzer catches %s', async (_, ...[file, [from, to], says, kind = 'images']) => {
  await using folder = await temporaryFolder();
  for (const name of ['harness', 'suites', 'bench', 'package.json']) {
    await cp(join(ROOT, name), join(folder.path, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
  const path = join(folder.path, file);
  const text = await readFile(path, 'utf8');
  expect(text, `${file} no longer holds this`).toContain(from);
  await writeFile(path, text.replace(from, to));
  const { exitCode, stdout } = await fuzz(folder.path, kind);
  expect(exitCode, stdout).toBe(1);
  expect(stdout).toMatch(says);
});
