import { describe, expect, it } from 'vitest';
import { expectReported, look, reported } from '../../testing/inside/inside.ts';
import { pe } from '../../testing/inside/pe.ts';

describe('pe', () => {
  it('names all times, and a time that is a hash as what follows from the file', async () => {
    await expectReported(pe(1_700_000_000), pe(1_700_000_009), [
      'pe time',
      'pe debug-time 1',
      'pe debug-time 2',
    ]);
    const hashed = (time: number): Buffer => pe(time, { reproducible: true });
    await expectReported(hashed(123), hashed(456), [
      'pe build-id in time',
      'pe build-id in debug-time 1',
      'pe build-id in debug-time 2',
    ]);
  });

  it('names the identity of debugging information, and a checksum only where it is wrong', async () => {
    await expectReported(pe(1), pe(1, { identity: 'j'.repeat(20) }), ['pe codeview-build-id 1']);
    await expectReported(pe(1), pe(1, { checksum: 7 }), ['pe has-checksum', 'pe wrong-checksum']);
  });

  it('goes into sections, and to what no section holds', async () => {
    expect(reported(await look(pe(1), pe(1, { code: 'edoc' })))).toEqual([
      'pe/strings:.rdata diff',
      'pe/strings:.rdata bytes',
    ]);
    const longer = Buffer.concat([pe(1), Buffer.from('x\n')]);
    expect(reported(await look(pe(1), longer))).toEqual(['pe/text:rest diff']);
  });

  it('shows what is cut off as bytes', async () => {
    expect(reported(await look(pe(1).subarray(0, 250), pe(2).subarray(0, 250)))).toEqual(['bytes bytes']);
  });
});
