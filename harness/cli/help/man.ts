import { ABOUT } from './about.ts';
import { type CommandNode, withBelow } from './tree.ts';
import { PROGRAM, exitCodes } from './with-help.ts';

/** A page for each command, by the name of its file, and one that lists them. Pure. @param version of the program */
export function manPages(commands: readonly CommandNode[], version: string): Map<string, string> {
  const all = commands.flatMap(withBelow);
  return new Map([
    ['twinproof.1', overview(commands, version)],
    ...all.map((node): [string, string] => [`${pageName(node)}.1`, page(node, version)]),
  ]);
}

const pageName = ({ path }: CommandNode): string => `twinproof-${path.join('-')}`;

const title = (name: string, version: string): string =>
  `.TH ${name.toUpperCase()} 1 "" "twinproof ${roff(version)}" "Twinproof"`;

function overview(commands: readonly CommandNode[], version: string): string {
  return document([
    title('twinproof', version),
    '.SH NAME',
    'twinproof \\- rebuilds images twice in isolated containers, compares them, says why they differ',
    '.SH SYNOPSIS',
    `.B ${roff(PROGRAM)}`,
    '.I command',
    '[options]',
    '.SH COMMANDS',
    ...commands.flatMap(({ path, description }) => ['.TP', `.B ${roff(path.join(' '))}`, roff(description)]),
    '.SH SEE ALSO',
    commands.map((node) => `.BR ${roff(pageName(node))} (1)`).join('\n'),
  ]);
}

function page(node: CommandNode, version: string): string {
  const { path, description, arguments: words, options, below } = node;
  const about = ABOUT[path.join(' ')];
  const name = path.join(' ');
  return document([
    title(pageName(node), version),
    '.SH NAME',
    `${roff(pageName(node))} \\- ${roff(description)}`,
    '.SH SYNOPSIS',
    `.B ${roff(`${PROGRAM} ${name}`)}`,
    roff(
      ['[options]', ...words.map(({ name: word, required }) => (required ? `<${word}>` : `[${word}]`))].join(
        ' ',
      ),
    ),
    ...section(
      'COMMANDS',
      below.flatMap((one) => term(one.path.at(-1) ?? '', one.description)),
    ),
    ...section(
      'ARGUMENTS',
      words.flatMap((word) => term(word.name, word.description)),
    ),
    ...section(
      'OPTIONS',
      options.flatMap(({ flags, description: text, choices }) =>
        term(flags, choices.length === 0 ? text : `${text} (${choices.join(', ')})`),
      ),
    ),
    ...(about === undefined
      ? []
      : [
          ...section(
            'EXIT STATUS',
            exitCodes(about).flatMap(([code, meaning]) => term(String(code), meaning)),
          ),
          ...section(
            'EXAMPLES',
            about.examples.flatMap((example) => ['.nf', roff(`${PROGRAM} ${example}`), '.fi']),
          ),
        ]),
    '.SH SEE ALSO',
    '.BR twinproof (1)',
  ]);
}

const section = (heading: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`.SH ${heading}`, ...lines];

const term = (name: string, text: string): string[] => ['.TP', `.B ${roff(name)}`, roff(text)];

/** Text that roff takes for nothing else (groff_char(7)): a point or an apostrophe at its beginning, backslashes, hyphens. */
const roff = (text: string): string => {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
};

const document = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
