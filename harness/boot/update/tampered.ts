/** What became of an update of which a byte was changed on the way. */
export interface Tampered {
  /** Why it was not taken, in the tools' words; null when it was. */
  refused: string | null;
  /** Manifests of what runs, and of all that can be started, after that. */
  running: string;
  deployments: string[];
}

/** What must not be after that; one line each. */
export function tamperedFaults({ refused, running, deployments }: Tampered, from: string): string[] {
  return [
    ...(refused === null ? ['a changed file of an update was taken'] : []),
    ...(running === from ? [] : [`it says that it runs ${running}`]),
    ...(deployments.join() === from ? [] : ['there are other systems to start than before']),
  ];
}
