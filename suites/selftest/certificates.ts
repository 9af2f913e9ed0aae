import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** An authority of our own, and what it signed for 127.0.0.1. */
export interface TestCertificates {
  ca: string;
  certificate: string;
  key: string;
}

export async function makeCertificates(folder: string): Promise<TestCertificates> {
  const at = (name: string): string => join(folder, name);
  const openssl = (...words: string[]) => execa('openssl', words);
  const fresh = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  await openssl(
    'req',
    '-x509',
    ...fresh,
    '-subj',
    '/CN=selftest CA',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
  );
  await openssl(
    'req',
    '-new',
    ...fresh.slice(0, 3),
    '-subj',
    '/CN=registry',
    '-keyout',
    at('key.pem'),
    '-out',
    at('csr'),
  );
  await writeFile(at('names'), 'subjectAltName=IP:127.0.0.1\n');
  const signing = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2'];
  await openssl(
    'x509',
    '-req',
    '-in',
    at('csr'),
    ...signing,
    '-extfile',
    at('names'),
    '-out',
    at('cert.pem'),
  );
  return { ca: at('ca.crt'), certificate: at('cert.pem'), key: at('key.pem') };
}
