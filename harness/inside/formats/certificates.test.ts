import { describe, expect, it } from 'vitest';
import { expectReported } from '../../testing/inside/inside.ts';

// Made by `openssl req -x509` with the same key, and serial numbers 1 and 2.
const ONE =
  'MIIBGTCBzKADAgECAgEBMAUGAytlcDAMMQowCAYDVQQDDAFhMB4XDTI2MTEyNDIxMTIwMFoXDTM2MTEyMTIxMTIwMFowDDEKMAgGA1UEAwwBYTAqMAUGAytlcAMhANUNKSXCPhBexS+LyLflm6W11R1Lho6gZAWLVnbo83Cyo1MwUTAdBgNVHQ4EFgQUEukKjFyBgZfueVdIdzcXLorjmBcwHwYDVR0jBBgwFoAUEukKjFyBgZfueVdIdzcXLorjmBcwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQD9Tvt5Yc06nHWQu+a2tCqRGnLYhaqOfbG1Qwx8FuHF2qIGGaKr2U2sXK5g2ykMlyPLN6U7r0Se+ZnIm0HRlyEG';
const TWO =
  'MIIBGTCBzKADAgECAgECMAUGAytlcDAMMQowCAYDVQQDDAFhMB4XDTI2MTEyNDIxMTIwMFoXDTM2MTEyMTIxMTIwMFowDDEKMAgGA1UEAwwBYTAqMAUGAytlcAMhANUNKSXCPhBexS+LyLflm6W11R1Lho6gZAWLVnbo83Cyo1MwUTAdBgNVHQ4EFgQUEukKjFyBgZfueVdIdzcXLorjmBcwHwYDVR0jBBgwFoAUEukKjFyBgZfueVdIdzcXLorjmBcwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQBNG8sYRnq7kPSOqElUWkCuFUo8Uy0oSEGhyWRHRqkkUbh9u4T1EYKQOBbJ2ptiyKRcE7/4URJEmnK8XdFXAc0O';

const der = (text: string): Buffer => Buffer.from(text, 'base64');
const pem = (text: string): string =>
  `-----BEGIN CERTIFICATE-----\n${text.replaceAll(/(.{64})/g, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n`;

describe('certificates', () => {
  it('are read in DER', async () => {
    const node = await expectReported(der(ONE), der(TWO), ['x509 serial', 'x509 bytes']);
    expect(node?.fields[0]).toEqual({ field: 'serial', offset: null, a: '01', b: '02' });
  });

  it('are read in text, one or several', async () => {
    await expectReported(Buffer.from(pem(ONE)), Buffer.from(pem(TWO)), ['pem serial', 'pem diff']);
    const node = await expectReported(Buffer.from(pem(ONE) + pem(ONE)), Buffer.from(pem(ONE) + pem(TWO)), [
      'pem certificate 2 serial',
      'pem diff',
    ]);
    expect(node?.diff).toContain('-----END CERTIFICATE-----');
  });

  it('say of a time that is none that it is none', async () => {
    const broken = der(ONE);
    broken[broken.indexOf('261124211200Z')] = 0;
    const node = await expectReported(der(ONE), broken, ['x509 not-before', 'x509 bytes']);
    expect(node?.fields[0]).toMatchObject({ a: '2026-11-24T21:12:00.000Z', b: 'Bad time value' });
  });

  it('are text where they are broken', async () => {
    const broken = pem(ONE).replace('MII', 'MIJ');
    await expectReported(Buffer.from(pem(ONE)), Buffer.from(broken), ['text diff']);
  });
});
