/** How long a server may take, and how often it is asked again. */
export interface Patience {
  /** Milliseconds without (nearly) any byte until an answer counts as stalled. */
  stall: number;
  /** Tries in a row at one place that brought nearly nothing. */
  tries: number;
  /** Milliseconds before the second try; doubles with each further one. */
  pause: number;
  /** Milliseconds waited at most, whatever the server asks for. */
  longest: number;
}

export const PATIENCE: Patience = { stall: 30_000, tries: 5, pause: 500, longest: 60_000 };
