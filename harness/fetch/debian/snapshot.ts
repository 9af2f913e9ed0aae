/** Hosts of Debian's own archive; its security updates are a second one, known by its path. */
const DEBIAN =
  /^https?:\/\/(?:deb|security|ftp(?:\.[a-z]{2})?|httpredir|cdn-fastly\.deb)\.debian\.org\/(debian(?:-security)?)\/$/;

/** The four updates of the archive a day reach the snapshot hours after the date that they carry. */
const DELAY_HOURS = 6;

/**
 * Prefix at snapshot.debian.org under which the archive is kept as it was, for Debian's own archive; otherwise none.
 * @param date of the newest Release file; the snapshot answers with the last state at or before the time asked for
 */
export function snapshotOf(baseurl: string, date: Date): string[] {
  const archive = DEBIAN.exec(baseurl)?.[1];
  if (archive === undefined) return [];
  const later = new Date(date.getTime() + DELAY_HOURS * 3_600_000);
  const stamp = later
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[:-]/g, '');
  return [`https://snapshot.debian.org/archive/${archive}/${stamp}/`];
}
