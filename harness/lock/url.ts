/** Longest URL that is accepted anywhere in a lock. */
const MAX_URL = 2048;
const SAFE_FILE = /^[A-Za-z0-9_][A-Za-z0-9._+~^:=@%-]{0,250}$/;

/**
 * What is wrong with a URL of a lock, or null. Only plain http(s) locations are accepted: the file name becomes a
 * path in the cache's users, so nothing may climb out of a folder, whether written `..`, `%2e%2e` or `..%2f`.
 */
export function urlFault(text: string): string | null {
  if (text.length > MAX_URL) return 'the URL is too long';
  if (!/^[\x21-\x7e]+$/.test(text)) return 'the URL holds blanks or characters that must be percent-encoded';
  if (!/^https?:\/\//i.test(text)) return 'the URL is not http or https';
  if (text.includes('\\')) return 'the URL holds a backslash';
  const url = URL.parse(text);
  if (url === null || url.hostname === '') return 'this is not a URL';
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?#]*@/i.test(text))
    return 'the URL holds credentials';
  if (url.hash !== '' || text.includes('#')) return 'the URL holds a fragment';
  return pathFault(text);
}

/** Looks at the text and not at the parsed URL, in which `..` is already resolved. */
function pathFault(text: string): string | null {
  for (const segment of pathOf(text).split('/')) {
    const decoded = decode(segment);
    if (decoded === null) return 'the URL holds a broken percent-encoding';
    if (decoded === '.' || decoded === '..' || /[/\\\0]/.test(decoded) || /%(2e|2f|5c|00)/i.test(decoded)) {
      return 'the URL climbs out of its folder';
    }
  }
  return null;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Without scheme and host, query and fragment. */
const pathOf = (url: string): string => url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/, '');

/** Name of the file at a URL, safe as one path component; null when it has no such name. */
export function fileNameOf(url: string): string | null {
  const name = decode(pathOf(url).split('/').at(-1) ?? '');
  return name !== null && SAFE_FILE.test(name) ? name : null;
}

/** Name of a repository, safe as one path component. */
export function isRepoId(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._:+~@-]{0,200}$/.test(text);
}

/** Prefixes of URLs end with a slash, so that `https://a/debian` does not cover `https://a/debian-security/`. */
export function isUrlPrefix(text: string): boolean {
  return text.endsWith('/') && !text.includes('?');
}
