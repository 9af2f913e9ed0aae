import { TwinproofError } from '../../errors.ts';
import { escapeText } from '../escape.ts';
import { asObject, asString } from '../json.ts';
import type { Json, JsonObject } from '../types.ts';
import { readAuthFiles, type AuthFile } from './auth-files.ts';
import { askHelper } from './credential-helper.ts';
import type { RegistryName } from './name.ts';
import type { Credentials } from './types.ts';

const HUB = 'docker.io';
/** Under which Docker keeps the credentials of Docker Hub. */
const HUB_KEY = 'https://index.docker.io/v1/';

/** Keys that fit, the most exact first: `host/a/b`, `host/a`, `host`. */
export function keysOf({ registry, repository }: RegistryName): string[] {
  const parts = repository.split('/');
  const keys = parts.map((_, at) => [registry, ...parts.slice(0, parts.length - at)].join('/'));
  return [...keys, registry];
}

/** Docker writes whole URLs: `https://host/v1/` stands for `host`. */
function hostOfUrl(key: string): string {
  const host = /^https?:\/\/([^/]+)/.exec(key)?.[1] ?? key;
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? HUB : host;
}

function fromEntry(entry: JsonObject, where: string): Credentials | null {
  const { identitytoken, auth, username, password } = entry;
  const text = typeof auth === 'string' && auth !== '' ? Buffer.from(auth, 'base64').toString('utf8') : '';
  const colon = text.indexOf(':');
  if (text !== '' && colon < 1) {
    throw new TwinproofError('usage', 'an entry is not user:password in base64', {
      where: escapeText(where),
    });
  }
  const user = text === '' ? (typeof username === 'string' ? username : '') : text.slice(0, colon);
  if (typeof identitytoken === 'string' && identitytoken !== '') {
    return { user, secret: identitytoken, isToken: true };
  }
  // Older Dockers filled it up with NULs.
  if (text !== '') return { user, secret: text.slice(colon + 1).replace(/\0+$/, ''), isToken: false };
  return user !== '' && typeof password === 'string' ? { user, secret: password, isToken: false } : null;
}

function entryFor(auths: JsonObject, name: RegistryName): { key: string; value: Json } | null {
  for (const key of keysOf(name)) {
    if (Object.hasOwn(auths, key)) return { key, value: auths[key] ?? null };
  }
  for (const [key, value] of Object.entries(auths)) {
    if (hostOfUrl(key) === name.registry) return { key, value };
  }
  return null;
}

/** Name of the helper for a registry: its own, or the store for all. */
function helperFor({ json, path }: AuthFile, name: RegistryName): { helper: string; key: string } | null {
  const helpers = json.credHelpers === undefined ? {} : asObject(json.credHelpers, `${path}: credHelpers`);
  for (const key of keysOf(name)) {
    if (Object.hasOwn(helpers, key)) return { helper: asString(helpers[key], `${path}: ${key}`), key };
  }
  const { credsStore } = json;
  if (typeof credsStore !== 'string' || credsStore === '') return null;
  return { helper: credsStore, key: name.registry === HUB ? HUB_KEY : name.registry };
}

async function fromFile(file: AuthFile, name: RegistryName): Promise<Credentials | null> {
  const chosen = helperFor(file, name);
  if (chosen !== null) {
    const found = await askHelper(chosen.helper, chosen.key, file.path);
    if (found !== null) return found;
  }
  const auths = file.json.auths === undefined ? {} : asObject(file.json.auths, `${file.path}: auths`);
  const entry = entryFor(auths, name);
  if (entry === null) return null;
  const where = `${file.path}: auths/${entry.key}`;
  return fromEntry(asObject(entry.value, where), where);
}

/**
 * User and password for an image's registry, null where there are none.
 * @throws TwinproofError usage for a broken file, input-unavailable when a credential helper fails
 */
export async function findCredentials(
  name: RegistryName,
  authFile: string | undefined,
): Promise<Credentials | null> {
  for (const file of await readAuthFiles(authFile)) {
    const found = await fromFile(file, name);
    if (found !== null) return found;
  }
  return null;
}
