import { readFiles } from '../oci/layers/files.ts';
import type { WrongSigner } from '../boot/families/types.ts';
import { firstWords } from '../boot/guest/words.ts';
import type { Source } from '../boot/system/under-test.ts';
import { type Offered, afterOffer, reasonFaults, refusalFaults } from '../boot/update/offered.ts';
import { isPolicyFile, signingPolicy } from '../boot/update/signing-policy.ts';
import { TwinproofError } from '../errors.ts';
import { freshSystem, scenarioOf, updaterOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';

/** A next release that is well-formed, but that nobody signed, or somebody else, is refused by the image's own policy. */
export const signedUpdate: SystemClaim = {
  id: 'signed-update',
  scenario: 'update',
  statement: 'takes releases of its publisher only',
  passes:
    'the next release, whole but signed by nobody, and then by a key that the image does not know, is refused for that; what runs and what can be started are as before; signed by a key that it knows, it is taken',
  releases: ['next'],
  check,
};

const WRONG: Record<WrongSigner, string> = {
  nobody: 'a release that nobody signed',
  stranger: 'a release that a stranger signed',
};

async function check(context: SystemContext): Promise<Finding> {
  const { source, family: own } = await context.system();
  if (source?.os.family === 'ostree' && (own?.tools?.signed ?? null) === null) return byPolicy(source);
  const scenario = scenarioOf(await context.system());
  const { family, from } = scenario;
  const signed = family.tools?.signed ?? null;
  if (signed === null)
    throw new TwinproofError('unsupported', 'what signs the releases of this image is not known');
  const offers: ({ by: WrongSigner } & Offered)[] = [];
  const faults: string[] = [];
  let under = await freshSystem(context);
  const { updater, faults: other } = await updaterOf(under, under.guest);
  for (const by of ['nobody', 'stranger'] as const) {
    under = await freshSystem(context);
    under.system.note('offered', WRONG[by]);
    const offered = await afterOffer(under.guest, family, await signed.offer(under.guest, by));
    offers.push({ by, ...offered });
    faults.push(...reasonFaults(offered, signed.why, WRONG[by]));
    faults.push(...refusalFaults(offered, { from, taken: `${WRONG[by]} was taken` }));
  }
  under = await freshSystem(context);
  under.system.note('offered', 'a release that is signed as it should be');
  const wellSigned = (await family.fetch(under.guest)) ?? (await family.stage(under.guest));
  if (wellSigned !== null) faults.push(`a release that is signed as it should be was refused: ${wellSigned}`);
  const all = [...other, ...faults];
  const detail = { updater, offers: offers.map((offer) => ({ ...offer })), wellSigned, faults: all };
  if (all.length > 0)
    return { verdict: 'fail', summary: firstWords(all.join('; '), 400), detail, evidence: [] };
  const summary = `refused: ${offers.map(({ refused }) => firstWords(refused ?? '', 120)).join('; ')}`;
  return { verdict: 'pass', summary, detail, evidence: [] };
}

/** Images that are updated by ostree or bootc: by what they say, as far as that decides. */
async function byPolicy({ image, os }: Source): Promise<Finding> {
  const policy = signingPolicy(await readFiles(image, isPolicyFile), os.bootc);
  const detail = { ...policy };
  if (policy.asks.length > 0) {
    const asked = firstWords(policy.asks.join(', '), 200);
    throw new TwinproofError(
      'unsupported',
      `it asks for signatures, and releases with one are not made here: ${asked}`,
    );
  }
  const where = policy.read.length === 0 ? 'it has no policy' : `${policy.read.join(', ')} asks for none`;
  const summary = `ostree-unverified-image: nothing says who must have signed a release: ${where}`;
  return { verdict: 'fail', summary: firstWords(summary, 400), detail, evidence: [] };
}
