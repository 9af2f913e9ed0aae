/** Files that programs keep credentials in, and what shows that there are some. */
const FILES: { what: string; path: RegExp; holds: RegExp }[] = [
  {
    what: 'credentials for a registry',
    path: /(?:^|\/)(?:\.docker\/config\.json|\.dockerconfigjson|\.dockercfg|containers\/auth\.json)$/,
    holds: /"(?:auth|identitytoken|password)"\s*:\s*"[^"]+"/,
  },
  { what: 'credentials of git', path: /(?:^|\/)\.git-credentials$/, holds: /:\/\/[^\s/@]+@/ },
  {
    what: 'credentials for machines',
    path: /(?:^|\/)[._]netrc$|^etc\/apt\/auth\.conf/,
    holds: /\bpassword\s+\S+/,
  },
  { what: 'credentials of PostgreSQL', path: /(?:^|\/)\.pgpass$/, holds: /^(?!#)(?:[^:\n]*:){4}\S/m },
  {
    what: 'credentials of AWS',
    path: /(?:^|\/)\.aws\/(?:credentials|config)$/,
    holds: /aws_secret_access_key\s*=\s*\S/i,
  },
  {
    what: 'credentials for a cluster',
    path: /(?:^|\/)\.kube\/config$/,
    holds: /(?:client-key-data|token|password):\s*\S/,
  },
  {
    what: 'a password for a repository',
    path: /(?:^|\/)(?:\.npmrc|\.pypirc|pip\.conf|\.pip\/pip\.conf|\.yarnrc(?:\.yml)?)$/,
    holds:
      /:_password\s*=\s*\S|:_auth\s*=\s*\S|^\s*_auth\s*=\s*\S|^\s*password\s*[:=]\s*(?!\$)\S|:\/\/[^\s/:@]+:[^\s/@$]{3,}@/m,
  },
  { what: 'key of WireGuard', path: /\.conf$|wireguard/, holds: /^\s*PrivateKey\s*=\s*[A-Za-z0-9+/]{43}=/m },
  { what: 'private key of PuTTY', path: /\.ppk$/, holds: /^PuTTY-User-Key-File-\d/ },
  {
    what: 'a token of a service account',
    path: /(?:^|\/)run\/secrets\/kubernetes\.io\/serviceaccount\/token$/,
    holds: /\S/,
  },
];

/** What credentials a file holds that is there for them; null for none. @param path without a leading slash */
export function credentialsIn(path: string, text: string): string | null {
  return FILES.find((file) => file.path.test(path) && file.holds.test(text))?.what ?? null;
}
