import type { Instruction } from '../../compare/types.ts';
import type { Interpreter } from './program-names.ts';

/** What can be wrong with an image that is to be minimal and hardened. */
export const FINDING_KINDS = [
  'shell',
  'package-manager',
  'interpreter',
  'setuid',
  'capability',
  'world-writable',
  'user-writable',
  'root-user',
  'password',
  'private-key',
  'token',
  'leftover',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** Where something comes from, as far as the image says. */
export interface Source {
  /** Number of the layer, from 0; null for what stands in the config. */
  layer: number | null;
  instruction: Instruction | null;
  /** Package that owns the path; null where none does. */
  owner: string | null;
}

export interface ContentsFinding extends Source {
  kind: FindingKind;
  /** Without a leading slash; a JSON pointer into the config for what stands there. */
  path: string;
  /** What it is, in a few words. */
  what: string;
}

/** What an image may have. */
export interface Policy {
  /** Kinds that do not count. */
  allowed: readonly FindingKind[];
  /** Interpreters that count. */
  interpreters: readonly Interpreter[];
}
