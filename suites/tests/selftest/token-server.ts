import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export interface TokenServer extends AsyncDisposable {
  realm: string;
  /** Users that asked, `-` for nobody, each with the scope. */
  asked: string[];
}

interface Key {
  certificate: string;
  key: string;
}

/** A token as the distribution registry takes it (its documentation, "Token Authentication Implementation"). */
async function token(service: string, scopes: string[], { certificate, key }: Key): Promise<string> {
  const chain = [new X509Certificate(await readFile(certificate)).raw.toString('base64')];
  const now = Math.floor(Date.now() / 1000);
  const access = scopes.map((scope) => {
    const [type, name, actions = ''] = scope.split(':');
    return { type, name, actions: actions.split(',') };
  });
  const claims = {
    iss: 'selftest',
    sub: 'me',
    aud: service,
    exp: now + 300,
    nbf: now - 60,
    iat: now,
    jti: randomUUID(),
    access,
  };
  const text = `${base64url({ typ: 'JWT', alg: 'RS256', x5c: chain })}.${base64url(claims)}`;
  const signature = sign('RSA-SHA256', Buffer.from(text), createPrivateKey(await readFile(key)));
  return `${text}.${signature.toString('base64url')}`;
}

/** Gives tokens for what is asked to those who show the password, and for pulling `open/…` to anybody. */
export async function startTokenServer(password: string, key: Key): Promise<TokenServer> {
  const asked: string[] = [];
  const expected = `Basic ${Buffer.from(password).toString('base64')}`;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    const scopes = url.searchParams.getAll('scope');
    const { authorization } = request.headers;
    asked.push(`${authorization === undefined ? '-' : 'me'} ${scopes.join(' ')}`);
    const open = authorization === undefined && scopes.every((one) => /^repository:open\/.*:pull$/.test(one));
    if (authorization !== expected && !open) return void response.writeHead(401).end('{}');
    void token(url.searchParams.get('service') ?? '', scopes, key).then((text) =>
      response.end(JSON.stringify({ token: text, expires_in: 300 })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
