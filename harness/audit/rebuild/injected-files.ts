import { readExactJson } from '../../attest/exact-json.ts';
import type { Json, JsonObject } from '../../oci/types.ts';

/**
 * Files that the build task of Konflux adds to an image by COPY instructions at the end of its Containerfile. No
 * provenance holds them: they are taken from the published image, and everything in them must follow from what is known.
 */

/** By where they are put; the second place of each is for what looks there still. */
export const INJECTED_PATHS: ReadonlyMap<string, 'content-sets.json' | 'labels.json'> = new Map([
  ['usr/share/buildinfo/content-sets.json', 'content-sets.json'],
  ['root/buildinfo/content_manifests/content-sets.json', 'content-sets.json'],
  ['usr/share/buildinfo/labels.json', 'labels.json'],
  ['root/buildinfo/labels.json', 'labels.json'],
]);

/** What the files may speak of. */
export interface KnownFacts {
  /** Of the published image. */
  labels: Readonly<Record<string, string>>;
  containerfile: string;
  /** Repositories of the lock. */
  repositories: ReadonlySet<string>;
}

/** What in a file does not follow from what is known; null where all of it does. */
export function injectedFault(name: string, bytes: Uint8Array, known: KnownFacts): string | null {
  const text = Buffer.from(bytes).toString();
  const read = readExactJson(Buffer.from(bytes));
  if ('fault' in read) return read.fault;
  const { value } = read;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no object';
  return name === 'labels.json' ? labelsFault(value, text, known) : contentSetsFault(value, text, known);
}

/** As jq writes it, which leaves no room for anything else. */
const isPlain = (value: Json, text: string): boolean => text === `${JSON.stringify(value, null, 2)}\n`;

const TOOL = 'io.buildah.version';
const VERSION = /^\d{1,4}(?:\.\d{1,4}){1,3}$/;
const quoteless = (text: string): string => text.replaceAll('"', '');

/** All labels of the build: those of the image, which the build sets anew; of other stages; and the version of the tool. */
function labelsFault(value: JsonObject, text: string, { labels, containerfile }: KnownFacts): string | null {
  if (!isPlain(value, text)) return 'is not written as jq writes JSON';
  for (const [name, told] of Object.entries(value)) {
    if (typeof told !== 'string') return `${name} is no text`;
    const label = Object.hasOwn(labels, name) ? quoteless(labels[name] ?? '') : null;
    // What follows a second `=` is lost on the way.
    if (label !== null && (label === told || label.startsWith(`${told}=`))) continue;
    if (name === TOOL && label === null && VERSION.test(told)) continue;
    if (containerfile.includes(name) && quoteless(containerfile).includes(told)) continue;
    return `says ${name} is ${JSON.stringify(told)}, which is no label of the image`;
  }
  return null;
}

const SPEC =
  'https://raw.githubusercontent.com/containerbuildsystem/atomic-reactor/master/atomic_reactor/schemas/content_manifest.json';

/** The repositories that the packages came from, those of the lock. */
function contentSetsFault(value: JsonObject, text: string, { repositories }: KnownFacts): string | null {
  const { content_sets: sets } = value;
  if (!Array.isArray(sets)) return 'has no content_sets';
  const expected = {
    metadata: { icm_version: 1, icm_spec: SPEC, image_layer_index: 0 },
    from_dnf_hint: true,
    content_sets: sets,
  };
  if (JSON.stringify(value) !== JSON.stringify(expected)) return 'says more than an image content manifest';
  // Without any the shell script's own spaces are in it.
  if (!isPlain(value, text) && !(sets.length === 0 && /^(?:\S|\s{1,8}(?!\s))+$/.test(text)))
    return 'is not written as jq writes JSON';
  const unknown = sets.find((one) => typeof one !== 'string' || !repositories.has(one));
  return unknown === undefined ? null : `names ${JSON.stringify(unknown)}, which the lock does not`;
}

/**
 * Where the build copied such files to, in the order in which it did.
 * @param history of the published image, `created_by` of each entry, the oldest first; empty where it was left out
 * @param there paths of such files in the image
 */
export function copiedTo(history: readonly string[], there: ReadonlySet<string>): string[] {
  if (history.length === 0) return [...INJECTED_PATHS.keys()].filter((path) => there.has(path));
  const found: string[] = [];
  for (const step of [...history].reverse()) {
    const path = /\bCOPY file:\S+ in \/(\S+)/.exec(step)?.[1] ?? '';
    if (INJECTED_PATHS.has(path)) found.unshift(path);
    // Labels that are options of the build come after all instructions.
    else if (!/^\s*$|\bLABEL\b/.test(step)) break;
  }
  return found;
}

const SOURCED = '. /cachi2/cachi2.env && ';

/** Whether RUN instructions of the build began by reading what Hermeto says of its output. */
export const isSourced = (history: readonly string[]): boolean =>
  history.some((step) => step.includes(SOURCED));

/** The Containerfile as the task changes it: each RUN reads the file after its options, and the files are copied at the end. */
export function injectedText(text: string, copied: readonly string[], sourced: boolean): string {
  const changed = sourced
    ? text.replaceAll(/^\s*(run(?:(?:\s|\\\n)+-\S+)*(?:\s|\\\n)+)/gim, `$1${SOURCED}\\\n    `)
    : text;
  const lines = copied.map((path) => `COPY ${INJECTED_PATHS.get(path) ?? ''} /${path}\n`);
  const end = changed.endsWith('\n') || lines.length === 0 ? '' : '\n';
  return `${changed}${end}${lines.join('')}`;
}
