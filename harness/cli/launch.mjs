#!/usr/bin/env node
// Starts the command under Node 24: the caller's own when it is new enough, else the one npm installed beside us.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  try {
    const name = `node-${process.platform}-${process.arch}`;
    const path = createRequire(import.meta.url).resolve(`${name}/bin/node`);
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

const node = findNode();
if (node === null) {
  console.error('usage: twinproof needs Node 24 or later (run `npm ci` in its folder, or install Node 24)');
  process.exit(2);
}
const result = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
if (result.signal !== null) process.kill(process.pid, result.signal);
process.exit(result.status ?? 2);
