import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** An authority of our own, and what it signed for a server. */
export interface TestCertificates {
  ca: string;
  certificate: string;
  key: string;
}

/** @param names of the server, as openssl writes them */
export async function makeCertificates(
  folder: string,
  names: readonly string[] = ['IP:127.0.0.1'],
): Promise<TestCertificates> {
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
  await writeFile(at('names'), `subjectAltName=${names.join()}\n`);
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
