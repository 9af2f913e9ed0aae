import { TwinproofError } from '../../errors.ts';

/** Files in which an image says what bootc adds to the kernel's command line. Source: bootc 1.16, "Kernel arguments". */
export const KARGS_FOLDER = /^usr\/lib\/bootc\/kargs\.d\/[^/]+\.toml$/;
const ARCHITECTURE = 'x86_64';

/** A string of TOML 1.0, basic or literal, on one line; what separates things: blanks, ends of lines and comments. */
const STRING = /"(?:[^"\\\n]|\\["\\bfnrt]|\\u[0-9a-fA-F]{4})*"|'[^'\n]*'/;
const GAP = String.raw`(?:\s|#[^\n]*(?:\n|$))*`;
const ITEM = `(?:${STRING.source})${GAP}`;
const LIST = String.raw`\[${GAP}((?:${ITEM}(?:,${GAP}${ITEM})*(?:,${GAP})?)?)\]`;
const LINE = new RegExp(String.raw`^${GAP}(kargs|match-architectures)[ \t]*=[ \t]*${LIST}`);

/**
 * Arguments for the kernel that bootc would take from an image.
 * @param files content by path; bootc goes by the order of their names
 * @throws TwinproofError `unsupported` when one has a form that is not read here: what it says is not known then
 */
export function bootcArguments(files: ReadonlyMap<string, Uint8Array>): string[] {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([path, bytes]) => {
    const said = listsOf(Buffer.from(bytes).toString('utf8'), path);
    const wanted = said.get('match-architectures');
    const fits = wanted === undefined || wanted.includes(ARCHITECTURE);
    return fits ? (said.get('kargs') ?? []) : [];
  });
}

/** Such a file has two lists of strings and nothing else: bootc refuses what it does not know. */
function listsOf(text: string, path: string): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  let left = text;
  for (let found = LINE.exec(left); found !== null; found = LINE.exec(left)) {
    const [all, key = '', list = ''] = found;
    if (lists.has(key)) break;
    const strings = list.match(new RegExp(`${STRING.source}|#[^\\n]*`, 'g')) ?? [];
    lists.set(key, strings.filter((each) => !each.startsWith('#')).map(valueOf));
    left = left.slice(all.length);
  }
  if (new RegExp(`^${GAP}$`).test(left) && lists.has('kargs')) return lists;
  throw new TwinproofError(
    'unsupported',
    'a file with arguments for the kernel has a form that is not read here',
    {
      where: path,
      hint: 'kargs = ["name=value"] and match-architectures = ["x86_64"], each once',
    },
  );
}

const valueOf = (text: string): string =>
  text.startsWith("'") ? text.slice(1, -1) : (JSON.parse(text) as string);
