import { execa } from 'execa';
import { expect, test } from 'vitest';
import { DEFAULT_VARIATIONS } from '../rebuild/environment/vary.ts';
import { cell } from '../testing/record/run.ts';
import { toldCells } from '../report/input.ts';
import { HOSTILE, madeUp, twinsOf } from '../testing/report/input.ts';
import { reproduceCommand } from './reproduce.ts';
import { verifyCommand } from './verify.ts';

const RUN = "-my runs/$(r) it's";

const repeatOf = (subject: string, built: boolean, claim = 'reproducible'): string | null => {
  const one = cell(subject, 'fail', { claim, ...(built ? {} : { key: null, keyDigest: null }) });
  const environment = [{ variation: 'clock' as const, value: 'right', markers: [] }];
  const recorded = twinsOf(subject);
  const builds = recorded.builds.map((build) => ({ ...build, environment }));
  const twins = new Map(built ? [[subject, { ...recorded, builds }]] : []);
  // A folder of which the shell, and the command line, must be kept from making something else.
  const folders = new Map([[subject, RUN]]);
  return toldCells(madeUp([one], { twins, folders }))[0]?.repeat ?? null;
};

/** The words that a shell makes of a line. */
async function words(line: string | null): Promise<string[]> {
  const { stdout } = await execa('bash', ['-c', `printf '%s\\0' ${line ?? ''}`]);
  return stdout.split('\0').slice(0, -1);
}

test.each(['hostname/default@linux/amd64', "it's $(odd) `x` && \\", HOSTILE.replaceAll('\0', '')])(
  'the command that reports print for what was built is one that the command line takes: %j',
  async (subject) => {
    const [npx, twinproof, name, ...args] = await words(repeatOf(subject, true));
    expect([npx, twinproof, name]).toEqual(['npx', 'twinproof', 'reproduce']);
    const command = reproduceCommand().action(() => undefined);
    await command.exitOverride().parseAsync(args, { from: 'user' });
    expect(command.processedArgs[0]).toBe(subject);
    expect(command.opts()).toMatchObject({ run: `./${RUN}` });
  },
);

test.each([
  ['what was never built', false, 'reproducible'],
  ['another claim', true, 'runs'],
])('%s is checked from the start', async (_what, built, claim) => {
  const [, , name, ...args] = await words(repeatOf('a b/default@linux/amd64', built, claim));
  expect(name).toBe('verify');
  const command = verifyCommand().action(() => undefined);
  await command.exitOverride().parseAsync(args, { from: 'user' });
  expect(command.opts()).toMatchObject({
    image: ['a b/default@linux/amd64'],
    claim: [claim],
    vary: built ? ['clock'] : [...DEFAULT_VARIATIONS],
  });
  expect(command.processedArgs).toEqual(['CATALOG']);
});

test('a name that would be an option gets no command, and neither does what was not asked', () => {
  expect(repeatOf('--out=/etc', true)).toBeNull();
  expect(repeatOf('a', true, '--out=/etc')).toBeNull();
  const skipped = madeUp([cell('a', 'skipped', { key: null, keyDigest: null, evidence: [] })]);
  expect(toldCells(skipped)[0]?.repeat).toBeNull();
});
