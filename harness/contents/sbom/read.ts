import type { z } from 'zod';
import { TwinproofError } from '../../errors.ts';
import { compareText } from '../../model/text-order.ts';
import { parseJson } from '../../oci/json.ts';
import type { Json } from '../../oci/types.ts';
import { CYCLONE_DX, readCycloneDx } from './read-cyclonedx.ts';
import { SPDX, readSpdx } from './read-spdx.ts';
import type { Sbom, SbomPackage } from './types.ts';
import { isObject, unwrapped } from './unwrap.ts';

/**
 * An SBOM as Syft, Trivy, Mobster, Hermeto, BuildKit and apko write it: SPDX 2.2 and 2.3, CycloneDX 1.2 to 1.7, in JSON, by
 * itself or in what carries it (see `unwrapped`).
 * @param where its file, for errors
 * @throws TwinproofError `record-invalid`
 */
export function readSbom(bytes: Uint8Array, where: string): Sbom {
  const parse = (text: Uint8Array): Json => jsonOf(text, where);
  const { document, subjects } = unwrapped(parse(bytes), parse);
  const sbom =
    isObject(document) && 'bomFormat' in document
      ? readCycloneDx(parsed(CYCLONE_DX, document, where))
      : readSpdx(parsed(SPDX, document, where));
  const all = [...new Set([...subjects, ...sbom.subjects])];
  return { ...sbom, subjects: all, packages: distinct(sbom.packages) };
}

function jsonOf(bytes: Uint8Array, where: string): Json {
  try {
    return parseJson(bytes, where);
  } catch (cause) {
    if (!(cause instanceof TwinproofError)) throw cause;
    throw new TwinproofError('record-invalid', `this is no JSON: ${cause.message}`, { where, cause });
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: Json, where: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = issue === undefined ? '' : `/${issue.path.join('/')}: ${issue.message}`;
  throw new TwinproofError('record-invalid', `no SBOM that is read here: ${at}`, {
    where,
    hint: 'SPDX 2.2 and 2.3 and CycloneDX 1.2 to 1.7 are read, in JSON',
  });
}

/** The same package may stand in a document several times: once a layer, once a file that names it. */
function distinct(packages: readonly SbomPackage[]): SbomPackage[] {
  const text = ({ format, name, version, architecture }: SbomPackage): string =>
    [format, name, version, architecture].join('\n');
  const byText = new Map(packages.map((item) => [text(item), item]));
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, item]) => item);
}
