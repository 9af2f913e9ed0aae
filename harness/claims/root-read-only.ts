import {
  type Probe,
  liftable,
  parseProbes,
  probeScript,
  probedFolders,
  unexpected,
} from '../boot/guest/write-probes.ts';
import { freshSystem } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/**
 * What came with the image cannot be changed in the running system, tried on every mount and every folder below the
 * root, by root and by a user. Told by the kernel's answer to real attempts, not by what the mount table says.
 */
export const rootReadOnly: SystemClaim = {
  id: 'root-read-only',
  scenario: 'start',
  statement: 'what came with the image cannot be written to',
  passes:
    'attempts to create, overwrite, rename and change files and to make folders end as they must, on every mount and in every folder right below the root, by root and by a user: refused (`EROFS`, `EPERM`, `EACCES`) except to root in `/etc` and `/var`; a user can mount nothing writable either. `/boot` and `/tmp` may be either',
  check,
};

/** Folders, more of which a guest may name than have a reason. */
const MOST = 100;

async function check(context: SystemContext): Promise<Finding> {
  const { guest } = await freshSystem(context);
  const mounts = await guest.read('findmnt --raw --noheadings --output TARGET,FSTYPE');
  const top = await guest.read('find / -mindepth 1 -maxdepth 1 -xdev -type d');
  const folders = probedFolders(mounts, top).slice(0, MOST);
  const text = await guest.read(probeScript(folders), 120);
  const probes = parseProbes(text);
  const rootDirectory = (await guest.run('findmnt --raw --noheadings --output FSTYPE,OPTIONS /; lsattr -d /'))
    .stdout;
  const table = probes.map(tableLine).join('');
  const evidence = [await context.evidence.addText('write probes', table, 'text/plain')];
  const wrong = unexpected(probes);
  const untried = folders.filter((folder) => !probes.some((probe) => probe.folder === folder));
  const detail = {
    folders,
    probes: probes.length,
    unexpected: wrong.map(({ user, folder, attempt, answer }) => ({ user, folder, attempt, answer })),
    root: rootForm(rootDirectory.toString('utf8')),
    liftable: liftable(probes),
  };
  if (wrong.length === 0 && untried.length === 0)
    return {
      verdict: 'pass',
      summary: `${probes.length} attempts in ${folders.length} folders ended as they must`,
      detail,
      evidence,
    };
  const reported = wrong
    .slice(0, 3)
    .map((probe) => `${probe.attempt} in ${probe.folder} by ${probe.user}: ${probe.answer}`);
  const missing = untried.map((folder) => `nothing was tried in ${folder}`);
  return {
    verdict: 'fail',
    summary: firstWords([...reported, ...missing].join('; '), 400),
    detail,
    evidence,
  };
}

const tableLine = ({ user, folder, attempt, answer, words }: Probe): string =>
  [user, folder, attempt, answer, words].join('\t') + '\n';

/** By what the root itself is kept from being written to. */
function rootForm(text: string): string {
  const [mount = '', flags = ''] = text.split('\n');
  const [type = '', options = ''] = mount.split(' ');
  if (type === 'overlay') return 'overlay (composefs)';
  if (options.split(',').includes('ro')) return `${type}, mounted read-only`;
  return /^\S*i/.test(flags) ? `${type}, immutable flag` : `${type}, writable`;
}
