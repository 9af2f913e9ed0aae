import type { Settings } from './environment/types.ts';
import { hostname } from 'node:os';
import type { Host } from '../record/host.ts';
import { LOG_NAME, placesIn } from './places.ts';

/**
 * Runs a command with its output in a file of at most `limit` bytes. What comes after is read and counted, not kept,
 * so that neither the disk fills nor the build breaks. Exits as the command did.
 */
export function loggedCommand(command: string[], { limit, root }: { limit: number; root: string }): string[] {
  const { output, scratch } = placesIn(root);
  const script = `limit=$1; shift
{ { "$@"; echo $? > ${scratch}/status; } < /dev/null 2>&1 | {
  head -c "$limit" > ${output}/${LOG_NAME}; wc -c > ${scratch}/dropped; }; }
exit "$(cat ${scratch}/status)"`;
  return ['sh', '-c', script, 'sh', String(limit), ...command];
}

/** Facts about how a build ended, as `key value` lines; see `parseFacts`. */
export function factsCommand({ root }: Pick<Settings, 'root'>): string[] {
  const { scratch, output } = placesIn(root);
  const script = `echo "dropped $(cat ${scratch}/dropped 2>/dev/null || echo 0)"
echo "scratch $(df --output=pcent ${scratch} | tail -n 1 | tr -dc 0-9)"
for f in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
  [ -r $f ] && grep '^oom_kill ' $f
done
awk '$1 == "Ip:" || $1 == "Udp:" {
  if (!($1 in head)) head[$1] = $0
  else { split(head[$1], k); for (i = 2; i <= NF; i++) if (k[i] == "OutNoRoutes" || k[i] == "NoPorts") print "net " $i } }' /proc/net/snmp
awk '$1 == "Ip6OutNoRoutes" || $1 == "Udp6NoPorts" { print "net " $2 }' /proc/net/snmp6 2>/dev/null
echo "host bootId $(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"
echo "host kernel $(uname -r)"
echo "host architecture $(uname -m)"
echo "host cpu $(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)"
chown -R "$1:$2" ${output}
exit 0`;
  const { getuid, getgid } = process;
  return ['sh', '-c', script, 'sh', String(getuid?.() ?? 0), String(getgid?.() ?? 0)];
}

export interface Facts {
  logDropped: number;
  /** Percent of the scratch space that is in use. */
  scratchUsed: number;
  /** Processes that the kernel killed for want of memory. */
  outOfMemory: number;
  /** Packets without a route, and datagrams to closed ports (a resolver on loopback). */
  networkAttempts: number;
  host: Host;
}

export function parseFacts(text: string): Facts {
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [key, value] = line.trim().split(/\s+/);
    if (key !== undefined && value !== undefined) sums.set(key, (sums.get(key) ?? 0) + (Number(value) || 0));
  }
  return {
    logDropped: sums.get('dropped') ?? 0,
    scratchUsed: sums.get('scratch') ?? 0,
    outOfMemory: sums.get('oom_kill') ?? 0,
    networkAttempts: sums.get('net') ?? 0,
    host: parseHost(text),
  };
}

/** Characters of a name that are kept. */
const MAX_NAME = 200;

function parseHost(text: string): Host {
  const lines = text.matchAll(/^host (\w+) (.+)$/gm);
  const known = new Map(
    [...lines].map(([, name = '', value = '']) => [name, value.trim().slice(0, MAX_NAME)]),
  );
  return {
    node: process.env.TWINPROOF_NODE ?? hostname(),
    bootId: known.get('bootId') ?? null,
    kernel: known.get('kernel') ?? 'unknown',
    cpu: known.get('cpu') ?? null,
    architecture: known.get('architecture') ?? 'unknown',
  };
}
