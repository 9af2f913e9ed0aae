import type { Variant } from './table.ts';

export const BUILDER = 'quay.io/hummingbird-ci/hummingbird-builder:latest';

const HEAD = `# This file is generated from Containerfile.j2. Do not edit it.
ARG NEWROOT=/new-root-fs
ARG DNF_CACHE=/tmp/dnf-cache
ARG DNF_FLAGS="-y --use-host-config --nodocs --setopt=install_weak_deps=False --setopt=cachedir=\${DNF_CACHE} \\
      --setopt=system_cachedir=\${DNF_CACHE} --setopt=logdir=\${DNF_CACHE} --setopt=varsdir=\${DNF_CACHE}/vars"
`;

const DATABASE = 'usr/lib/sysimage/rpm';
/** What is left of installing, and how it is removed. */
const CLEANUP: Record<string, string> = {
  database: `sqlite3 \${NEWROOT}/${DATABASE}/rpmdb.sqlite 'PRAGMA journal_mode=DELETE; VACUUM;' > /dev/null \\
    && rm -f \${NEWROOT}/${DATABASE}/rpmdb.sqlite-* \${NEWROOT}/${DATABASE}/.rpm.lock`,
  history:
    'rm -rf ${NEWROOT}/var/lib/dnf ${NEWROOT}/var/cache/* ${NEWROOT}/etc/dnf ${NEWROOT}/etc/machine-id',
  logs: 'rm -rf ${NEWROOT}/var/log/*',
};

/** The shape of a rendered Containerfile, for the distribution that ends in an archive and the one that does not. */
export function containerfileOf(variant: Variant): string {
  const { distro, name, fault, about } = variant;
  const user = 65532;
  const packages = variant.packages.filter((wanted) => wanted !== fault.unwanted);
  return [
    HEAD + `ARG MAIN_PACKAGES="${packages.join(' ')}"\n`,
    `FROM ${fault.builder ?? BUILDER} AS builder
ARG NEWROOT
ARG DNF_CACHE
ARG DNF_FLAGS
ARG MAIN_PACKAGES
ARG SOURCE_DATE_EPOCH

COPY ${distro}/${name}/rpms/rpms.lock.yaml /tmp/repo/
RUN download-locked-packages /tmp/repo/rpms.lock.yaml

RUN dnf-installroot \${NEWROOT} \${DNF_FLAGS} install filesystem
RUN dnf-installroot \${NEWROOT} \${DNF_FLAGS}${fault.flags === undefined ? '' : ` ${fault.flags}`} install \${MAIN_PACKAGES}
COPY rootfs/ \${NEWROOT}/
${faultLines(variant)}${cleanup(variant)}`,
    distro === 'rawhide' ? RAWHIDE : HUMMINGBIRD,
    `LABEL ${labelsOf(variant).join(' \\\n      ')}
ENV CONTAINER_DEFAULT_USER=${user}
USER ${user}
CMD ["/usr/bin/${about.package ?? variant.image}"]\n`,
  ].join('\n');
}

function faultLines({ fault }: Variant): string {
  const lines: string[] = [];
  if (fault.run !== undefined) lines.push(`RUN ${fault.run}\n`);
  if (fault.extra !== undefined) {
    lines.push(
      'COPY extra.rpm /tmp/repo/\n',
      'RUN rpm --root ${NEWROOT} --nodeps --install /tmp/repo/extra.rpm\n',
    );
  }
  return lines.join('');
}

function cleanup({ fault }: Variant): string {
  const steps = Object.entries(CLEANUP).filter(([step]) => fault.forgotten?.includes(step) !== true);
  return `RUN ${steps.map(([, command]) => command).join(' \\\n    && ')}\n`;
}

const HUMMINGBIRD = `RUN --mount=type=bind,target=/run/src,rw \\
    chunkah build --rootfs \${NEWROOT} --max-layers 32 > /run/src/out.ociarchive

FROM oci-archive:out.ociarchive
`;

const RAWHIDE = `FROM scratch
ARG NEWROOT
COPY --from=builder \${NEWROOT} /
`;

function labelsOf({ image, distro, name, folder, about }: Variant): string[] {
  const words = name.split('-');
  const suffix = name === 'default' ? '' : `-${name}`;
  const labels = {
    name: `hummingbird/${image}${suffix}`,
    'io.hummingbird-project.containerfile': `${folder}/Containerfile`,
    'io.hummingbird-project.distro': distro,
    'io.hummingbird-project.variant': name,
    ...(about.stream === undefined ? {} : { 'io.hummingbird-project.stream': about.stream }),
    ...(about.repository === undefined ? {} : { 'io.hummingbird-project.repository': about.repository }),
    ...(words.includes('builder') ? { 'io.hummingbird-project.variant.builder': 'true' } : {}),
    ...(words.includes('fips') ? { 'io.hummingbird-project.variant.fips': 'true' } : {}),
  };
  return Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
}
