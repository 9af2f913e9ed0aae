import { join } from 'node:path';
import { makeArchive } from './images/archive.ts';
import type { Contestant } from './measure/contest.ts';
import { counts, type Difference, digests, equal, names } from './proofs.ts';

const LAUNCH = join(import.meta.dirname, '../harness/cli/launch.mjs');

export const GUNZIP = 'gunzip | sha256sum, both';
export const IGZIP = 'igzip | openssl dgst, both';
export const OPENSSL = 'openssl dgst of the blobs';

/** Two image folders, as makeImage leaves them. */
type Pair = readonly [a: string, b: string];

function shell(folder: string, script: string): Contestant['command'] {
  return { argv: ['sh', '-c', script], folder };
}

/** A pipeline over both layers at once. */
function bothLayers(pair: Pair, pipeline: (layer: string) => string): string {
  return `${pair.map((image) => `${pipeline(`${image}/layer.tar.gz`)} &`).join(' ')} wait`;
}

/** @param difference null for a pair that is the same */
export function twinproof(folder: string, [a, b]: Pair, difference: Difference | null): Contestant {
  const argv = [process.execPath, LAUNCH, 'diff', `oci:${a}`, `oci:${b}`] as const;
  const expected =
    difference === null ? { done: [0], proof: equal } : { done: [1], proof: counts(difference) };
  return { name: 'twinproof diff', command: { argv, folder }, needs: [], ...expected };
}

export function gunzip(folder: string, pair: Pair): Contestant {
  const script = bothLayers(pair, (layer) => `gunzip -c ${layer} | sha256sum`);
  const needs = ['gunzip', 'sha256sum'];
  return { name: GUNZIP, command: shell(folder, script), needs, done: [0], proof: digests(false) };
}

export function igzip(folder: string, pair: Pair): Contestant {
  const script = bothLayers(pair, (layer) => `igzip -d -c ${layer} | openssl dgst -sha256`);
  const needs = ['igzip', 'openssl'];
  return { name: IGZIP, command: shell(folder, script), needs, done: [0], proof: digests(false) };
}

/** For a pair that is the same. */
export function openssl(folder: string, pair: Pair): Contestant {
  const argv = ['openssl', 'dgst', '-sha256', ...pair.map((image) => `${image}/layer.tar.gz`)] as const;
  return { name: OPENSSL, command: { argv, folder }, needs: ['openssl'], done: [0], proof: digests(true) };
}

/** Programs that compare, or that one compares with. @param limit seconds for each */
export function comparers(
  folder: string,
  [a, b]: Pair,
  { difference, limit }: { difference: Difference; limit: number },
): Contestant[] {
  const unpack = `umoci unpack --rootless --image ${a}:latest a.unpacked; umoci unpack --rootless --image ${b}:latest b.unpacked;
    diff -r --no-dereference a.unpacked/rootfs b.unpacked/rootfs; status=$?; rm -rf a.unpacked b.unpacked; exit $status`;
  const expected = { done: [1], proof: names(difference) };
  return [
    {
      name: 'diffoscope of the layers',
      command: { argv: ['diffoscope', `${a}/layer.tar.gz`, `${b}/layer.tar.gz`], folder, limit },
      needs: ['diffoscope'],
      ...expected,
    },
    {
      name: 'umoci unpack both, diff -r',
      command: { ...shell(folder, unpack), limit },
      needs: ['umoci', 'diff'],
      ...expected,
    },
    {
      name: 'diffoci load both, diff',
      command: { ...shell(folder, diffoci([a, b])), limit },
      needs: ['diffoci', 'tar'],
      prepare: async () => {
        await makeArchive(a, 'localhost/a:latest');
        await makeArchive(b, 'localhost/b:latest');
      },
      ...expected,
    },
  ];
}

/** It compares what it has loaded, from archives into a cache of its own. */
function diffoci([a, b]: Pair): string {
  const program = 'diffoci --backend=local --local-cache=diffoci.cache';
  const load = (image: string): string => `${program} load --input ${image}.tar > /dev/null || exit 2`;
  return `rm -rf diffoci.cache; ${load(a)}; ${load(b)};
    ${program} diff --pull=never --ignore-image-name localhost/a:latest localhost/b:latest; status=$?; rm -rf diffoci.cache; exit $status`;
}
