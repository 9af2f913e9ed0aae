import { TwinproofError } from '../errors.ts';
import { jsonDiff } from './json-diff.ts';
import { NORMALISATIONS, type DiffResult, type Normalisation, type PointerDiff } from './types.ts';
import type { OciImage } from '../oci/types.ts';
import { RUNGS, type Rung, type ReachedRung } from '../model/rungs.ts';

/** @throws TwinproofError usage */
export function parseRung(text: string): Rung {
  const rung = RUNGS.find((name) => name === text);
  if (rung !== undefined) return rung;
  const names = RUNGS.join(', ');
  throw new TwinproofError('usage', `"${text}" is not a rung to compare at`, { hint: `one of ${names}` });
}

/** In the order of NORMALISATIONS, each once. @throws TwinproofError usage */
export function parseIgnore(names: readonly string[]): Normalisation[] {
  for (const name of names) {
    if (NORMALISATIONS.some((known) => known === name)) continue;
    throw new TwinproofError('usage', `"${name}" is never normalised`, {
      hint: `only ${NORMALISATIONS.join(', ')}`,
    });
  }
  return NORMALISATIONS.filter((known) => names.includes(known));
}

type Rungs = DiffResult['rungs'];

/** What was found out about two images, each fact on its own. */
export interface Facts {
  a: OciImage;
  b: OciImage;
  /** Equal lists of diffIDs, all of them recomputed; of an artifact: of the digests of its blobs. */
  sameDiffIds: boolean;
  /** Nothing is left between the entries of their layers after what may be ignored; null where not looked at. */
  sameEntries: boolean;
  tree: boolean;
  treeNoTimes: boolean;
  ignore: readonly Normalisation[];
}

const TIME_POINTERS =
  /^\/created$|^\/history\/\d+\/created$|^(?:\/config\/Labels|\/annotations)\/org\.opencontainers\.image\.created$/;
const COMPRESSION_POINTERS =
  /^\/layers\/\d+\/(?:digest|size|mediaType|annotations(?:$|\/(?:io\.github\.containers\.zstd-chunked|containerd\.io~1snapshot~1stargz|io\.containers\.estargz).*))$/;

/** Differences of config and manifest that are left after what was asked to be ignored. */
function leftOver({ a, b, ignore, sameDiffIds, sameEntries }: Facts): {
  config: PointerDiff[];
  manifest: PointerDiff[];
} {
  const times = ignore.includes('times');
  const layersHold = sameDiffIds || sameEntries;
  const config = jsonDiff(a.config.json, b.config.json).filter(({ pointer }) => {
    if (times && TIME_POINTERS.test(pointer)) return false;
    return !(ignore.length > 0 && layersHold && pointer.startsWith('/rootfs/diff_ids/'));
  });
  const manifest = jsonDiff(a.manifest.json, b.manifest.json).filter(({ pointer }) => {
    if (times && TIME_POINTERS.test(pointer)) return false;
    if (ignore.length === 0) return true;
    // A digest follows from what it is the digest of, and that was compared.
    if (/^\/config\/(?:digest|size)$/.test(pointer)) return config.length > 0;
    if (!sameDiffIds && sameEntries && /^\/layers\/\d+\/(?:digest|size)$/.test(pointer)) return false;
    return !(ignore.includes('compression') && layersHold && COMPRESSION_POINTERS.test(pointer));
  });
  return { config, manifest };
}

/** A rung holds when its own facts say so, or when a stronger one holds. */
export function climb(facts: Facts): {
  rungs: Rungs;
  rung: ReachedRung;
  config: PointerDiff[];
  manifest: PointerDiff[];
} {
  const { a, b, ignore } = facts;
  const left = leftOver(facts);
  const normalising = ignore.length > 0;
  const index = a.index !== null && a.index === b.index;
  const layers = facts.sameDiffIds || (normalising && facts.sameEntries);
  // The config of an artifact is empty more often than not: alone it says nothing.
  const sameConfig = a.config.digest === b.config.digest && (a.artifact === null || layers);
  const config = sameConfig || (normalising && layers && left.config.length === 0);
  const manifest =
    a.manifest.digest === b.manifest.digest || (normalising && config && left.manifest.length === 0);
  const own: Rungs = {
    index,
    manifest,
    config,
    layers,
    tree: facts.tree,
    'tree-no-times': facts.treeNoTimes,
  };
  let holds = false;
  let rung: ReachedRung = 'none';
  for (const name of RUNGS) {
    if (own[name] && !holds) rung = name;
    holds ||= own[name];
    own[name] = holds;
  }
  return { rungs: own, rung, ...left };
}
