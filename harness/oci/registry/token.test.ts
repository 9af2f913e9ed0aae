import { describe, expect, it } from 'vitest';
import { parseChallenges } from './challenge.ts';
import { tokenOf, tokenRequest } from './token.ts';

const scope = 'repository:a/b:pull';
const challenge = (text: string) => {
  const [first] = parseChallenges(text);
  if (first === undefined) throw new Error('no challenge');
  return first;
};
const usual = challenge('Bearer realm="https://auth.example/t?x=1",service="s"');

describe('tokenRequest', () => {
  it('asks as nobody, by password, or by refresh token in a form', () => {
    const nobody = tokenRequest(usual, scope, null);
    expect(nobody.url.href).toBe('https://auth.example/t?x=1&service=s&scope=repository%3Aa%2Fb%3Apull');
    expect(nobody).toMatchObject({ method: 'GET', headers: {}, body: null });
    const me = tokenRequest(usual, scope, { user: 'me', secret: 'p:w', isToken: false });
    expect(me.headers).toEqual({ authorization: `Basic ${Buffer.from('me:p:w').toString('base64')}` });
    const refresh = tokenRequest(usual, scope, { user: '<token>', secret: 'refresh', isToken: true });
    expect(refresh.method).toBe('POST');
    expect(refresh.url.href).not.toContain('refresh');
    expect(Object.fromEntries(new URLSearchParams(refresh.body ?? ''))).toEqual({
      grant_type: 'refresh_token',
      service: 's',
      scope,
      client_id: 'twinproof',
      refresh_token: 'refresh',
    });
  });

  it.each(['Bearer service="s"', 'Bearer realm="file:///etc"', 'Bearer realm="https://a:b@auth.example/"'])(
    'refuses %s',
    (text) => {
      expect(() => tokenRequest(challenge(text), scope, null)).toThrow('names no token server');
    },
  );
});

describe('tokenOf', () => {
  it('takes either name, and nothing that does not fit into a header', () => {
    expect([tokenOf({ token: 'a.b-c' }), tokenOf({ access_token: 'd' })]).toEqual(['a.b-c', 'd']);
    for (const json of [{}, [], null, { token: 7 }, { token: 'a\r\nX-Evil: b' }, { token: '' }])
      expect(() => tokenOf(json)).toThrow('no token');
  });
});
