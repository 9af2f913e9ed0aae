import { randomBytes } from 'node:crypto';
import { consoleEvidence, freshSystem } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/** Files are written in these folders; what is expected of each after the system has started again. */
const PLACES = [
  { folder: '/etc', kept: true },
  { folder: '/etc/systemd', kept: true },
  { folder: '/var', kept: true },
  { folder: '/var/lib', kept: true },
  { folder: '/var/home', kept: true },
  { folder: '/run', kept: false },
] as const;

const NAME = '.state-probe';

/** `/etc` and `/var` can be written to, and keep it over a start; what is only for now does not stay. */
export const stateWritable: SystemClaim = {
  id: 'state-writable',
  scenario: 'restart',
  statement: 'keeps /etc and /var over a start, and nothing else',
  passes:
    'what root writes to `/etc` and `/var` is there after the system was shut down and started again; what it writes to `/run` is not',
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const under = await freshSystem(context);
  const { system } = under;
  const nonce = randomBytes(8).toString('hex');
  const before = await system.guest.read('cat /proc/sys/kernel/random/boot_id');
  const refused: string[] = [];
  for (const { folder } of PLACES) {
    // A system without such a folder of state has nothing to lose there.
    const wrote = await system.guest.run(`[ ! -d ${folder} ] || echo ${nonce} > ${folder}/${NAME}`);
    if (wrote.status !== 0) refused.push(`${folder}: ${firstWords(wrote.stderr.toString('utf8'), 100)}`);
  }
  const there = await foldersOf(
    system.guest.read('ls -d ' + PLACES.map(({ folder }) => folder).join(' ') + ' 2>/dev/null; true'),
  );
  const boot = await system.restart();
  const evidence = [await consoleEvidence(context, under, 'console of the reboot')];
  if (boot.reason !== null)
    return {
      verdict: 'fail',
      summary: `it did not start again: ${boot.reason}`,
      detail: { refused },
      evidence,
    };
  const after = await system.guest.read('cat /proc/sys/kernel/random/boot_id');
  const wrong: string[] = refused.map((reason) => `not writable: ${reason}`);
  if (before === after) wrong.push('it did not start again: same boot id');
  for (const { folder, kept } of PLACES) {
    if (!there.has(folder) || refused.some((reason) => reason.startsWith(`${folder}:`))) continue;
    const found = (await system.guest.run(`cat ${folder}/${NAME}`)).stdout.toString('utf8').trim();
    if (kept && found !== nonce) wrong.push(`${folder} lost what was written there`);
    if (!kept && found === nonce) wrong.push(`${folder} kept what was written there`);
  }
  const detail = { places: [...there], wrong, seconds: boot.seconds };
  return wrong.length === 0
    ? { verdict: 'pass', summary: 'kept /etc and /var over a start', detail, evidence }
    : { verdict: 'fail', summary: firstWords(wrong.join('; '), 400), detail, evidence };
}

async function foldersOf(listing: Promise<string>): Promise<Set<string>> {
  return new Set((await listing).split('\n').filter((line) => line !== ''));
}
