import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BUILDER } from './containerfile.ts';

/** A recipe that shows what one line of a rendered Containerfile does. */
export interface Line {
  image: string;
  /** The line, for people. */
  line: string;
  text: string;
}

const FROM = `FROM ${BUILDER} AS builder\nARG SOURCE_DATE_EPOCH\n`;
const COPY = 'COPY hummingbird/default/rpms/rpms.lock.yaml /tmp/repo/\n';
const DOWNLOAD = 'RUN download-locked-packages /tmp/repo/rpms.lock.yaml\n';
const INSTALL = `RUN dnf-installroot /new-root-fs -y --use-host-config --nodocs --setopt=cachedir=/tmp/dnf-cache \\
      --setopt=system_cachedir=/tmp/dnf-cache --setopt=logdir=/tmp/dnf-cache install filesystem
`;
/** Stands in for what dnf installs, where that is not the line to be shown. */
const ROOT = 'RUN mkdir -p /new-root-fs/etc && echo made > /new-root-fs/etc/answer\n';
const ARCHIVE = `RUN --mount=type=bind,target=/run/src,rw \\
    chunkah build --rootfs /new-root-fs --max-layers 32 > /run/src/out.ociarchive
`;
const LAST = 'FROM oci-archive:out.ociarchive\n';
const SETTINGS = `LABEL name="hummingbird/settings" \\
      io.hummingbird-project.distro="hummingbird"
ENV CONTAINER_DEFAULT_USER=65532
USER 65532
CMD ["/usr/bin/settings"]
`;
const result = (path: string): string => `FROM scratch\nCOPY --from=builder ${path} /\n`;

export const LINES: readonly Line[] = [
  {
    image: 'from',
    line: 'FROM BUILDER:latest AS builder',
    text: `${FROM}RUN mkdir /out && command -v chunkah > /out/found\n${result('/out')}`,
  },
  {
    image: 'copy',
    line: 'COPY <distro>/<variant>/rpms/rpms.lock.yaml /tmp/repo/',
    text: `${FROM}${COPY}${result('/tmp/repo')}`,
  },
  {
    image: 'download',
    line: 'RUN download-locked-packages',
    text: `${FROM}${COPY}${DOWNLOAD}RUN mkdir /out && cd /var/cache/locked-packages \\
    && find . -name '*.rpm' | sort | xargs sha256sum > /out/packages && [ -s /out/packages ]
${result('/out')}`,
  },
  {
    image: 'installroot',
    line: 'RUN dnf-installroot',
    text: `${FROM}${COPY}${DOWNLOAD}${INSTALL}RUN mkdir /out && cp -a /new-root-fs/usr /out/
RUN rm -rf /out/usr/lib/sysimage && [ -d /out/usr/lib ]
${result('/out')}`,
  },
  {
    image: 'archive',
    line: 'RUN --mount=type=bind,target=/run/src,rw chunkah build > /run/src/out.ociarchive',
    text: `${FROM}${ROOT}${ARCHIVE}RUN --mount=type=bind,target=/run/src mkdir /out \\
    && tar xf /run/src/out.ociarchive -C /out && [ -s /out/index.json ]
${result('/out')}`,
  },
  {
    image: 'oci-archive',
    line: 'FROM oci-archive:out.ociarchive',
    // A last stage without any instruction is one that buildah 1.28 cannot write to a layout.
    text: `${FROM}${ROOT}${ARCHIVE}${LAST}LABEL name="hummingbird/oci-archive"\n`,
  },
  {
    image: 'settings',
    line: 'LABEL, ENV, USER, CMD',
    text: `${FROM}${ROOT}${ARCHIVE}${LAST}${SETTINGS}`,
  },
  {
    image: 'scratch',
    line: 'FROM scratch, COPY --from=builder',
    text: `ARG NEWROOT=/new-root-fs\n${FROM}${ROOT}FROM scratch\nARG NEWROOT\nCOPY --from=builder \${NEWROOT} /\n`,
  },
];

/** Adds the recipes to a checkout, each with a lock, as images of their own. */
export async function writeLines(checkout: string, lock: string): Promise<void> {
  for (const { image, text } of LINES) {
    const folder = join(checkout, 'images', image, 'hummingbird/default');
    for (const [name, content] of Object.entries({ Containerfile: text, 'rpms/rpms.lock.yaml': lock })) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
  }
}
