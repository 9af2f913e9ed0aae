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
    .array(z.union([z.string(), PRODUCT.extend({ subcomponents: z.array(PRODUCT).nullish() })]))
    .nullish(),
  status: z.enum(['not_affected', 'affected', 'fixed', 'under_investigation']),
  justification: z.string().nullish(),
  impact_statement: z.string().nullish(),
});

/** OpenVEX 0.2.0, and 0.0.1, in which vulnerabilities and products are plain texts. */
export const OPEN_VEX = z.object({
  '@context': z.string().startsWith('https://openvex.dev/ns'),
  timestamp: z.string().nullish(),
  last_updated: z.string().nullish(),
  statements: z.array(STATEMENT),
});
type OpenVex = z.output<typeof OPEN_VEX>;
type Product = z.output<typeof PRODUCT>;

/** What somebody says of a vulnerability in a product. */
export interface Statement {
  /** Names of the vulnerability. */
  names: string[];
  status: 'not_affected' | 'affected' | 'fixed' | 'under_investigation';
  /** RFC 3339; the later of two that contradict each other counts. */
  time: string | null;
  /** Package URLs and digests (`sha256:…`) of products, each with those of its parts; none: the whole product. */
  products: { product: string[]; parts: string[][] }[];
  /** Why, in the words of the statement. */
  why: string;
  /** `file#/statements/3`. */
  where: string;
}

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
      ...{ names, status },
      time:
        statement.last_updated ?? statement.timestamp ?? document.last_updated ?? document.timestamp ?? null,
      products: (products ?? []).map((product) =>
        typeof product === 'string'
          ? { product: [product], parts: [] }
          : { product: idsOf(product), parts: (product.subcomponents ?? []).map(idsOf) },
      ),
      why: justification ?? impact ?? '',
      where: `${file}#/statements/${i}`,
    };
  });
}

function idsOf({ '@id': id, identifiers, hashes }: Product): string[] {
  const sha256 = hashes?.['sha-256'] ?? hashes?.sha256;
  return [id, identifiers?.purl, sha256 === undefined ? null : `sha256:${sha256}`].filter(
    (text) => typeof text === 'string',
  );
}
