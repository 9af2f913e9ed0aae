import { expect, test } from 'vitest';
import { type Host, placementOf } from './host.ts';

const host = (node: string, bootId: string | null): Host => ({
  node,
  bootId,
  kernel: '6.1.0',
  cpu: null,
  architecture: 'x86_64',
});

test.each([
  ['same-host', [host('a', '1'), host('a', '1')]],
  ['different-nodes', [host('a', '1'), host('b', '1')]],
  ['different-hosts', [host('a', '1'), host('b', '2')]],
  // A machine that was started again has another boot id, and so has each virtual machine of one node.
  ['same-host', [host('a', '1'), host('a', '2')]],
  // The nearest two of many decide.
  ['same-host', [host('a', '1'), host('b', '2'), host('a', '1')]],
  ['different-nodes', [host('a', '1'), host('b', '2'), host('c', '2')]],
  [null, [host('a', '1'), host('b', null)]],
  [null, [host('a', '1'), undefined]],
  [null, [host('a', '1')]],
])('%s', (placement, hosts) => {
  expect(placementOf(hosts)).toBe(placement);
});
