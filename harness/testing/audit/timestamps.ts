import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** An authority for timestamps (RFC 3161), which openssl plays; it knows no time but that of the machine. */
export class TestTimestamps {
  readonly #folder: string;
  /** As it stands in a trusted root. */
  readonly trusted: object;

  private constructor(folder: string, trusted: object) {
    this.#folder = folder;
    this.trusted = trusted;
  }

  static async make(folder: string, validFor: object): Promise<TestTimestamps> {
    await mkdir(folder, { recursive: true });
    const at = (name: string): string => join(folder, name);
    const openssl = (...words: string[]) => execa('openssl', words, { cwd: folder });
    await writeFile(
      at('extensions'),
      'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n',
    );
    await writeFile(
      at('config'),
      '[a]\nserial=serial\ncrypto_device=builtin\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\nordering=yes\ness_cert_id_alg=sha256\n',
    );
    await writeFile(at('serial'), '01\n');
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const authority = [
      '-subj',
      '/CN=timestamps root',
      '-days',
      '30',
      '-keyout',
      'root.key',
      '-out',
      'root.pem',
    ];
    await openssl('req', '-x509', ...curve, ...authority);
    await openssl('req', ...curve, '-subj', '/CN=timestamps', '-keyout', 'leaf.key', '-out', 'leaf.csr');
    const issuer = ['-CA', 'root.pem', '-CAkey', 'root.key', '-set_serial', '77'];
    await openssl(
      ...['x509', '-req', '-in', 'leaf.csr', ...issuer, '-days', '20'],
      ...['-extfile', 'extensions', '-out', 'leaf.pem'],
    );
    const certificates = [];
    for (const name of ['leaf.pem', 'root.pem']) {
      const pem = await readFile(at(name), 'utf8');
      certificates.push({ rawBytes: pem.replace(/-----[^-]*-----|\s/g, '') });
    }
    const subject = { organization: 'test', commonName: 'timestamps' };
    return new TestTimestamps(folder, {
      uri: 'https://tsa.example',
      subject,
      certChain: { certificates },
      validFor,
    });
  }

  /** Over some bytes. @returns base64 of the response */
  async stamp(bytes: Buffer): Promise<string> {
    await writeFile(join(this.#folder, 'bytes'), bytes);
    const openssl = (...words: string[]) => execa('openssl', ['ts', ...words], { cwd: this.#folder });
    await openssl('-query', '-data', 'bytes', '-sha256', '-cert', '-out', 'query');
    const signer = ['-signer', 'leaf.pem', '-inkey', 'leaf.key', '-section', 'a', '-config', 'config'];
    await openssl('-reply', '-queryfile', 'query', ...signer, '-out', 'reply');
    return (await readFile(join(this.#folder, 'reply'))).toString('base64');
  }
}
