import { hanging } from '../../docs/list.ts';
import { markdownTable } from '../../docs/table.ts';
import { ABOUT } from './about.ts';
import { type CommandNode, withBelow } from './tree.ts';
import { PROGRAM, exitCodes } from './with-help.ts';

/** Every command as a section of docs/reference.md. Pure. */
export const commandReference = (commands: readonly CommandNode[]): string =>
  commands.flatMap(withBelow).map(section).join('\n\n');

function section(node: CommandNode): string {
  const { path, description, options, arguments: words } = node;
  const about = ABOUT[path.join(' ')];
  const rows = [
    ...words.map((word) => [
      code(word.required ? `<${word.name}>` : `[${word.name}]`),
      text(word.description),
    ]),
    ...options.map((option) => {
      const choices = option.choices.length === 0 ? '' : `: ${option.choices.map(code).join(', ')}`;
      return [code(option.flags), `${text(option.description)}${choices}`];
    }),
  ];
  return [
    `### ${path.join(' ')}`,
    `${sentence(description)}.`,
    ...(about === undefined ? [] : [about.examples.map((example) => `    ${PROGRAM} ${example}`).join('\n')]),
    ...(rows.length === 0 ? [] : [markdownTable(['argument, option', 'meaning'], rows)]),
    ...(about === undefined ? [] : [exitList(about)]),
  ].join('\n\n');
}

const exitList = (about: Parameters<typeof exitCodes>[0]): string =>
  [
    'Exit codes:\n',
    ...exitCodes(about).map(([number, meaning]) => hanging(`- **${String(number)}** ${text(meaning)}`)),
  ].join('\n');

const code = (value: string): string => `\`${value}\``;
/** What is no markup in a description. */
const text = (value: string): string => value.replaceAll(/[<>*_]/g, String.raw`\$&`);
const sentence = (value: string): string => text(value.charAt(0).toUpperCase() + value.slice(1));
