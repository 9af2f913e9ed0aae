import { isElf } from './programs.ts';

/** A private key with its content: programs that read keys have its first line as a text of theirs, too. */
const PRIVATE_KEY =
  /^-----BEGIN ((?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?)-----\s+(?:[\w-]+: [^\n]*\n\s*)*(?:[A-Za-z0-9+/=]{40,}\s+){2}/;
const BEGIN = Buffer.from('-----BEGIN ');
/** As much of a key as it takes to know it. */
const KEY_BYTES = 4096;

/** Tokens with a form of their own, so that a text of this form is hardly anything else. */
const TOKENS: { name: string; pattern: RegExp }[] = [
  { name: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/ },
  { name: 'GitHub token', pattern: /\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b/ },
  { name: 'GitLab token', pattern: /\bglpat-[A-Za-z0-9_-]{20,}/ },
  { name: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b|_authToken=(?!\$)[^\s"'$]{16,}/ },
  { name: 'PyPI token', pattern: /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}/ },
  { name: 'Slack token', pattern: /\bxox[abprs]-[A-Za-z0-9-]{20,}/ },
  { name: 'Google API key', pattern: /\bAIza[A-Za-z0-9_-]{35}\b/ },
  { name: 'Stripe key', pattern: /\b[sr]k_live_[A-Za-z0-9]{20,}\b/ },
  { name: 'JSON Web Token', pattern: /\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}/ },
];

/** Tokens are looked for in files that somebody may have written. */
const TEXT_BYTES = 1024 * 1024;

export interface Secret {
  kind: 'private-key' | 'token';
  what: string;
}

/**
 * The secret that a file holds; the secret itself is never reported. Programs and libraries are left out: those for TLS have
 * keys in them to test themselves with.
 */
export function secretIn(content: Buffer): Secret | null {
  if (isElf(content)) return null;
  for (let at = content.indexOf(BEGIN); at !== -1; at = content.indexOf(BEGIN, at + BEGIN.length)) {
    const found = PRIVATE_KEY.exec(content.toString('latin1', at, at + KEY_BYTES));
    if (found !== null) return { kind: 'private-key', what: found[1]?.toLowerCase() ?? 'private key' };
  }
  if (content.length > TEXT_BYTES || content.includes(0)) return null;
  return tokenIn(content.toString('latin1'));
}

export function tokenIn(text: string): Secret | null {
  const found = TOKENS.find(({ pattern }) => pattern.test(text));
  return found === undefined ? null : { kind: 'token', what: found.name };
}

/** Names of variables that hold a secret, unless they are empty or name a file. */
const SECRET_NAME =
  /(?:^|_)(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)$/i;

/** What an environment variable gives away. @param pair `NAME=value` */
export function secretVariable(pair: string): Secret | null {
  const [name = '', ...rest] = pair.split('=');
  const value = rest.join('=');
  if (SECRET_NAME.test(name) && value !== '' && !value.startsWith('/') && !value.startsWith('$'))
    return { kind: 'token', what: `a value for ${name}` };
  return tokenIn(value);
}
