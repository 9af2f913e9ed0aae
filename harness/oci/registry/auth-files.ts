import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { escapeText } from '../escape.ts';
import { asObject, parseJson } from '../json.ts';
import type { JsonObject } from '../types.ts';

export interface AuthFile {
  path: string;
  json: JsonObject;
}

function set(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/**
 * Where podman, skopeo and Docker keep credentials, in the order in which they are asked (containers-auth.json(5)).
 * A file that is named must be there, the usual ones need not.
 */
export function authPlaces(
  named: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): { path: string; required: boolean }[] {
  const { REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, XDG_CONFIG_HOME, DOCKER_CONFIG } = env;
  if (set(named)) return [{ path: named, required: true }];
  if (set(REGISTRY_AUTH_FILE)) return [{ path: REGISTRY_AUTH_FILE, required: false }];
  const home = set(env.HOME) ? env.HOME : homedir();
  const runtime = set(XDG_RUNTIME_DIR)
    ? join(XDG_RUNTIME_DIR, 'containers')
    : join('/run/containers', String(process.getuid?.() ?? 0));
  const config = join(set(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : join(home, '.config'), 'containers');
  const docker = set(DOCKER_CONFIG) ? DOCKER_CONFIG : join(home, '.docker');
  const paths = [join(runtime, 'auth.json'), join(config, 'auth.json'), join(docker, 'config.json')];
  return paths.map((path) => ({ path, required: false }));
}

/** Files of credentials that are there. @throws TwinproofError usage when one cannot be read */
export async function readAuthFiles(named: string | undefined): Promise<AuthFile[]> {
  const files: AuthFile[] = [];
  for (const { path, required } of authPlaces(named)) {
    const bytes = await readFile(path).catch((error: unknown) => {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!required && (code === 'ENOENT' || code === 'ENOTDIR')) return null;
      throw new TwinproofError('usage', `the file of credentials cannot be read: ${code}`, {
        where: escapeText(path),
      });
    });
    if (bytes !== null && bytes.length > 0)
      files.push({ path, json: asObject(parseJson(bytes, path), path) });
  }
  return files;
}
