import { markdownTable } from '../docs/table.ts';
import { Registry } from '../model/registry.ts';
import { apk } from './apk/apk.ts';
import { dpkg } from './dpkg/dpkg.ts';
import type { Ecosystem } from './ecosystem.ts';
import { rpm } from './rpm/rpm.ts';

export type Ecosystems = Registry<Ecosystem>;

/** One folder each. Databases, owners, locks and the tables of the documentation follow. */
export const ECOSYSTEMS: Ecosystems = new Registry<Ecosystem>([dpkg, rpm, apk]);

/** `dpkg, rpm or apk`. */
export const ecosystemNames = (ecosystems: Ecosystems): string =>
  new Intl.ListFormat('en', { type: 'disjunction' }).format(ecosystems.ids).replace(/, or /, ' or ');

/** Whether a path belongs to any database, read or not, whole or not. @param path without a leading slash */
export const belongsToDatabase = (path: string, ecosystems: Ecosystems = ECOSYSTEMS): boolean =>
  [...ecosystems].some(({ belongs }) => belongs.test(path));

/** The table of docs/locks.md. */
export const ecosystemsTable = (ecosystems: Ecosystems): string =>
  markdownTable(
    ['packages', 'read from', 'lock', 'resolved from', 'staged below'],
    [...ecosystems].map(({ id, databases, lock }) => [
      `\`${id}\``,
      databases,
      lock === undefined ? 'none yet' : `\`${lock.stem}.lock.yaml\``,
      lock === undefined ? '' : `\`${lock.stem}.in.yaml\``,
      lock === undefined ? '' : `\`${lock.kind}/\``,
    ]),
  );
