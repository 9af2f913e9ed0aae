import { TwinproofError } from '../../errors.ts';
import { parseDigest } from '../digest.ts';
import { escapeText } from '../escape.ts';

/** An image in a registry. */
export interface RegistryName {
  /** Host, with a port where it is not the usual one; `docker.io` for names without a host. */
  registry: string;
  repository: string;
  /** A tag, or a digest. */
  version: string;
}

/** Grammar of Docker's `distribution/reference`. */
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`);
const TAG = /^\w[\w.-]{0,127}$/;
const MAX_REPOSITORY = 255;

const DOCKER_HUB = 'docker.io';
const OTHER_HUB_NAMES = ['index.docker.io', 'registry-1.docker.io'];

/** The first component is a host when it cannot be a user's name: a dot or colon in it, `localhost`, or capitals. */
function splitHost(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = /[.:\]]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  if (!isHost) {
    return { registry: DOCKER_HUB, repository: slash < 0 ? `library/${name}` : name };
  }
  const registry = OTHER_HUB_NAMES.includes(first) ? DOCKER_HUB : first;
  const rest = name.slice(slash + 1);
  return { registry, repository: registry === DOCKER_HUB && !rest.includes('/') ? `library/${rest}` : rest };
}

/**
 * What follows `docker:`, as skopeo has it: `//[HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]`. A digest goes before a tag.
 * @throws TwinproofError usage
 */
export function parseRegistryName(text: string): RegistryName {
  const wrong = (what: string): TwinproofError =>
    new TwinproofError('usage', what, {
      where: escapeText(`docker:${text}`),
      hint: 'docker://[HOST[:PORT]/]REPOSITORY[:TAG|@DIGEST]',
    });
  if (!text.startsWith('//')) throw wrong('a registry name begins with docker://');
  const [name = '', digest, ...more] = text.slice(2).split('@');
  if (more.length > 0) throw wrong('two digests');
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/') && !name.endsWith(']');
  const tag = hasTag ? name.slice(colon + 1) : 'latest';
  const { registry, repository } = splitHost(hasTag ? name.slice(0, colon) : name);
  if (!HOST.test(registry)) throw wrong('not the name of a registry');
  if (!PATH.test(repository) || repository.length > MAX_REPOSITORY) throw wrong('not a repository name');
  if (!TAG.test(tag)) throw wrong('not a tag');
  if (digest === undefined) return { registry, repository, version: tag };
  parseDigest(digest, `docker:${text}`);
  return { registry, repository, version: digest };
}

/** Host of the registry's API; only Docker Hub has another than its name. */
export function apiHost(registry: string): string {
  return registry === DOCKER_HUB ? 'registry-1.docker.io' : registry;
}

/** Whether it could be the name of an image, without `docker://`. */
export function isRegistryName(text: string): boolean {
  try {
    parseRegistryName(`//${text}`);
    return true;
  } catch {
    return false;
  }
}
