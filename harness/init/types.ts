/** Something in a Containerfile that keeps a build from working, or from being the same, without a network. */
export interface InitFinding {
  /** Counted from 1; 0 for what is of no line. */
  line: number;
  what: string;
  /** What to do about it. */
  change: string[];
  /** The build cannot succeed before that is done; otherwise it works, and something should be better. */
  blocks: boolean;
}
