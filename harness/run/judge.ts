import { type UnderTest, OnceUnderTest, startUnderTest } from '../boot/system/under-test.ts';
import type { TwinBuild } from '../rebuild/types.ts';
import { optionsOf } from '../catalog/claims.ts';
import { waive } from '../claims/exemptions.ts';
import { firstBuild } from '../claims/failed-build.ts';
import { inTurn } from '../claims/in-turn.ts';
import { withLife } from '../claims/with-life.ts';
import { isSystemClaim, releasesFor } from '../claims/registry.ts';
import type { Claim, ClaimContext, LockedInputs } from '../claims/types.ts';
import { TwinproofError } from '../errors.ts';
import { openImage } from '../oci/open.ts';
import type { OciImage } from '../oci/types.ts';
import type { CellKey, CellResult } from '../record/events.ts';
import { placementOf } from '../record/host.ts';
import { cellOf, failedFinding } from './cell.ts';
import { keyOfClaim } from './key-of-claim.ts';
import type { Message } from './messages.ts';
import type { Known } from './prepare-subject.ts';
import type { Session } from './session.ts';
import { keepLogs, twinsRecord } from './twins-record.ts';

/** Builds of one subject, wherever they were made, and what is to be said of them. */
export interface Judged {
  known: Known;
  /** Of the builds. */
  key: CellKey;
  builds: TwinBuild[];
  claims: Claim[];
  /** Whether the record of the builds is sent as well. */
  record: boolean;
}

type Send = (message: Message) => void;
type Built = Extract<TwinBuild['outcome'], { built: true }>;
type Open = (build: TwinBuild) => Promise<OciImage>;

/** What the claim about power cuts asks for at least. */
const POWER_CUTS = 20;

/** The job that decides: one cell a claim. */
export async function judge(session: Session, judged: Judged, send: Send): Promise<CellResult[]> {
  const { known, key, builds, claims, record } = judged;
  const images = new Map<string, Promise<OciImage>>();
  const image: Open = (build) => {
    if (!build.outcome.built) throw new Error('no image');
    const opened = images.get(build.twin) ?? openBuilt(build.outcome);
    images.set(build.twin, opened);
    return opened;
  };
  const onStep = (step: string): void => send({ type: 'step', subject: known.subject.id, step });
  try {
    const logs = await keepLogs(session.evidence, builds);
    if (record) send(await twinsRecord(session, known, { builds, logs, image }));
    await using system = new OnceUnderTest(() => startSystem(session, judged, { image, onStep }));
    const powerCuts = { count: POWER_CUTS, seed: session.input.seed };
    const buildEvidence = [...logs.values()];
    const locked = lockedInputs(known);
    const shared = { ...known, key, builds, buildEvidence, image, locked, powerCuts, onStep };
    const context = { ...shared, system: system.get };
    const results: CellResult[] = [];
    const check = (claim: Claim): Promise<CellResult> => judgeClaim(session, claim, context);
    const isApart = (claim: Claim): boolean => isSystemClaim(claim) && claim.ownVm === true;
    for await (const result of inTurn(claims, { isApart, check })) results.push(result);
    return results;
  } finally {
    for (const opened of images.values()) await (await opened.catch(() => null))?.close();
  }
}

/** @throws TwinproofError record-invalid when it is not the image that another job built */
async function openBuilt({ image: reference, manifest }: Built): Promise<OciImage> {
  const image = await openImage(reference);
  if (manifest === undefined || manifest === image.manifest.digest) return image;
  await image.close();
  throw new TwinproofError('record-invalid', `changed while it was judged: ${image.manifest.digest}`, {
    where: reference,
    hint: 'name the image by digest',
  });
}

/** The first twin, put on a disk and started; without both twins there is nothing to start. */
async function startSystem(
  { engine, input }: Session,
  { claims, builds }: Judged,
  { image, onStep }: { image: Open; onStep: (step: string) => void },
): Promise<UnderTest> {
  const first = firstBuild(builds);
  if ('error' in first) throw new TwinproofError(first.error.code, first.error.message);
  const releases = releasesFor(claims);
  return startUnderTest(engine, input.owner, {
    image: await image(first.build),
    accelerator: 'auto',
    update: releases.has('next') ? 'synthetic' : null,
    badUpdates: releases.has('broken'),
    olderRelease: releases.has('older'),
    onStep,
  });
}

async function judgeClaim(
  { engine, evidence, input }: Session,
  claim: Claim,
  context: Omit<ClaimContext, 'options' | 'engine' | 'owner' | 'evidence'> &
    Pick<Known, 'claimFiles'> & { key: CellKey },
): Promise<CellResult> {
  const { id } = claim;
  const { subject, claimFiles, onStep } = context;
  const key = keyOfClaim(context.key, subject, claim, claimFiles);
  const request = subject.claims[id];
  if (request?.made !== true) throw new Error(`${id} is not claimed`);
  onStep(`checking ${id}`);
  const started = Date.now();
  const options = optionsOf(request);
  const finding = await withLife({ ...context, options, engine, evidence, owner: input.owner }, (own) =>
    claim.check(own).catch(failedFinding),
  );
  const today = new Date(started).toISOString().slice(0, 10);
  const waived = waive(finding, id, { exemptions: subject.exemptions, today });
  const seconds = (Date.now() - started) / 1000;
  const placement = placementOf(context.builds.map(({ host }) => host));
  return cellOf(subject, id, waived, { key, seconds, placement });
}

/** What the image is built from, for claims that check what runs against it. */
const lockedInputs = ({ lock, inputs, subject }: Known): LockedInputs | null =>
  lock === null || inputs.folder === null
    ? null
    : { lock, architecture: subject.platform.architecture, folder: inputs.folder };
