/** What can happen to a machine. */
export const HAPPENINGS = [
  'started',
  'up',
  'not up',
  'rewound',
  'offered',
  'shut down',
  'power cut',
  'ended',
] as const;
export type Happening = (typeof HAPPENINGS)[number];

export interface LifeEvent {
  /** Of all machines of a subject, the first one is 1; copies have numbers of their own. */
  machine: number;
  /** Seconds since the first one was made. */
  at: number;
  what: Happening;
  /** More of it, for people; empty where there is none. */
  text: string;
}

/** Events that are kept; twenty power cuts have a hundred. */
const MOST = 1000;
const LONGEST = 200;

/** All that happened to the machines of one subject, in order. */
export class Life {
  readonly events: LifeEvent[] = [];
  readonly #begun = Date.now();
  #machines = 0;

  /** Notes what happens to another machine of the subject. */
  machine(): (what: Happening, text?: string) => void {
    const machine = (this.#machines += 1);
    return (what, text = '') => {
      if (this.events.length >= MOST) return;
      const at = Math.round((Date.now() - this.#begun) / 100) / 10;
      this.events.push({ machine, at, what, text: text.slice(0, LONGEST) });
    };
  }
}
