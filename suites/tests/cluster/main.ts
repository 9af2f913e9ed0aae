import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNoCluster } from './build.ts';
import { Cluster } from './cluster.ts';

/** Starts a cluster to look at, until Ctrl-C. */
const reason = whyNoCluster();
if (reason !== null) throw new Error(reason);
const folder = await mkdtemp(join(tmpdir(), 'twinproof-cluster-'));
const cluster = await Cluster.start(folder, Number(process.argv[2] ?? 3));
process.stdout.write(`KUBECONFIG=${cluster.kubeconfig}\n`);
const ended = Promise.withResolvers<null>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.resolve(null));
const alive = setInterval(() => undefined, 60_000);
await ended.promise;
clearInterval(alive);
await cluster[Symbol.asyncDispose]();
