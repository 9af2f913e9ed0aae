import { expect, test } from 'vitest';
import { minimal } from '../../claims/minimal.ts';
import { origin } from '../../claims/origin.ts';
import { sbom } from '../../claims/sbom.ts';
import { vulnerabilities } from '../../claims/vulnerabilities.ts';
import type { TestEntry } from '../oci/tar/tar.ts';
import { cleanImage, type MadeImage, verdictsOf } from './made-image.ts';

export type Change = (made: MadeImage) => void;
type Row = [what: string, fault: Change, twin: Change];

const HOLD = { origin: 'pass', minimal: 'pass', sbom: 'pass', vulnerabilities: 'pass' };

/** Rows of a claim: each fault changes its verdict and no other, each twin none. */
export function faultTable(claim: keyof typeof HOLD, verdict: string, rows: Row[]): void {
  test.each(rows)(`${claim}, ${verdict}: %s`, async (_, fault, twin) => {
    const claims = [origin, minimal, sbom, vulnerabilities];
    const bad = cleanImage();
    fault(bad);
    expect(await verdictsOf(bad, claims)).toEqual({ ...HOLD, [claim]: verdict });
    const good = cleanImage();
    twin(good);
    expect(await verdictsOf(good, claims)).toEqual(HOLD);
  });
}

/** A layer with these entries on top. */
export const add =
  (...entries: TestEntry[]): Change =>
  ({ layers }) =>
    layers.push(entries);
