import { join } from 'node:path';
import type { Contestant } from './measure/contest.ts';

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

/** @param exits of the command for the answer that is right here */
export function twinproof(folder: string, [a, b]: Pair, exits: readonly number[]): Contestant {
  const argv = [process.execPath, LAUNCH, 'diff', `oci:${a}`, `oci:${b}`] as const;
  return { name: 'twinproof diff', command: { argv, folder }, needs: [], done: exits };
}

export function gunzip(folder: string, pair: Pair): Contestant {
  const script = bothLayers(pair, (layer) => `gunzip -c ${layer} | sha256sum`);
  return { name: GUNZIP, command: shell(folder, script), needs: ['gunzip', 'sha256sum'], done: [0] };
}

export function igzip(folder: string, pair: Pair): Contestant {
  const script = bothLayers(pair, (layer) => `igzip -d -c ${layer} | openssl dgst -sha256`);
  return { name: IGZIP, command: shell(folder, script), needs: ['igzip', 'openssl'], done: [0] };
}

export function openssl(folder: string, pair: Pair): Contestant {
  const argv = ['openssl', 'dgst', '-sha256', ...pair.map((image) => `${image}/layer.tar.gz`)] as const;
  return { name: OPENSSL, command: { argv, folder }, needs: ['openssl'], done: [0] };
}

/** Programs that compare, or that one compares with. @param limit seconds for each */
export function comparers(folder: string, [a, b]: Pair, limit: number): Contestant[] {
  const unpack = `umoci unpack --rootless --image ${a}:latest a.unpacked; umoci unpack --rootless --image ${b}:latest b.unpacked;
    diff -r --no-dereference a.unpacked/rootfs b.unpacked/rootfs; status=$?; rm -rf a.unpacked b.unpacked; exit $status`;
  return [
    {
      name: 'diffoscope of the layers',
      command: { argv: ['diffoscope', `${a}/layer.tar.gz`, `${b}/layer.tar.gz`], folder, limit },
      needs: ['diffoscope'],
      done: [0, 1],
    },
    {
      name: 'umoci unpack both, diff -r',
      command: { ...shell(folder, unpack), limit },
      needs: ['umoci', 'diff'],
      done: [0, 1],
    },
    {
      name: 'diffoci diff',
      command: { argv: ['diffoci', 'diff', `oci://${a}`, `oci://${b}`], folder, limit },
      needs: ['diffoci'],
      done: [0, 1],
    },
  ];
}
