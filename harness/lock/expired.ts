import { isRepoId, urlFault } from './url.ts';
import type { ExpiredRelease, Lock } from './types.ts';
import type { Value, YamlReader } from './yaml-reader.ts';

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** As a lock and the details of a cell have it. */
export function releaseKeys({ url, repoid, date, validUntil }: ExpiredRelease): Record<string, string> {
  return { url, repoid, date: timeOf(date), validUntil: timeOf(validUntil) };
}

/** `[{ url, repoid, date, validUntil }]` */
export function readExpiredReleases(reader: YamlReader, value: Value | null): ExpiredRelease[] {
  return reader.list(value, 'expiredReleases').map((item) => {
    const fields = reader.map(item, 'an entry of expiredReleases');
    const at = (key: string): Value => fields.get(key) ?? item;
    const url = reader.text(at('url'), 'url');
    const fault = url === '' ? null : urlFault(url);
    if (fault !== null) reader.complain(at('url'), fault);
    const repoid = reader.text(at('repoid'), 'repoid');
    if (repoid !== '' && !isRepoId(repoid)) reader.complain(at('repoid'), 'repoid is not the name of one');
    return {
      url,
      repoid,
      date: readTime(reader, at('date'), 'date'),
      validUntil: readTime(reader, at('validUntil'), 'validUntil'),
    };
  });
}

/** What was waived, for people who resolve the lock. */
export const waiverText = ({ url, validUntil }: ExpiredRelease): string =>
  `${url}: out of date since ${timeOf(validUntil)}, taken because of \`checkValidUntil: false\``;

/** The same of a lock that is used, named; null where nothing was waived. */
export function waiverNote({ path, expiredReleases }: Lock): string | null {
  return expiredReleases.length === 0 ? null : `${path}: ${expiredReleases.map(waiverText).join('; ')}`;
}

/** What is added to the one line of a cell. */
export function waiverSuffix({ expiredReleases }: Pick<Lock, 'expiredReleases'>): string {
  const reported = expiredReleases.map(({ repoid, validUntil }) => `${repoid} (${timeOf(validUntil)})`);
  return reported.length === 0
    ? ''
    : `; the lock is from Release files past their Valid-Until: ${reported.join(', ')}`;
}

function readTime(reader: YamlReader, value: Value, key: string): Date {
  const text = reader.text(value, key);
  const time = new Date(TIME.test(text) ? text : Number.NaN);
  if (text !== '' && Number.isNaN(time.getTime())) reader.complain(value, `${key} is no time in UTC`);
  return time;
}

const timeOf = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z');
