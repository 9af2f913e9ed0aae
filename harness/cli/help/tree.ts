import type { Command, Option } from 'commander';

/** A command as help, completion and man pages know it. */
export interface CommandNode {
  /** Names from the top, without that of the program. */
  path: readonly string[];
  description: string;
  arguments: readonly { name: string; required: boolean; description: string }[];
  options: readonly OptionNode[];
  below: readonly CommandNode[];
}

interface OptionNode {
  /** As written in help: `-x, --name <value>`. */
  flags: string;
  /** `--name`, and the short form where there is one. */
  names: readonly string[];
  takesValue: boolean;
  /** Values that it is limited to. */
  choices: readonly string[];
  description: string;
}

export const treeOf = (commands: readonly Command[]): CommandNode[] =>
  commands.map((command) => nodeOf(command, [command.name()]));

/** A node and all below it. */
export const withBelow = (node: CommandNode): CommandNode[] => [node, ...node.below.flatMap(withBelow)];

const nodeOf = (command: Command, path: readonly string[]): CommandNode => ({
  path,
  description: command.description(),
  arguments: command.registeredArguments.map((argument) => ({
    name: argument.name(),
    required: argument.required,
    description: argument.description,
  })),
  options: command.options.filter(({ hidden }) => !hidden).map(optionOf),
  below: command.commands.map((below) => nodeOf(below, [...path, below.name()])),
});

const optionOf = (option: Option): OptionNode => ({
  flags: option.flags,
  names: [option.short, option.long].flatMap((name) => name ?? []),
  takesValue: option.required || option.optional,
  choices: option.argChoices ?? [],
  description: option.description,
});
