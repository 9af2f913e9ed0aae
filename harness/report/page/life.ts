import type { Json } from '../causes.ts';
import { asList, asObject, asText } from '../causes.ts';
import type { PageRow } from './model.ts';

/** Something that happened to a machine of a subject, and the claim that recorded it. */
export interface Event {
  claim: string;
  machine: number;
  /** Seconds. */
  at: number;
  what: string;
  text: string;
}

/** What a machine did for some time. */
export interface Stretch {
  kind: 'boots' | 'runs' | 'hangs';
  from: number;
  to: number;
}

export interface Lane {
  machine: number;
  stretches: Stretch[];
  /** What happened at one moment. */
  moments: Event[];
}

/** Of one subject; twenty power cuts have some hundred. */
const MOST = 2000;
/** Seconds; longer than any run. */
const LONGEST = 10_000_000;

/** All that the claims of a subject recorded of its machines, in order. The log may come from anywhere. */
export function lifeOf({ cells }: PageRow): Event[] {
  const found = [...cells].flatMap(([claim, { result }]) =>
    asList(result?.detail.life)
      .slice(0, MOST)
      .flatMap((value) => eventOf(claim, value)),
  );
  return found.sort((a, b) => a.at - b.at || a.machine - b.machine).slice(0, MOST);
}

function eventOf(claim: string, value: Json): Event[] {
  const { machine, at, what, text } = asObject(value);
  if (typeof machine !== 'number' || typeof at !== 'number' || !(at >= 0 && at < LONGEST)) return [];
  return [{ claim, machine, at, what: asText(what), text: asText(text) }];
}

const ENDS = ['shut down', 'ended', 'power cut'];

/** A lane a machine. @param end when the last thing happened */
export function lanesOf(events: readonly Event[], end: number): Lane[] {
  return [...Map.groupBy(events, ({ machine }) => machine)]
    .sort(([a], [b]) => a - b)
    .map(([machine, own]) => ({
      machine,
      stretches: stretchesOf(own, end),
      moments: own.filter(({ what }) => !['started', 'up'].includes(what)),
    }));
}

function stretchesOf(events: readonly Event[], end: number): Stretch[] {
  const found: Stretch[] = [];
  let open: Stretch | null = null;
  const close = (at: number): void => {
    if (open !== null) found.push({ ...open, to: at });
    open = null;
  };
  for (const { what, at } of events) {
    if (what === 'started' || what === 'up') {
      close(at);
      open = { kind: what === 'started' ? 'boots' : 'runs', from: at, to: at };
    } else if (what === 'not up') {
      const since: Stretch = open ?? { kind: 'boots', from: at, to: at };
      open = { ...since, kind: 'hangs' };
    } else if (ENDS.includes(what)) close(at);
  }
  close(end);
  return found;
}

/** Seconds between two marks of an axis of that length: eight to sixteen of them. */
export function stepOf(seconds: number): number {
  const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400];
  return steps.find((step) => seconds / step <= 12) ?? Math.ceil(seconds / 12);
}
