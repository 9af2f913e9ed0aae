import type { Confidence } from '../model/confidence.ts';
import { isBuildId } from './causes/build-id.ts';
import type { Attribution, DifferenceSite } from './types.ts';
import { weightOfAll } from './weight.ts';

export interface Named extends Attribution {
  id: string;
  /** What it accounts for, and no cause that is believed before it. */
  won?: readonly DifferenceSite[];
}

const SURENESS: Record<Confidence, number> = { proven: 0, exact: 1, likely: 2 };

/** What to say of a place. */
export interface Believed {
  main: Named[];
  /** Could be instead. */
  others: Named[];
  /** Explained by none. */
  left: DifferenceSite[];
}

/** Which claims to believe: for each site the surest, then the first. What explains the file as a whole comes first. */
export function believed(claims: readonly Named[], sites: readonly DifferenceSite[]): Believed {
  const whole = claims.find((claim) => claim.whole === true);
  const ranked = claims.toSorted(
    (a, b) => Number(b === whole) - Number(a === whole) || SURENESS[a.confidence] - SURENESS[b.confidence],
  );
  const left = new Set(sites);
  const main: Named[] = [];
  const taken = new Set<Named>();
  for (const claim of ranked) {
    // Two things can leak into one line; each that is proven is true.
    const proven = claim.confidence === 'proven' && whole === undefined;
    const wins = claim === whole || proven || claim.sites.some((site) => left.has(site));
    if (!wins) continue;
    main.push({ ...claim, won: claim.sites.filter((site) => left.has(site)) });
    taken.add(claim);
    for (const site of claim.sites) left.delete(site);
  }
  // With a certain cause at hand a guess about the same place is noise.
  const others = claims.filter(
    (claim) =>
      !taken.has(claim) && whole === undefined && main.every(({ confidence }) => confidence === 'likely'),
  );
  const leading = main.filter(({ id }) => id !== 'build-id');
  return { main: [...leading, ...main.filter((claim) => !leading.includes(claim))], others, left: [...left] };
}

/** Sections of an ELF file that hold addresses or offsets into others, and so change when those grow. */
const ADDRESSING =
  /^\.(?:text|init|fini|plt\S*|got\S*|rela?\.\S+|relr\.dyn|dynamic|dynsym|symtab|hash|gnu\.hash|data\.rel\.ro\S*|eh_frame\S*|gcc_except_table|init_array|fini_array|debug_\w+)(?: >|$)/;

const isAddressing = ({ kind, part }: DifferenceSite): boolean => kind === 'bytes' && ADDRESSING.test(part);

/** A text in a program is longer on one side, so that what comes after it stands elsewhere; code does not come after debugging information. */
function movesCode(main: readonly Named[]): boolean {
  const isLoaded = (part: string): boolean => part.startsWith('.') && !/^\.z?debug_/.test(part);
  return main.some(({ sites }) =>
    sites.some(({ kind, part, a, b }) => kind === 'text' && isLoaded(part) && a.length !== b.length),
  );
}

/** What a file system keeps of its identity turns up in many other places of it, which are not read. */
const MANIFOLD = new Set(['filesystem-identity']);

/** Each is a guess about some of what differs; a file that is explained as a whole is not changed by anybody. */
const areGuesses = (main: readonly Named[]): boolean =>
  main.length > 0 &&
  main.every(({ id, confidence, whole }) => confidence === 'likely' && whole !== true && !MANIFOLD.has(id));

const isContent = ({ kind }: DifferenceSite): boolean => kind !== 'attribute';

/** What a linker makes from the rest is known to follow; it says nothing for or against. */
const counts = (site: DifferenceSite): boolean => isContent(site) && !isBuildId(site);

/**
 * Somebody changed the file, where guesses account for less of its content than what is left: then they are what could be
 * besides, and what they say of attributes alone stands.
 */
function withoutMinorities({ main, others, left }: Believed): Believed {
  const explained = new Set(main.flatMap(({ sites }) => sites.filter(counts)));
  const rest = weightOfAll(left.filter(counts));
  const beaten = rest > 0 && areGuesses(main) && rest > weightOfAll([...explained]);
  if (!beaten) return { main, others, left };
  const stand = main.filter(({ sites }) => !sites.some(isContent));
  const fallen = main.filter((claim) => !stand.includes(claim));
  return { main: stand, others: [...fallen.filter(({ id }) => id !== 'build-id'), ...others], left };
}

/** What to say of a file, all things considered. */
export function settled(claims: readonly Named[], sites: readonly DifferenceSite[]): Believed {
  const first = believed(claims, sites);
  if (!movesCode(first.main)) return withoutMinorities(first);
  return { ...first, left: first.left.filter((site) => !isAddressing(site)) };
}
