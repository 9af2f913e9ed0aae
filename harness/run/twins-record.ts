import type { TwinBuild } from '../rebuild/types.ts';
import type { OciImage } from '../oci/types.ts';
import type { Build, Evidence, Twins } from '../record/events.ts';
import type { EvidenceStore } from '../record/evidence.ts';
import type { Known } from './prepare-subject.ts';
import { keepRecipe } from './recipe.ts';
import type { Session } from './session.ts';

/** Build logs as evidence, by twin. */
export async function keepLogs(
  evidence: EvidenceStore,
  builds: readonly TwinBuild[],
): Promise<Map<string, Evidence>> {
  const logs = new Map<string, Evidence>();
  for (const { twin, log } of builds) {
    if (log !== null) logs.set(twin, await evidence.addFile(`build log ${twin}`, log, 'text/plain'));
  }
  return logs;
}

interface Recorded {
  builds: readonly TwinBuild[];
  logs: ReadonlyMap<string, Evidence>;
  image: (build: TwinBuild) => Promise<OciImage>;
}

/** The line of the log about a subject's builds. */
export async function twinsRecord(
  { evidence, input }: Session,
  { subject, builder, inputs }: Known,
  { builds, logs, image }: Recorded,
): Promise<Twins> {
  const records: Build[] = [];
  for (const build of builds) {
    const opened = build.outcome.built ? await image(build) : null;
    records.push({
      twin: build.twin,
      environment: build.environment,
      host: build.host,
      started: build.started.toISOString(),
      seconds: build.seconds,
      built: build.outcome.built,
      networkAttempts: build.networkAttempts,
      manifest: opened?.manifest.digest ?? null,
      ...(opened === null ? {} : { manifestFile: await keepManifest(evidence, build, opened) }),
      config: opened?.config.digest ?? null,
      log: logs.get(build.twin) ?? null,
      logDropped: build.logDropped,
    });
  }
  return {
    type: 'twins',
    subject: subject.id,
    sourceDateEpoch: subject.sourceDateEpoch,
    builder: { name: builder.name, digest: builder.digest },
    inputs: { files: inputs.files, bytes: inputs.bytes },
    ...(await keepRecipe(subject, input.catalog.root, evidence)),
    builds: records,
  };
}

/** Without it a statement about an image that failed, and so is nowhere, could not be checked against it. */
function keepManifest(
  evidence: EvidenceStore,
  { twin }: TwinBuild,
  { manifest: { bytes, mediaType } }: OciImage,
): Promise<Evidence> {
  return evidence.addBytes(`manifest ${twin}`, bytes, mediaType);
}
