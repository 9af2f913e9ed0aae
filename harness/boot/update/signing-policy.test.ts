import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TwinproofError } from '../../errors.ts';
import { isPolicyFile, signingPolicy } from './signing-policy.ts';

const POLICY = 'etc/containers/policy.json';
const REMOTE = 'etc/ostree/remotes.d/fedora.conf';
const asks = (path: string, text: string, bootc = false): string[] =>
  signingPolicy(new Map([[path, Buffer.from(text)]]), bootc).asks;

const KEY = { keyType: 'GPGKeys', keyPath: '/etc/pki/key' };
test.each<[string, object, string[]]>([
  ['takes anything', { default: [{ type: 'insecureAcceptAnything' }] }, []],
  ['takes nothing', { default: [{ type: 'reject' }] }, []],
  ['wants GPG signatures', { default: [{ type: 'signedBy', ...KEY }] }, [`${POLICY}: default signedBy`]],
  [
    'wants them of one place',
    {
      default: [{ type: 'insecureAcceptAnything' }],
      transports: { docker: { 'quay.io/os': [{ type: 'sigstoreSigned', keyPath: '/k' }] } },
    },
    [`${POLICY}: docker:quay.io/os sigstoreSigned`],
  ],
])('a policy for container images that %s', (_what, policy, expected) => {
  expect(asks(POLICY, JSON.stringify(policy))).toEqual(expected);
  expect(asks(POLICY, JSON.stringify(policy), true)).toEqual(expected);
});

test.each<[string, string, string[]]>([
  ['says nothing of signatures', '', [`${REMOTE}: fedora gpg-verify`]],
  ['wants none', 'gpg-verify=false', []],
  ['wants ed25519 ones', 'gpg-verify=false\nsign-verify=ed25519', [`${REMOTE}: fedora sign-verify`]],
])('a remote that %s', (_what, more, expected) => {
  const text = `[remote "fedora"]\nurl=https://example.com\n${more}\n`;
  expect(asks(REMOTE, text)).toEqual(expected);
  // bootc takes no commits of remotes.
  expect(asks(REMOTE, text, true)).toEqual([]);
});

test('files that have a say, and others', () => {
  const own = [POLICY, `usr/${POLICY}`, 'usr/share/containers/policy.json', REMOTE, `usr/${REMOTE}`];
  expect([...own, 'etc/policy.json', 'etc/ostree/remotes.d/x/y.conf'].filter(isPolicyFile)).toEqual(own);
});

test('of any bytes a policy ends in the one error, or asks for nothing', () => {
  const bytes = fc.oneof(
    fc.json().map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 200 }),
  );
  fc.assert(
    fc.property(bytes, (content) => {
      try {
        signingPolicy(new Map([[POLICY, content]]), true);
      } catch (error) {
        expect(error).toBeInstanceOf(TwinproofError);
      }
    }),
  );
});
