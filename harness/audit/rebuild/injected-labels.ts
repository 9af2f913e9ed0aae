import { isSame } from '../read/same.ts';

interface Known {
  commit: string;
  repository: string | null;
  architecture: string;
}

type Fits = (value: string, known: Known) => boolean;

/** Machine names of uname(1) by those of OCI. */
const UNAME: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };
const isDate: Fits = (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/.test(value);
const isCommit: Fits = (value, { commit }) => value === commit;
const isRepository: Fits = (value, { repository }) =>
  repository !== null && isSame('repository', repository, value);

/** Labels that the build task of Konflux sets by itself, and what they may say. */
const INJECTED: Readonly<Record<string, Fits>> = {
  'build-date': isDate,
  'org.opencontainers.image.created': isDate,
  'vcs-ref': isCommit,
  'org.opencontainers.image.revision': isCommit,
  'vcs-url': isRepository,
  'org.opencontainers.image.source': isRepository,
  'vcs-type': (value) => value === 'git',
  architecture: (value, { architecture }) => value === (UNAME[architecture] ?? architecture),
};

/**
 * Those of them that the published image has. Their values follow from the recipe, apart from dates, which only the
 * image tells; one that says anything else is not set, and shows as a difference.
 */
export function injectedLabels(
  published: Readonly<Record<string, string>>,
  known: Known,
): { labels: Record<string, string>; dates: string[] } {
  const labels = Object.entries(INJECTED).flatMap(([name, fits]) => {
    const value = Object.hasOwn(published, name) ? (published[name] ?? '') : null;
    return value !== null && fits(value, known) ? [[name, value] as const] : [];
  });
  return {
    labels: Object.fromEntries(labels),
    dates: labels.flatMap(([name]) => (INJECTED[name] === isDate ? [name] : [])),
  };
}
