import type { Policy } from './types.ts';

/** Policies by name, the strictest first. */
export const POLICIES = {
  /** Only what the application needs: no shell, no package manager. */
  distroless: { allowed: [] },
  /** For images in which others are built: with shell and package manager, and root to install with. */
  builder: { allowed: ['shell', 'package-manager', 'root-user'] },
} as const satisfies Record<string, Pick<Policy, 'allowed'>>;

export type PolicyName = keyof typeof POLICIES;
export const POLICY_NAMES = Object.keys(POLICIES) as PolicyName[];
