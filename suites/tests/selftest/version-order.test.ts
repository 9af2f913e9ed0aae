import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDebVersions } from '../../../harness/packages/dpkg/deb-version.ts';
import { compareRpmVersions } from '../../../harness/packages/rpm/rpm-version.ts';

// Few different characters, so that pairs share long beginnings and the rare rules are met.
const part = (unit: string, most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...unit.split(' ')), minLength: 1, maxLength: most });

const epoch = fc.constantFrom('', '', '', '0:', '1:', '10:');
const debVersion = fc
  .tuple(
    epoch,
    part('0 0 1 9', 2),
    part('0 1 9 a Z . + ~ -', 6),
    fc.constantFrom('', '-0', '-1', '-1~b', '-1+b1'),
  )
  .map((parts) => parts.join(''));
const rpmVersion = fc
  .tuple(epoch, part('0 1 9 a Z . + ~ ^ _', 6), fc.constantFrom('-1', '-1.fc44', '-1~a', '-01', '-2^b'))
  .map((parts) => parts.join(''));

/** Half of the pairs differ in one inserted or removed character only. */
function pairs(version: fc.Arbitrary<string>, count: number): [string, string][] {
  const near = fc
    .tuple(version, fc.nat(12), fc.constantFrom('~', '^', '0', 'a', '.'))
    .map(([text, at, extra]): [string, string] => [text, text.slice(0, at) + extra + text.slice(at)]);
  return fc.sample(fc.oneof(fc.tuple(version, version), near), count);
}

async function isMissing(tool: string): Promise<boolean> {
  const { failed } = await execa(tool, ['--version'], { reject: false });
  return failed;
}

describe('version order', () => {
  it('agrees with dpkg', async ({ skip }) => {
    if (await isMissing('dpkg')) skip('dpkg is not installed');
    // dpkg refuses to compare what is no version; ours has an answer for any text.
    const valid = /^([0-9]+:)?[0-9][0-9A-Za-z.+~-]*[0-9A-Za-z.+~]$/;
    const chosen = pairs(debVersion, 1500).filter((pair) => pair.every((version) => valid.test(version)));
    expect(chosen.length).toBeGreaterThan(500);
    const script =
      'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; ' +
      'elif dpkg --compare-versions "$a" gt "$b"; then echo 1; else echo 0; fi; done';
    const input = chosen.map(([a, b]) => `${a} ${b}\n`).join('');
    const { stdout } = await execa('sh', ['-c', script], { input });
    const ours = chosen.map(([a, b]) => `${a} ${b} ${Math.sign(compareDebVersions(a, b))}`);
    expect(ours).toEqual(stdout.split('\n').map((sign, i) => `${chosen[i]?.join(' ') ?? ''} ${sign}`));
  });

  it('agrees with rpm', async ({ skip }) => {
    if (await isMissing('rpm')) skip('rpm is not installed');
    const chosen = pairs(rpmVersion, 2000);
    const script = chosen.map(([a, b]) => `print(rpm.vercmp("${a}","${b}") .. "\\n")`).join(' ');
    const { stdout } = await execa('rpm', ['--eval', `%{lua: ${script}}`]);
    const ours = chosen.map(([a, b]) => `${a} ${b} ${Math.sign(compareRpmVersions(a, b))}`);
    expect(ours).toEqual(
      stdout
        .trim()
        .split('\n')
        .map((sign, i) => `${chosen[i]?.join(' ') ?? ''} ${sign}`),
    );
  });
});
