import { execa } from 'execa';
import { TwinproofError } from '../../errors.ts';
import { escapeText } from '../escape.ts';
import type { Credentials } from './types.ts';

/** Milliseconds; helpers may ask a keyring, but never a person. */
const PATIENCE = 60_000;
/** What docker-credential-helpers answer when they have nothing. */
const NOT_FOUND = /credentials not found in native keychain|no credentials server URL/i;
/** A user of this name means that the secret is an identity token. */
const TOKEN_USER = '<token>';

function fault(message: string, helper: string, file: string): TwinproofError {
  return new TwinproofError('input-unavailable', escapeText(message), {
    where: escapeText(file),
    hint: `see docker-credential-${escapeText(helper)}`,
  });
}

/**
 * Asks `docker-credential-HELPER get` for a registry (docker-credential-helpers protocol).
 * @param file that names the helper, for errors
 * @returns null when it has none
 * @throws TwinproofError input-unavailable when it is missing or fails
 */
export async function askHelper(helper: string, key: string, file: string): Promise<Credentials | null> {
  // The name becomes part of a command's: nothing that leads to another folder.
  if (!/^[\w.-]+$/.test(helper)) throw fault('not the name of a credential helper', helper, file);
  const result = await execa(`docker-credential-${helper}`, ['get'], {
    input: key,
    reject: false,
    timeout: PATIENCE,
    maxBuffer: 1_000_000,
    forceKillAfterDelay: 1000,
  });
  if (result.failed) {
    // By the protocol, what went wrong is on its standard output.
    if (NOT_FOUND.test(result.stdout)) return null;
    const reported = result.code ?? (result.stdout.trim().split('\n').at(0) ?? '').slice(0, 200);
    throw fault(`the credential helper failed: ${reported}`, helper, file);
  }
  const answer = parseAnswer(result.stdout);
  if (answer === null) throw fault('the credential helper gave no credentials', helper, file);
  return answer;
}

function parseAnswer(text: string): Credentials | null {
  try {
    const { Username: user, Secret: secret } = JSON.parse(text) as Record<string, unknown>;
    if (typeof user !== 'string' || typeof secret !== 'string') return null;
    return { user, secret, isToken: user === TOKEN_USER };
  } catch {
    return null;
  }
}
