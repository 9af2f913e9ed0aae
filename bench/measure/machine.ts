import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { findTool } from '../../harness/setup/tools.mjs';
import { HARNESS_VERSION } from '../../harness/version.ts';

const VERSIONS: [tool: string, ...args: string[]][] = [
  ['gunzip', '--version'],
  ['sha256sum', '--version'],
  ['igzip', '--version'],
  ['openssl', 'version'],
  ['diffoscope', '--version'],
  ['umoci', '--version'],
  ['diffoci', '--version'],
];

function version([tool, ...args]: [string, ...string[]]): string {
  if (findTool(tool) === null) return `${tool}: missing`;
  try {
    const text = execFileSync(tool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return `${tool}: ${text.split('\n')[0] ?? ''}`;
  } catch {
    return `${tool}: version unknown`;
  }
}

/** What the figures were taken on. */
export function machineText(): string {
  const all = cpus();
  const { zlib, openssl } = process.versions;
  const load = loadavg().map((one) => one.toFixed(1));
  return [
    `twinproof ${HARNESS_VERSION}, Node ${process.version}, zlib ${zlib}, OpenSSL ${openssl}`,
    `${all.length} x ${all[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${load.join(' ')}`,
    ...VERSIONS.map(version),
  ].join('\n');
}
