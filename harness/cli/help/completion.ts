import { type CommandNode, withBelow } from './tree.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** A script that a shell reads to complete commands, options and the values that options are limited to. Pure. */
export function completionScript(shell: Shell, commands: readonly CommandNode[]): string {
  const all = commands.flatMap(withBelow);
  if (shell === 'bash') return bash(commands, all);
  if (shell === 'zsh') return zsh(commands, all);
  return fish(commands, all);
}

const names = (nodes: readonly CommandNode[]): string => nodes.map(({ path }) => path.at(-1) ?? '').join(' ');

const optionNames = ({ options }: CommandNode): string[] => [
  ...options.flatMap((option) => option.names),
  '--help',
];

/** Arms of a `case` on command and last option: values of options that are limited to some. */
const valueArms = (all: readonly CommandNode[]): string[] =>
  all.flatMap(({ path, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(
        ({ names: own, choices }) =>
          `${own.map((name) => `'${path.join(' ')} ${name}'`).join('|')}) values='${choices.join(' ')}' ;;`,
      ),
  );

/** Arms of a `case` on the command: what may follow it, and whether that may be a file. */
const wordArms = (all: readonly CommandNode[]): string[] =>
  all.map(
    (node) =>
      `'${node.path.join(' ')}') words='${[names(node.below), ...optionNames(node)].join(' ').trim()}' ;;`,
  );

/** Finds which command is being typed: what the words before the current one name, two of them at most. */
const FIND = [
  'for word in "${before[@]}"; do',
  '  case " $known " in',
  '    *" ${command:+$command/}$word "*) command="${command:+$command/}$word" ;;',
  '  esac',
  'done',
];

function body(commands: readonly CommandNode[], all: readonly CommandNode[]): string[] {
  const known = all.map(({ path }) => path.join('/')).join(' ');
  return [
    `local known='${known}'`,
    ...FIND,
    'command="${command//\\// }"',
    'case "$command $previous" in',
    ...valueArms(all).map((arm) => `  ${arm}`),
    'esac',
    'case "$command" in',
    `  '') words='${names(commands)} --help --version' ;;`,
    ...wordArms(all).map((arm) => `  ${arm}`),
    'esac',
  ];
}

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join('\n');

const bash = (
  commands: readonly CommandNode[],
  all: readonly CommandNode[],
): string => `# bash completion for twinproof
_twinproof() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}") command='' words='' values='' word
${indented(body(commands, all))}
  if [ -n "$values" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
  elif [ -n "$command" ] && [[ "$current" != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; compgen -f -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
}
complete -o filenames -F _twinproof twinproof
`;

const zsh = (commands: readonly CommandNode[], all: readonly CommandNode[]): string => `#compdef twinproof
# zsh completion for twinproof
_twinproof() {
  local previous="\${words[CURRENT-1]}" command='' values='' word
  local -a before=("\${(@)words[2,CURRENT-1]}")
  local words=''
${indented(body(commands, all))}
  if [[ -n "$values" ]]; then
    compadd -- \${=values}
  else
    compadd -- \${=words}
    [[ -n "$command" ]] && _files
  fi
}
compdef _twinproof twinproof
`;

/** In fish each candidate is a line with the condition under which it is one. */
function fish(commands: readonly CommandNode[], all: readonly CommandNode[]): string {
  const top = names(commands);
  const under = ({ path }: CommandNode): string => {
    const [first = '', second] = path;
    const seen = `__fish_seen_subcommand_from ${first}`;
    return second === undefined ? seen : `${seen}; and __fish_seen_subcommand_from ${second}`;
  };
  const lines = [
    '# fish completion for twinproof',
    'complete -c twinproof -n __fish_use_subcommand -f',
    ...commands.map(
      ({ path, description }) =>
        `complete -c twinproof -n __fish_use_subcommand -a ${path[0] ?? ''} -d ${quoted(description)}`,
    ),
    ...all.flatMap((node) => [
      ...node.below.map(
        ({ path, description }) =>
          `complete -c twinproof -n '${under(node)}; and not __fish_seen_subcommand_from ${names(node.below)}' -f -a ${path.at(-1) ?? ''} -d ${quoted(description)}`,
      ),
      ...node.options.flatMap(({ names: own, takesValue, choices, description }) =>
        own
          .filter((name) => name.startsWith('--'))
          .map((name) => {
            const value = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : takesValue ? ' -r' : '';
            return `complete -c twinproof -n '${under(node)}' -l ${name.slice(2)}${value} -d ${quoted(description)}`;
          }),
      ),
    ]),
  ];
  return `${lines.join('\n')}\n# commands: ${top}\n`;
}

/** In single quotes fish knows only these two. */
const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
