import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** A server's key and certificate, and the authority that signed it; all PEM. */
export interface ServerCertificate {
  key: string;
  certificates: string;
  authority: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** It is used for one subject's builds, whose clocks may be years apart on purpose (variation `clock`). */
const VALID = { notBefore: new Date('2000-01-01T00:00:00Z'), notAfter: new Date('2099-12-31T00:00:00Z') };

/**
 * A certificate for these hosts by an authority of its own,
 * whose key is forgotten at once.
 * @param hosts as URLs have them: names in lower case, or addresses
 */
export async function certificateFor(hosts: readonly string[]): Promise<ServerCertificate> {
  x509.cryptoProvider.set(webcrypto);
  const authorityKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const serverKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=locked downloads of this build',
    serialNumber: '01',
    ...VALID,
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const server = await x509.X509CertificateGenerator.create({
    subject: 'CN=locked downloads',
    issuer: authority.subject,
    serialNumber: '02',
    ...VALID,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(hosts.map(nameOf)),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  return {
    key: x509.PemConverter.encode(
      await webcrypto.subtle.exportKey('pkcs8', serverKeys.privateKey),
      'PRIVATE KEY',
    ),
    certificates: `${server.toString('pem')}\n`,
    authority: `${authority.toString('pem')}\n`,
  };
}

/** As URLs spell it, in brackets where it is of version 6. */
const nameOf = (host: string): { type: 'ip' | 'dns'; value: string } => {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return { type: isIP(bare) === 0 ? 'dns' : 'ip', value: bare };
};
