import { credentialsIn } from './credentials.ts';
import { isElf } from './programs.ts';

/**
 * A private key with its content: programs that read keys have its first line as a text of theirs, too. Ends of lines may be written
 * as `\n`, as in JSON. One line of content is all that a key of Ed25519 has.
 */
const END = String.raw`(?:\s|\\r|\\n)`;
const PRIVATE_KEY = new RegExp(
  `^-----BEGIN ((?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?)-----${END}+(?:[A-Za-z][\\w-]*: [^\\n\\\\]*${END}+)*[A-Za-z0-9+/=]{40,}`,
);
const BEGIN = Buffer.from('-----BEGIN ');
/** As much of a key as it takes to know it. */
const KEY_BYTES = 4096;

/** Tokens with a form of their own, so that a text of this form is hardly anything else. */
const TOKENS: { name: string; pattern: RegExp }[] = [
  // The documentation of AWS has keys that end so.
  { name: 'AWS access key', pattern: /\b(?:AKIA|ASIA)(?![A-Z2-7]{9}EXAMPLE\b)[A-Z2-7]{16}\b/ },
  { name: 'GitHub token', pattern: /\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b/ },
  { name: 'GitLab token', pattern: /\bgl(?:pat|dt|rt|cbt|ptt|soat|agent)-[A-Za-z0-9_-]{20,}/ },
  { name: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b|_authToken=(?!\$)[^\s"'$]{16,}/ },
  { name: 'PyPI token', pattern: /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}/ },
  { name: 'Slack token', pattern: /\bxox[abeprs]-[A-Za-z0-9-]{20,}/ },
  { name: 'Google API key', pattern: /\bAIza[A-Za-z0-9_-]{35}\b/ },
  { name: 'Stripe key', pattern: /\b[sr]k_live_[A-Za-z0-9]{20,}\b/ },
  { name: 'Vault token', pattern: /\bhv[sbr]\.[A-Za-z0-9_-]{24,}/ },
  { name: 'Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{34,}\b/ },
  { name: 'OpenAI or Anthropic key', pattern: /\bsk-(?:proj|svcacct|ant-[a-z]+\d+)-[A-Za-z0-9_-]{40,}/ },
  { name: 'DigitalOcean token', pattern: /\bdo[opr]_v1_[0-9a-f]{64}\b/ },
  { name: 'SendGrid key', pattern: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b/ },
  { name: 'age key', pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/ },
  { name: 'storage key of Azure', pattern: /\bAccountKey=[A-Za-z0-9+/]{86}==/ },
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
 * @param path without a leading slash: some files are there for credentials
 */
export function secretIn(content: Buffer, path: string): Secret | null {
  if (isElf(content)) return null;
  for (let at = content.indexOf(BEGIN); at !== -1; at = content.indexOf(BEGIN, at + BEGIN.length)) {
    const found = PRIVATE_KEY.exec(content.toString('latin1', at, at + KEY_BYTES));
    if (found !== null) return keyNamed(found);
  }
  if (content.length > TEXT_BYTES || content.includes(0)) return null;
  const text = content.toString('latin1');
  const what = credentialsIn(path, text);
  return what === null ? tokenIn(text) : { kind: 'token', what };
}

const keyNamed = (found: RegExpExecArray): Secret => ({
  kind: 'private-key',
  what: found[1]?.toLowerCase() ?? 'private key',
});

const tokenIn = (text: string): Secret | null => {
  const found = TOKENS.find(({ pattern }) => pattern.test(text));
  return found === undefined ? null : { kind: 'token', what: found.name };
};

/** Names of variables that hold a secret, unless they are empty or name a file. */
const SECRET_NAME =
  /(?:PASSWORD|PASSWD|PASSPHRASE|(?:^|_)(?:PWD|SECRET|TOKEN|PAT|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|SECRET_?KEY(?:_BASE)?|ENCRYPTION_?KEY|CREDENTIALS?|AUTH_CONFIG))$/i;
/** What the shell itself sets. */
const NO_SECRET_NAME = /^(?:OLD)?PWD$/i;
/** A switch, a place, or what is put in later. */
const NO_SECRET_VALUE = /^(?:$|[/$<{]|(?:yes|no|true|false|none|null|0|1)$)/i;

/** User and password before the host of a URL. */
const IN_URL = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]*:(?!\$|<|\*+@)[^\s/@'"]{3,}@[\w[]/i;

/** Values that are given to names, as a shell or `ENV` has them. */
const ASSIGNED = /(?<![\w$-])([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s"']+)/g;

/** What an environment variable gives away. */
function secretVariable(name: string, value: string): Secret | null {
  if (!SECRET_NAME.test(name) || NO_SECRET_NAME.test(name) || NO_SECRET_VALUE.test(value)) return null;
  return { kind: 'token', what: `a value for ${name}` };
}

/** What a text of the image's configuration gives away: ENV, LABEL, an instruction with its build arguments. */
export function secretInText(text: string): Secret | null {
  const key = PRIVATE_KEY.exec(text.slice(Math.max(0, text.indexOf('-----BEGIN '))));
  if (key !== null) return keyNamed(key);
  for (const [, name = '', value = ''] of text.matchAll(ASSIGNED)) {
    const found = secretVariable(name, value.replace(/^(["'])(.*)\1$/, '$2'));
    if (found !== null) return found;
  }
  return tokenIn(text) ?? (IN_URL.test(text) ? { kind: 'token', what: 'a password in a URL' } : null);
}

/** What `NAME=value` gives away, where the value may be of several words. */
export function secretPair(name: string, value: string): Secret | null {
  return secretVariable(name, value) ?? secretInText(value);
}
