import type { AxisChoice, Settings, TwinPlace } from './types.ts';

/** Why what is set for a twin would not reach what runs in it; null when it does. */
export const outOfReach = ({ recipe, machine }: TwinPlace): string | null =>
  recipe === 'containerfile' ? machine.noRuntime : null;

/** An axis that is set by the runtime, or around the command. */
export function within(
  twin: TwinPlace,
  choice: { value: string; planted: string[]; settings: Partial<Settings> },
): AxisChoice {
  const reason = outOfReach(twin);
  return reason === null ? choice : { notApplied: reason };
}

/** An axis that is a matter of environment variables alone. */
export const withVariables = (
  twin: TwinPlace,
  { value, planted, variables }: { value: string; planted: string[]; variables: Record<string, string> },
): AxisChoice => within(twin, { value, planted, settings: { variables } });
