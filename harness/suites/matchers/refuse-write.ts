import type { BootedSystem } from '../../boot/system/booted.ts';
import { type Probe, parseProbes, probeScript } from '../../boot/guest/write-probes.ts';
import { TwinproofError } from '../../errors.ts';
import { escapeText } from '../../report/escape.ts';
import { type MatcherResult, listed } from './result.ts';

/** Seconds for all attempts. */
const TIME = 120;
/** The folder goes into a script. */
const PLAIN = /^\/[\w./@:+-]{0,199}$/;
const REFUSED: readonly Probe['answer'][] = ['EROFS', 'EPERM', 'EACCES'];

export async function toRefuseWrite(received: unknown, folder: string): Promise<MatcherResult> {
  const system = requireSystem(received);
  if (!PLAIN.test(folder))
    throw new TwinproofError('usage', `${folder} is no absolute path of letters, digits and ./@:+-_`);
  const probes = await probed(system, folder);
  const text = (probe: Probe): string =>
    escapeText(`${probe.attempt} by ${probe.user}: ${probe.answer} ${probe.words}`.trimEnd());
  const allowed = probes.filter(({ answer }) => answer === 'allowed');
  const unclear = probes.filter(({ answer }) => answer === 'other');
  if (
    allowed.length === 0 &&
    (unclear.length > 0 || !probes.some(({ answer }) => REFUSED.includes(answer)))
  ) {
    const [first] = unclear;
    const why = first === undefined ? 'nothing could be tried' : text(first);
    throw new TwinproofError(
      'unsupported',
      `whether ${folder} can be written to cannot be determined: ${why}`,
    );
  }
  const pass = allowed.length === 0;
  const reported = pass ? `${folder} cannot be written to:` : `${folder} can be written to:`;
  return { pass, message: () => [reported, ...listed((pass ? probes : allowed).map(text))].join('\n') };
}

/** Without root's mounting it again: only a file system without a way to write keeps root from that. */
async function probed(system: BootedSystem, folder: string): Promise<Probe[]> {
  const { status, stdout, stderr } = await system.run(probeScript([folder]), TIME);
  if (status !== 0)
    throw new TwinproofError('guest-unreachable', `the attempts ended with ${status}: ${stderr.toString()}`);
  return parseProbes(stdout.toString()).filter(
    ({ user, attempt }) => !(user === 'root' && attempt === 'remount'),
  );
}

function requireSystem(value: unknown): BootedSystem {
  if (typeof value === 'object' && value !== null && 'run' in value && 'restart' in value)
    return value as BootedSystem;
  throw new TwinproofError(
    'usage',
    'toRefuseWrite takes a booted system, as bootImage and the fixture give it',
  );
}
