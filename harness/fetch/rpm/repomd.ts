import { SaxesParser } from 'saxes';
import { TwinproofError } from '../../errors.ts';
import { quote } from '../../lock/quote.ts';

/** A metadata file as repomd.xml names it (createrepo_c; dnf calls the format "rpm-md"). */
export interface RepomdEntry {
  type: string;
  /** Relative to the repository. */
  href: string;
  /** `sha256:<hex>`, also sha384 and sha512. */
  checksum: string;
  /** Bytes. */
  size: number;
}

const MAX_ENTRIES = 200;
const DIGITS: Record<string, number> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * What a `repomd.xml` names. Entities of a document type are not expanded: there must be none.
 * @param where URL, named in errors
 * @throws TwinproofError input-mismatch for a text that is cut off, is no repomd.xml, or has checksums that are weak
 */
export function parseRepomd(text: string, where: string): RepomdEntry[] {
  const fault = (message: string): TwinproofError => new TwinproofError('input-mismatch', message, { where });
  const parser = new SaxesParser({ xmlns: false });
  const entries: RawEntry[] = [];
  const path: string[] = [];
  let words = '';
  parser.on('error', (error) => {
    throw fault(`not a whole repomd.xml: ${error.message.slice(0, 120)}`);
  });
  parser.on('doctype', () => {
    throw fault('a repomd.xml with a document type');
  });
  parser.on('opentag', ({ name, attributes }) => {
    path.push(name.replace(/^.*:/, ''));
    words = '';
    const at = path.join('/');
    if (at === 'repomd/data') entries.push({ type: attributes.type ?? '' });
    if (entries.length > MAX_ENTRIES) throw fault(`more than ${MAX_ENTRIES} metadata files`);
    const entry = entries.at(-1);
    if (entry === undefined) return;
    if (at === 'repomd/data/checksum') entry.algorithm = attributes.type ?? '';
    if (at === 'repomd/data/location') entry.href = attributes.href ?? '';
  });
  parser.on('text', (piece) => {
    words += piece;
  });
  parser.on('closetag', () => {
    const entry = entries.at(-1);
    const at = path.join('/');
    if (entry !== undefined && at === 'repomd/data/checksum') entry.hex = words.trim();
    if (entry !== undefined && at === 'repomd/data/size') entry.size = words.trim();
    path.pop();
  });
  parser.write(text).close();
  if (entries.length === 0) throw fault('this repomd.xml names no metadata');
  return entries.map((entry) => checked(entry, fault));
}

interface RawEntry {
  type: string;
  algorithm?: string;
  hex?: string;
  href?: string;
  size?: string;
}

function checked(entry: RawEntry, fault: (message: string) => TwinproofError): RepomdEntry {
  const { type, algorithm = '', hex = '', href = '', size = '' } = entry;
  if (DIGITS[algorithm] !== hex.length || !/^[0-9a-f]+$/.test(hex))
    throw fault(`the metadata ${quote(type)} has no sha256, sha384 or sha512 checksum`);
  if (!/^[1-9][0-9]{0,11}$/.test(size)) throw fault(`the metadata ${quote(type)} has no size`);
  // Anything else would be a file outside of the repository.
  const path = href.split('/');
  if (
    href === '' ||
    !/^[\w.+~@=/-]+$/.test(href) ||
    path.includes('..') ||
    path.includes('.') ||
    path[0] === ''
  )
    throw fault(`the metadata ${quote(type)} lies at ${quote(href)}`);
  return { type, href, checksum: `${algorithm}:${hex}`, size: Number(size) };
}
