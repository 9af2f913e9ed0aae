import type { Random } from '../../../bench/images/random.ts';
import type { Json } from '../../../harness/oci/types.ts';
import { mutated, pick } from './mutate.ts';

type Container = Json[] | Record<string, Json>;

const ZEROS = `sha256:${'0'.repeat(64)}`;
/** Values that readers stumble over. */
const ODD: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  1e300,
  '',
  '\0\x1b[2J\u202e',
  '\ud800',
  '../../etc/passwd',
  'x'.repeat(5000),
  ZEROS,
  'sha256:../../x',
  'sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'sha512:00',
  [],
  {},
  [[]],
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
];
const KEYS = [
  'mediaType',
  'data',
  'urls',
  'platform',
  'subject',
  'artifactType',
  'history',
  'constructor',
  '',
];

function containers(json: Json): Container[] {
  if (typeof json !== 'object' || json === null) return [];
  const inside = Array.isArray(json) ? json : Object.values(json);
  return [json, ...inside.flatMap(containers)];
}

/** One thing changed, somewhere. */
function change(random: Random, at: Container): void {
  const odd = structuredClone(pick(random, ODD));
  if (Array.isArray(at)) {
    const place = random.below(at.length + 1);
    const kind = random.below(3);
    if (kind === 0) at.splice(place, 1);
    else if (kind === 1) at.splice(place, 0, structuredClone(at[place] ?? odd));
    else at[place] = odd;
    return;
  }
  const keys = Object.keys(at);
  if (keys.length === 0 || random.below(4) === 0) at[pick(random, KEYS)] = odd;
  else if (random.below(3) === 0) Reflect.deleteProperty(at, pick(random, keys));
  else at[pick(random, keys)] = odd;
}

function wrapped(text: string, depth: number): string {
  return `${'['.repeat(depth)}${text}${']'.repeat(depth)}`;
}

/** A document with something in it that nobody asked for, nested deep or very deep. */
function deepened(random: Random, text: string): string {
  const deep = wrapped('1', random.below(2) === 0 ? 90 : 20_000);
  return random.below(4) === 0 ? deep : text.replace(/}$/, `,"x":${deep}}`);
}

/** The document with some of its values, or some of its bytes, other than they should be; as it is half of the time. */
export function documentBytes(random: Random, json: Json): Buffer {
  const kind = random.below(12);
  if (kind < 6) return Buffer.from(JSON.stringify(json));
  if (kind === 6) return Buffer.from(deepened(random, JSON.stringify(json)));
  const copy = structuredClone(json);
  for (let left = 1 + random.below(3); left > 0; left--) {
    const places = containers(copy);
    if (places.length > 0) change(random, pick(random, places));
  }
  const bytes = Buffer.from(JSON.stringify(copy));
  return kind === 7 ? mutated(random, bytes) : bytes;
}
