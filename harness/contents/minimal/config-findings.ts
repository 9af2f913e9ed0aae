import type { Json, JsonObject, OciImage } from '../../oci/types.ts';
import { secretInText, secretPair, type Secret } from './secrets.ts';
import type { ContentsFinding } from './types.ts';

export const asObject = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

const NOWHERE = { layer: null, instruction: null, owner: null };

/** Secrets in what the image says of itself (ENV, LABEL, commands, history), and whom it runs as. */
export function configFindings({ config }: OciImage, userFault: string | null): ContentsFinding[] {
  const found: ContentsFinding[] = [];
  const add = (path: string, secret: Secret | null): void => {
    if (secret !== null) found.push({ ...NOWHERE, path, ...secret });
  };
  if (userFault !== null)
    found.push({ ...NOWHERE, kind: 'root-user', path: '/config/User', what: userFault });
  const { Env, Labels, ...rest } = asObject(config.json.config);
  for (const [at, pair] of (Array.isArray(Env) ? Env : []).entries()) {
    const [, name, value] = typeof pair === 'string' ? (/^([^=]*)=(.*)$/s.exec(pair) ?? []) : [];
    if (name !== undefined && value !== undefined) add(`/config/Env/${at}`, secretPair(name, value));
  }
  for (const [name, value] of Object.entries(asObject(Labels))) {
    if (typeof value !== 'string') continue;
    add(`/config/Labels/${pointer(name)}`, secretPair(name.replaceAll(/[^\w]/g, '_'), value));
  }
  for (const [path, text] of textsIn(rest, '/config')) add(path, secretInText(text));
  const { history } = config.json;
  for (const [at, entry] of (Array.isArray(history) ? history : []).entries()) {
    const secret = ['created_by', 'comment', 'author'].flatMap((name) => {
      const text = asObject(entry)[name];
      return typeof text === 'string' ? (secretInText(text) ?? []) : [];
    });
    add(`/history/${at}`, secret[0] ?? null);
  }
  return found;
}

/** A part of a JSON pointer (RFC 6901, section 3). */
const pointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** All texts of a value, with their JSON pointers. */
function* textsIn(value: Json | undefined, path: string): Generator<[path: string, text: string]> {
  if (typeof value === 'string') yield [path, value];
  else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) yield* textsIn(part, `${path}/${pointer(name)}`);
}
