import { X509Certificate } from 'node:crypto';
import { differingFields, type Values } from '../fields.ts';
import { FormatFault, type Format, type FormatResult, type Walk } from '../format.ts';
import { bytesFound } from '../hex.ts';
import { textFound } from './text.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_BLOCKS = 500;
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/g;

/** Node's dates of what is no time are whatever lay in its memory; its text says so. */
function timeOf(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : new Date(at).toISOString();
}

/** What a certificate says; the key by its digest. */
function certificateValues(certificate: X509Certificate, prefix: string): [string, { text: string }][] {
  const { serialNumber, subject, issuer, publicKey, subjectAltName } = certificate;
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('hex');
  const texts: [string, string][] = [
    ['serial', serialNumber],
    ['not-before', timeOf(certificate.validFrom)],
    ['not-after', timeOf(certificate.validTo)],
    ['subject', subject],
    ['issuer', issuer],
    ['alternative-names', subjectAltName ?? ''],
    ['public-key', key],
  ];
  return texts.map(([name, text]) => [`${prefix}${name}`, { text }]);
}

/** One certificate in DER. */
export const x509: Format = {
  name: 'x509',
  detects: (bytes) => bytes.length < MAX_BYTES && bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80,
  compare: (a, b) => {
    const values = (bytes: Buffer): Values => new Map(certificateValues(new X509Certificate(bytes), ''));
    return { fields: differingFields(values(a), values(b)), ...bytesFound(a, b) };
  },
};

function pemValues(text: string): Values {
  const blocks = text.match(PEM_BLOCK) ?? [];
  if (blocks.length === 0 || blocks.length > MAX_BLOCKS) throw new FormatFault('no certificates');
  return new Map(
    blocks.flatMap((block, number) =>
      certificateValues(new X509Certificate(block), blocks.length === 1 ? '' : `certificate ${number + 1} `),
    ),
  );
}

function comparePem(a: Buffer, b: Buffer, walk: Walk): FormatResult {
  const [one, other] = [a.toString('latin1'), b.toString('latin1')];
  return { fields: differingFields(pemValues(one), pemValues(other)), ...textFound(one, other, walk) };
}

/** Certificates in text form. */
export const pem: Format = {
  name: 'pem',
  detects: (bytes) => bytes.length < MAX_BYTES && bytes.includes('-----BEGIN CERTIFICATE-----'),
  compare: comparePem,
};
