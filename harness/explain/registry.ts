import { addressSpace } from './causes/address-space.ts';
import { archiveFormat } from './causes/archive-format.ts';
import { attestation } from './causes/attestation.ts';
import { buildId } from './causes/build-id.ts';
import { buildPath } from './causes/build-path.ts';
import { builderIdentity } from './causes/builder-identity.ts';
import { cacheFile } from './causes/cache-file.ts';
import { compression } from './causes/compression.ts';
import { cpu } from './causes/cpu.ts';
import { entryOrder } from './causes/entry-order.ts';
import { environment } from './causes/environment.ts';
import { filesystemIdentity } from './causes/filesystem-identity.ts';
import { hashOrder } from './causes/hash-order.ts';
import { hostname } from './causes/hostname.ts';
import { identityFile } from './causes/identity-file.ts';
import { initramfs } from './causes/initramfs.ts';
import { kernel } from './causes/kernel.ts';
import { locale } from './causes/locale.ts';
import { logFile } from './causes/log-file.ts';
import { networkInput } from './causes/network-input.ts';
import { overlayArtefact } from './causes/overlay-artefact.ts';
import { packageDatabase } from './causes/package-database.ts';
import { packageDrift } from './causes/package-drift.ts';
import { parallelism } from './causes/parallelism.ts';
import { processId } from './causes/process-id.ts';
import { profileGuided } from './causes/profile-guided.ts';
import { pythonBytecode } from './causes/python-bytecode.ts';
import { randomness } from './causes/randomness.ts';
import { sourceRevision } from './causes/source-revision.ts';
import { shadowDate } from './causes/shadow-date.ts';
import { timestampConfig } from './causes/timestamp-config.ts';
import { timestampContent } from './causes/timestamp-content.ts';
import { timestampMetadata } from './causes/timestamp-metadata.ts';
import { timezone } from './causes/timezone.ts';
import { umask } from './causes/umask.ts';
import { username } from './causes/username.ts';
import { Registry } from '../model/registry.ts';
import type { CauseDefinition } from './cause.ts';

/**
 * All causes. Of two that explain the same place equally surely the first is believed, so that a cause which says what a
 * whole file is stands before those that tell a piece of its content.
 */
export const CAUSES = new Registry<CauseDefinition>([
  packageDrift,
  logFile,
  cacheFile,
  packageDatabase,
  overlayArtefact,
  shadowDate,
  identityFile,
  pythonBytecode,
  initramfs,
  filesystemIdentity,
  timestampMetadata,
  timestampConfig,
  archiveFormat,
  umask,
  buildId,
  timezone,
  timestampContent,
  sourceRevision,
  locale,
  environment,
  username,
  hostname,
  kernel,
  cpu,
  buildPath,
  addressSpace,
  processId,
  profileGuided,
  entryOrder,
  parallelism,
  compression,
  attestation,
  builderIdentity,
  hashOrder,
  randomness,
  networkInput,
]);
