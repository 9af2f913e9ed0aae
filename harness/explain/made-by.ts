import { type Instruction, parseContainerfile, wholeText } from '../containerfile/parse.ts';
import { type Stage, originOf, stageRanges } from './fixes/containerfile.ts';

/** One instruction of a Containerfile. */
export interface MadeBy {
  /** Its first line, counted from 1. */
  line: number;
  /** On one line, bounded. */
  text: string;
  /** Name or number of its stage when that is not the last one; else null. */
  stage: string | null;
}

/** Instructions that bring files into an image. */
const WRITES = new Set(['RUN', 'COPY', 'ADD']);
const MAX_TEXT = 300;

/** Files that tools write without being told their names, by the commands of those tools. */
const WRITERS: readonly [RegExp, RegExp][] = [
  [
    /(?:^|\/)etc\/(?:passwd|shadow|group|gshadow|sub[ug]id)-?$/,
    /\b(?:useradd|groupadd|adduser|addgroup|usermod|chpasswd|passwd)\b/,
  ],
  [/\/rpm\/|\/libdnf5?\/|\/var\/(?:lib|cache)\/(?:dnf|yum)\//, /\b(?:dnf5?|microdnf|yum|rpms?|rpmdb)\b/],
  [
    /\/dpkg\/|\/var\/(?:lib|cache)\/apt\/|\/var\/log\/(?:apt|dpkg)/,
    /\b(?:apt|apt-get|apt-cache|dpkg|debootstrap|mmdebstrap|debs?)\b/,
  ],
  [/\/lib\/apk\/|\/etc\/apk\//, /\bapk\b/],
  [/\.pyc$/, /\bpython3?\b|\bpip3?\b|py_?compile/],
  [/\/ssh_host_\w+/, /\bssh-keygen\b/],
  [/\/etc\/machine-id$/, /\b(?:systemd|dbus)\b/],
  [/\/ldconfig\/aux-cache$|\/ld\.so\.cache$/, /\bldconfig\b/],
];

/** How much of a path, from its end, an instruction names: 3 for `etc/app/x`, 1 for `x`, 0 for nothing. */
function mentions(text: string, parts: readonly string[]): number {
  for (let from = 0; from < parts.length; from++) {
    const tail = parts.slice(from).join('/');
    if (tail.length > 2 && text.includes(tail)) return parts.length - from;
  }
  return 0;
}

function flat(instruction: Instruction): string {
  const line = wholeText(instruction).replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}

/** Of all instructions the one that stands out, if one does. */
function only<T>(found: readonly T[]): T | null {
  return found.length === 1 ? (found[0] ?? null) : null;
}

function best(candidates: readonly Instruction[], path: string): Instruction | null {
  const parts = path.split('/').filter((part) => part !== '');
  for (const names of [parts, parts.slice(0, -1)]) {
    const scores = candidates.map((candidate) => mentions(wholeText(candidate), names));
    const most = Math.max(0, ...scores);
    const found = only(candidates.filter((_, at) => most > 0 && scores[at] === most));
    if (found !== null && names === parts) return found;
    const writers = WRITERS.find(([known]) => known.test(path))?.[1];
    const writer = only(candidates.filter((candidate) => writers?.test(wholeText(candidate)) === true));
    if (writer !== null || found !== null) return writer ?? found;
  }
  return only(candidates);
}

/** The instructions of a stage, after those of the stages that it begins with. */
function stepsOf(stage: Stage, steps: readonly Instruction[]): Instruction[] {
  const own = steps.slice(stage.from, stage.to);
  const earlier = stageRanges(steps).find(({ name, from }) => name === stage.base && from < stage.from);
  return earlier === undefined ? own : [...stepsOf(earlier, steps), ...own];
}

/**
 * The instruction that made a path of the image, followed through `COPY --from` into the stage that it comes from. Null
 * where that cannot be determined: several instructions could have made it.
 */
export function madeBy(path: string, recipe: string): MadeBy | null {
  const steps = parseContainerfile(recipe);
  const origin = originOf(path, steps);
  if (origin === null) return null;
  const { stage } = origin;
  const candidates = stepsOf(stage, steps).filter(({ keyword }) => WRITES.has(keyword));
  const found = best(candidates, origin.path);
  if (found === null) return null;
  const at = steps.indexOf(found);
  const of = stageRanges(steps).findLast(({ from }) => from <= at);
  return {
    line: found.line,
    text: flat(found),
    stage: of === undefined || of.to === steps.length ? null : of.name,
  };
}
