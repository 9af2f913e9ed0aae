import { expect, test } from 'vitest';
import { remoteIn } from './ostree-remote.ts';

const remote = (more = '', name = 'os'): string =>
  `[remote "${name}"]\nurl=https://updates.example.org/os\n${more}\n`;

test('the remote that an image names is where its releases come from, signed unless it says otherwise', () => {
  expect(remoteIn([remote()])).toEqual({ name: 'os', verifies: true });
  expect(remoteIn([remote('gpg-verify=true')])).toEqual({ name: 'os', verifies: true });
  expect(remoteIn([remote('gpg-verify=false')])).toEqual({ name: 'os', verifies: false });
});

test.each<[string, string[]]>([
  ['none', []],
  ['two', [remote(), remote('', 'other')]],
  ['one with signatures that are not made here', [remote('sign-verify=ed25519')]],
  ['one whose servers are listed elsewhere', [remote('metalink=https://example.org/list')]],
  ['one without a server', ['[remote "os"]\n']],
  ['one whose name would be more than a name', [remote('', "x'; reboot; '")]],
])('%s is nobody to stand in for', (_what, texts) => {
  expect(remoteIn(texts)).toBeNull();
});
