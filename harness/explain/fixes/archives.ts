import type { Edit } from '../../containerfile/run-scripts.ts';
import { type Invocation, invocationsOf } from './invocation.ts';
import { type Options, hasOption, readOptions } from './options.ts';
import { addOption, insert, program, replace } from './rewrite.ts';

const UNPACKS = ['d', 'decompress', 'uncompress', 'l', 'list', 't', 'test'];

export const GZIP = program(/^(?:gzip|pigz)$/, 'gzip -n', (invocation) => {
  const read = readOptions(invocation.arguments, { values: 'Sbp', long: ['suffix', 'no-name'] });
  return hasOption(read, 'n', 'no-name', ...UNPACKS) ? [] : addOption(invocation, '-n');
});

/** Operation and modifiers of ar, which may be several words where they have hyphens. */
function arKeys({ arguments: words }: Invocation): readonly Invocation['program'][] {
  const short = words.filter(({ prefix }) => !prefix.startsWith('--'));
  if (short[0]?.prefix.startsWith('-') !== true) return short.slice(0, 1);
  const end = short.findIndex(({ prefix }) => !prefix.startsWith('-'));
  return end < 0 ? short : short.slice(0, end);
}

/** `U` keeps times and owners, `D` does not. */
export const AR = program(/^(?:.*-)?ar$/, 'ar D', (invocation) => {
  const keys = arKeys(invocation);
  const letters = keys.map(({ text }) => text).join('');
  if (!/^[-A-Za-z]+$/.test(letters) || (letters.includes('D') && !letters.includes('U'))) return [];
  const packs = keys.find(({ text }) => /[rq]/.test(text));
  if (packs === undefined) return [];
  if (!letters.includes('U')) return [insert(packs.end, 'D')];
  return keys.flatMap((key) => (key.text.includes('U') ? [replace(key, key.text.replaceAll('U', 'D'))] : []));
});

const JAR_DATE = '--date "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)"';

/** From JDK 17. The old notation, `jar cf`, knows no date, so it is written in the new one. */
export const JAR = program(/^jar$/, `jar --create --date …`, (invocation) => {
  const [first] = invocation.arguments;
  if (first === undefined) return [];
  if (first.prefix.startsWith('--') || /^-.$/.test(first.prefix)) {
    const read = readOptions(invocation.arguments, { values: 'fmeC', long: ['file', 'date'] });
    return hasOption(read, 'create', 'c') && !hasOption(read, 'date') ? addOption(invocation, JAR_DATE) : [];
  }
  const letters = /^-?([cv0Mf]+)$/.exec(first.text)?.[1];
  if (letters?.includes('c') !== true) return [];
  const others = ['v', '0', 'M', 'f']
    .filter((letter) => letters.includes(letter))
    .map((letter) => `-${letter}`);
  return [replace(first, ['--create', JAR_DATE, ...others].join(' '))];
});

/** What is read from a pipe, sorted before; nothing where it already is. */
function sortInput({ command, program: word }: Invocation, zero: boolean): Edit[] {
  const { piped, pipedFrom, words } = command;
  if (!piped || words[0] !== word) return [];
  if (pipedFrom !== null && invocationsOf(pipedFrom).some(({ name }) => name === 'sort')) return [];
  return [insert(command.start, `LC_ALL=C sort ${zero ? '-z ' : ''}| `)];
}

const TAR_VALUES = 'fbCFgHIKLNTVX';
const TAR_STYLE = {
  values: TAR_VALUES,
  long: ['file', 'directory', 'files-from', 'mtime', 'owner', 'group', 'exclude', 'exclude-from', 'sort'],
};

/** Where options may be added, and the options; in the old notation letters without a hyphen come first. */
function tarOptions({ program: word, arguments: words }: Invocation): Options & { at: number } {
  const [first, ...rest] = words;
  if (first === undefined || first.literal === null || first.literal.startsWith('-'))
    return { ...readOptions(words, TAR_STYLE), at: word.end };
  const options: Options['options'] = [];
  let values = 0;
  for (let at = 0; at < first.literal.length; at++) {
    const name = first.literal.charAt(at);
    const valueWord = TAR_VALUES.includes(name) ? (rest[values++] ?? null) : null;
    options.push({ name, value: valueWord?.literal ?? null, word: first, at, valueWord });
  }
  const more = readOptions(rest.slice(values), TAR_STYLE);
  const at = rest[values - 1]?.end ?? first.end;
  return { options: [...options, ...more.options], operands: more.operands, at };
}

const namesFromInput = ({ options }: Options): boolean =>
  options.some(({ name, value }) => (name === 'T' || name === 'files-from') && value === '-');

export const TAR_INPUT = program(/^tar$/, 'LC_ALL=C sort | tar', (invocation) => {
  const read = tarOptions(invocation);
  return namesFromInput(read) ? sortInput(invocation, hasOption(read, 'null')) : [];
});

export const TAR_SORT = program(/^tar$/, 'tar --sort=name', (invocation) => {
  const read = tarOptions(invocation);
  const packs = hasOption(read, 'c', 'create') && !hasOption(read, 'sort');
  return packs && !namesFromInput(read) ? [insert(read.at, ' --sort=name')] : [];
});

const CPIO_STYLE = { values: 'CDEFHIMOR', long: ['format', 'owner', 'file', 'directory', 'io-size'] };

export const CPIO = program(/^cpio$/, 'cpio --reproducible', (invocation) => {
  const read = readOptions(invocation.arguments, CPIO_STYLE);
  if (!hasOption(read, 'o', 'create') || hasOption(read, 'reproducible')) return [];
  return addOption(invocation, '--reproducible');
});

export const CPIO_INPUT = program(/^cpio$/, 'LC_ALL=C sort | cpio', (invocation) => {
  const read = readOptions(invocation.arguments, CPIO_STYLE);
  return hasOption(read, 'o', 'create') ? sortInput(invocation, hasOption(read, '0', 'null')) : [];
});
