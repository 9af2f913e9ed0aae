import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GenericContainer } from 'testcontainers';
import { sha256 } from '../../model/digest.ts';
import { cacheFolder } from '../folders.ts';
import { ownerLabels } from '../marks.ts';
import type { Owner } from '../owner.ts';
import type { ContainerSpec, Scratch, Source } from '../port.ts';

/** Whose container it is, and for which engine. */
export interface ContainerPlace {
  owner: Owner;
  podman: boolean;
  /** ID of the container whose loopback it shares. */
  beside?: string;
}

/**
 * The same on every host, so that nothing which looks at its limits builds differently; and low enough for an engine
 * without CAP_SYS_RESOURCE, which may only lower its own.
 */
const ULIMITS = { nofile: { soft: 16_384, hard: 16_384 }, nproc: { soft: 16_384, hard: 16_384 } };

/** testcontainers' container with the host settings that its own methods do not reach. */
export class IsolatedContainer extends GenericContainer {
  constructor(spec: ContainerSpec, { owner, podman, beside }: ContainerPlace) {
    super(spec.image);
    this.withLabels(ownerLabels(owner))
      .withDroppedCapabilities('ALL')
      .withAddedCapabilities(...(spec.capabilities ?? []))
      .withBindMounts(bindMounts(spec))
      .withTmpFs(
        Object.fromEntries(Object.entries(spec.scratch ?? {}).map(([at, each]) => [at, tmpfs(each)])),
      )
      .withEnvironment(spec.environment ?? {})
      .withNetworkMode(beside === undefined ? 'none' : `container:${beside}`)
      .withUlimits(ULIMITS)
      // Containers carry our own marks and are swept by them; the reaper image would need a registry.
      .withAutoCleanup(false)
      .withAutoRemove(false)
      .withStartupTimeout(60_000)
      .withPullPolicy({ shouldPull: () => 'never' as const });
    if (spec.command.length > 0) this.withCommand(spec.command);
    // An empty list would clear it in Docker Engine only; podman would put the image's own before the command.
    if (spec.keepEntrypoint !== true) this.withEntrypoint(['']);
    if (spec.user !== undefined) this.withUser(spec.user);
    if (spec.hostname !== undefined) this.withHostname(spec.hostname);
    this.withSecurityOpt(...securityOptions(spec, podman));
    Object.assign(this.hostConfig, hostSettings(spec));
  }
}

const hostSettings = ({ limits, keepAfterExit, resolver, wholeProc, devices }: ContainerSpec) => ({
  AutoRemove: keepAfterExit !== true,
  ReadonlyRootfs: true,
  Memory: limits.memory,
  MemorySwap: limits.memory,
  PidsLimit: limits.processes,
  ...(resolver === undefined ? {} : { Dns: [resolver] }),
  ...(wholeProc === true ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
  Devices: (devices ?? []).map((path) => ({
    PathOnHost: path,
    PathInContainer: path,
    CgroupPermissions: 'rwm',
  })),
  LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '1' } },
});

const sourceOf = (source: Source): string => (typeof source === 'string' ? source : source.volume);

const bindMounts = ({ inputs = [], outputs = [] }: ContainerSpec) => [
  ...inputs.map(({ from, at }) => ({ source: sourceOf(from), target: at, mode: 'ro' as const })),
  ...outputs.map(({ to, at }) => ({ source: sourceOf(to), target: at, mode: 'rw' as const })),
];

/** Options of tmpfs(5) and mount(8). What is forbidden is said, too: podman lets programs run where Docker Engine does not. */
const tmpfs = ({ size, executable, privileged, shared }: Scratch): string =>
  [
    executable === true ? 'exec' : 'noexec',
    ...(privileged === true ? ['dev', 'suid'] : ['nodev', 'nosuid']),
    ...(shared === true ? ['mode=1777'] : []),
    ...(size === undefined ? [] : [`size=${size}`]),
  ].join(',');

function securityOptions(
  { unconfined, seccomp, wholeProc }: Pick<ContainerSpec, 'unconfined' | 'seccomp' | 'wholeProc'>,
  podman: boolean,
): string[] {
  return [
    ...(unconfined === true ? ['apparmor=unconfined'] : []),
    // Podman's interface takes the name of a file instead of a profile; it sees our files, as it mounts them.
    ...(seccomp === undefined ? [] : [`seccomp=${podman ? fileOf(seccomp) : seccomp}`]),
    ...(podman && wholeProc === true ? ['unmask=ALL'] : []),
  ];
}

function fileOf(profile: string): string {
  const path = join(cacheFolder(), 'seccomp', `${sha256(profile).slice('sha256:'.length)}.json`);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}.part`, profile);
  renameSync(`${path}.${process.pid}.part`, path);
  return path;
}
