import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseOstreeStatus } from './ostree-status.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

// In the form of ostree 2022.7.
const STAGED = `  os ${B}.0 (staged)
    origin refspec: image
* os ${A}.0
    origin refspec: image
`;

test('deployments are told apart by what runs and what is staged', () => {
  expect(parseOstreeStatus(STAGED)).toEqual([
    { stateroot: 'os', commit: B, serial: 0, booted: false, staged: true },
    { stateroot: 'os', commit: A, serial: 0, booted: true, staged: false },
  ]);
});

test.each([
  ['pending', `  os ${B}.1 (pending)\n* os ${A}.0\n`],
  ['rollback', `* os ${B}.1\n  os ${A}.0 (rollback)\n`],
  [
    'newer versions have more to say',
    `* fedora-coreos ${B}.1 (soft-reboot)\n  os ${A}.0 (rollback) (soft-reboot)\n`,
  ],
])('%s', (_role, text) => {
  const found = parseOstreeStatus(text);
  expect(found.map(({ commit, serial }) => [commit, serial])).toEqual([
    [B, 1],
    [A, 0],
  ]);
  expect(found.filter(({ booted }) => booted)).toHaveLength(1);
});

test('what is no deployment is left out, and there is a bound', () => {
  expect(parseOstreeStatus('No deployments.\n')).toEqual([]);
  expect(parseOstreeStatus(`* os ${A.slice(1)}.0\n* os '; rm -rf /' ${A}.0\n*os ${A}.0\n`)).toEqual([]);
  expect(parseOstreeStatus(`* os ${A}.0\n`.repeat(100))).toHaveLength(20);
});

test('every deployment comes out as it went in, among anything else', () => {
  const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
  const deployment = fc.record({
    stateroot: fc.constantFrom('os', 'fedora-coreos', 'debian_12.1'),
    commit: hex,
    serial: fc.nat(999_999),
    booted: fc.boolean(),
    staged: fc.boolean(),
  });
  const noise = fc.string().filter((text) => !/[0-9a-f]{64}/.test(text) && !text.includes('\n'));
  fc.assert(
    fc.property(fc.array(fc.tuple(noise, deployment), { maxLength: 20 }), (parts) => {
      const text = parts
        .map(([other, { stateroot, commit, serial, booted, staged }]) => {
          const line = `${booted ? '*' : ' '} ${stateroot} ${commit}.${serial}${staged ? ' (staged)' : ''}`;
          return `${other}\n${line}\n`;
        })
        .join('');
      expect(parseOstreeStatus(text)).toEqual(parts.map(([, expected]) => expected));
    }),
  );
});
