#!/usr/bin/env node
// Starts the command under Node 24: here when the caller's own is new enough, else in the one npm installed beside us.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compiledFolder } from '../setup/cache.mjs';

/** A checkout runs its TypeScript. The package has none: Node compiles nothing below node_modules. */
function main() {
  const source = new URL('./main.ts', import.meta.url);
  return existsSync(source) ? source.href : new URL('../../dist/harness/cli/main.js', import.meta.url).href;
}

const isNew = Number(process.versions.node.split('.')[0]) >= 24;

function findNode() {
  try {
    const name = `node-${process.platform}-${process.arch}`;
    const path = createRequire(import.meta.url).resolve(`${name}/bin/node`);
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

if (isNew) {
  // Compiled once, the program starts in a third of the time; where that cannot be stored it does without.
  module.enableCompileCache(compiledFolder());
  await import(main());
} else {
  const node = findNode();
  if (node === null) {
    console.error('usage: twinproof needs Node 24 or later (run `npm ci` in its folder, or install Node 24)');
    process.exit(2);
  }
  const launcher = fileURLToPath(import.meta.url);
  const result = spawnSync(node, [launcher, ...process.argv.slice(2)], { stdio: 'inherit' });
  if (result.signal !== null) process.kill(process.pid, result.signal);
  process.exit(result.status ?? 2);
}
