import type { NetworkUse } from './network-commands.ts';

/** The lines that do the same without a network. @param release code name of the Debian that is built upon */
export function instead({ fetches, names }: NetworkUse, release: string | null): string[] {
  if (fetches === 'deb') return debs(names, release);
  if (fetches === 'rpm') return rpms(names);
  if (fetches === 'files')
    return [
      'Copy the files into the build context, or lock their addresses: builds answer what a lock names, and nothing else',
      '(docs/isolation.md, "Its network").',
    ];
  return [
    'Fetch the dependencies beforehand, with Hermeto (`prefetch` in docs/catalog.md) or into the build context, and install',
    'them from there.',
  ];
}

const list = (names: readonly string[]): string => `[${names.length === 0 ? '…' : names.join(', ')}]`;

function debs(names: readonly string[], release: string | null): string[] {
  const suite = release ?? 'bookworm';
  const sure = release === null ? ['(The release is a guess: it should be that of the base image.)'] : [];
  return [
    'Lock the packages, and install the locked files. debs.in.yaml beside the catalog:',
    '    contentOrigin:',
    '      repos:',
    `        - { repoid: ${suite}, baseurl: https://deb.debian.org/debian/, suite: ${suite}, components: [main] }`,
    '    arches: [amd64]',
    `    packages: ${list(names)}`,
    ...sure,
    'then `npx twinproof lock debs.in.yaml`, in the catalog `lock: debs.lock.yaml`, and in place of the RUN:',
    '    RUN dpkg --log=/dev/null --install --force-depends /cachi2/output/deps/deb/*/*/*.deb && rm -f /var/log/alternatives.log',
    'or, for an image that starts from nothing, in a stage `FROM localhost/builder` with `ARG SOURCE_DATE_EPOCH`:',
    '    RUN install-locked-debs /newroot',
  ];
}

const rpms = (names: readonly string[]): string[] => [
  'Lock the packages, and install the locked files. rpms.in.yaml beside the catalog:',
  '    contentOrigin:',
  '      repos:',
  '        - { repoid: …, baseurl: "https://…/$basearch/" }',
  '    arches: [x86_64]',
  `    packages: ${list(names)}`,
  'then `npx twinproof lock rpms.in.yaml`, and in the catalog `lock: rpms.lock.yaml`. Fill a root from nothing with them:',
  '    FROM localhost/builder AS build',
  '    ARG SOURCE_DATE_EPOCH',
  '    RUN install-locked-rpms /newroot',
  '    FROM scratch',
  '    COPY --from=build /newroot /',
];
