import { z } from 'zod';

const PRODUCT = z.object({
  '@id': z.string().nullish(),
  identifiers: z.record(z.string(), z.string()).nullish(),
  hashes: z.record(z.string(), z.string()).nullish(),
});
const STATEMENT = z.object({
  vulnerability: z.union([
    z.string(),
    z.object({ name: z.string(), '@id': z.string().nullish(), aliases: z.array(z.string()).nullish() }),
  ]),
  timestamp: z.string().nullish(),
  last_updated: z.string().nullish(),
  products: z
    .array(
      z.union([
        z.string(),
        PRODUCT.extend({ subcomponents: z.array(z.union([z.string(), PRODUCT])).nullish() }),
      ]),
    )
    .nullish(),
  status: z.enum(['not_affected', 'affected', 'fixed', 'under_investigation']),
  justification: z.string().nullish(),
  impact_statement: z.string().nullish(),
});

/** OpenVEX 0.2.0, and 0.0.1, in which vulnerabilities and products are plain texts. */
export const OPEN_VEX = z.object({
  '@context': z.string().startsWith('https://openvex.dev/ns'),
  '@id': z.string().nullish(),
  version: z.union([z.number(), z.string()]).nullish(),
  timestamp: z.string().nullish(),
  last_updated: z.string().nullish(),
  statements: z.array(STATEMENT),
});
export type OpenVex = z.output<typeof OPEN_VEX>;
type Product = z.output<typeof PRODUCT>;

/** A product that a statement is about. */
export interface StatedProduct {
  /** Package URLs and digests (`sha256:…`). */
  product: string[];
  /** Those of its parts that it is about; none: the whole product. */
  parts: string[][];
  /** Whether it is about this version of the package, where that says more than the package URL. */
  isVersion?: (version: string) => boolean;
}

/** What somebody says of a vulnerability in a product. */
export interface Statement {
  /** Names of the vulnerability. */
  names: string[];
  status: 'not_affected' | 'affected' | 'fixed' | 'under_investigation';
  /** RFC 3339; the later of two that contradict each other counts. */
  time: string | null;
  products: StatedProduct[];
  /** Why, in the words of the statement. */
  why: string;
  /** `file#/statements/3`. */
  where: string;
}

const KNOWN_JUSTIFICATIONS = new Set([
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
]);

/** A statement that a product is not affected must say why (OpenVEX 0.2.0, "Status Justifications"); others count for nothing. */
export const isJustified = ({ status, why }: Statement): boolean => status !== 'not_affected' || why !== '';

/** The statements of an OpenVEX document. */
export function statementsOf(document: OpenVex, file: string): Statement[] {
  return document.statements.map((statement, i) => {
    const { vulnerability, products, status, justification, impact_statement: impact } = statement;
    const names =
      typeof vulnerability === 'string'
        ? [vulnerability]
        : [vulnerability.name, ...(vulnerability.aliases ?? [])];
    return {
      ...{ names, status, time: timeOf(statement, document) },
      products: (products ?? []).map((product) =>
        typeof product === 'string'
          ? { product: [product], parts: [] }
          : { product: idsOf(product), parts: (product.subcomponents ?? []).map(idsOf) },
      ),
      why: reasonOf(justification ?? '', impact ?? ''),
      where: `${file}#/statements/${i}`,
    };
  });
}

const reasonOf = (justification: string, impact: string): string =>
  KNOWN_JUSTIFICATIONS.has(justification) ? justification : impact.trim();

/**
 * When what a statement says was known: its own time, else its document's. That it was edited later makes it no newer where it
 * takes something back.
 */
function timeOf(
  { status, timestamp, last_updated: updated }: z.output<typeof STATEMENT>,
  document: OpenVex,
): string | null {
  const known = timestamp ?? document.timestamp ?? null;
  return status === 'not_affected' || status === 'fixed' ? known : (updated ?? known);
}

function idsOf(product: Product | string): string[] {
  if (typeof product === 'string') return [product];
  const { '@id': id, identifiers, hashes } = product;
  const sha256 = hashes?.['sha-256'] ?? hashes?.sha256;
  return [id, identifiers?.purl, sha256 === undefined ? null : `sha256:${sha256.toLowerCase()}`].filter(
    (text) => typeof text === 'string',
  );
}
