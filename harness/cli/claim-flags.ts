import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import type { ClaimDeclaration } from '../model/claim.ts';

interface ClaimFlag {
  claim: string;
  key: string;
  option: Option;
}

/** A flag for each option of a claim that wants one: `--CLAIM VALUE`, or `--CLAIM-KEY VALUE` where there are several. */
function flagsOf({ id, options }: ClaimDeclaration): ClaimFlag[] {
  if (options === undefined) return [];
  const shape = Object.entries<z.core.$ZodType>(options.schema.shape);
  return shape.flatMap(([key, schema]) => {
    const help = options.notes[key]?.flag;
    if (help === undefined) return [];
    const name = shape.length === 1 ? id : `${id}-${key}`;
    const option = new Option(`--${name} <${key}>`, help);
    if (schema instanceof z.ZodEnum) option.choices(schema.options.map(String));
    else option.argParser((text: string) => parsed(schema, text));
    return { claim: id, key, option };
  });
}

/** As text, or as a number where the schema wants one. */
function parsed(schema: z.core.$ZodType, text: string): unknown {
  const values = /^-?[0-9]+(?:\.[0-9]+)?$/.test(text) ? [text, Number(text)] : [text];
  const results = values.map((value) => z.safeParse(schema, value));
  const taken = results.find(({ success }) => success);
  if (taken !== undefined) return taken.data;
  throw new InvalidArgumentError(`${results.at(-1)?.error?.issues[0]?.message ?? 'it is not taken'}.`);
}

/** Adds the flags of these claims to a command. */
export function addClaimFlags(command: Command, claims: Iterable<ClaimDeclaration>): Command {
  for (const { option } of [...claims].flatMap(flagsOf)) command.addOption(option);
  return command;
}

/** What the flags that were given ask of one claim. */
export function flaggedOptions(
  claim: ClaimDeclaration,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const set = flagsOf(claim).map(({ key, option }) => [key, given[option.attributeName()]] as const);
  return Object.fromEntries(set.filter(([, value]) => value !== undefined));
}
