import type { VariationChoice, Settings, TwinPlace } from './types.ts';

/** Why what is set for a twin would not reach what runs in it; null when it does. */
export const outOfReach = ({ recipe, machine }: TwinPlace): string | null =>
  recipe === 'containerfile' ? machine.noRuntime : null;

/** An variation that is set by the runtime, or around the command. */
export function within(
  twin: TwinPlace,
  choice: { value: string; markers: string[]; settings: Partial<Settings> },
): VariationChoice {
  const reason = outOfReach(twin);
  return reason === null ? choice : { notApplied: reason };
}

/** An variation that is a matter of environment variables alone. */
export const withVariables = (
  twin: TwinPlace,
  { value, markers, variables }: { value: string; markers: string[]; variables: Record<string, string> },
): VariationChoice => within(twin, { value, markers, settings: { variables } });
