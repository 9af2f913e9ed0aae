import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';

/** Files of one certificate. */
export interface Certificate {
  certificate: string;
  key: string;
}

/** An authority of one cluster, by openssl; its certificates are for a day. */
export class Authority {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(folder: string): Promise<Authority> {
    const authority = new Authority(folder);
    const { certificate, key } = authority.ca;
    const subject = ['-subj', '/CN=twinproof-test', '-days', '1', '-out', certificate, '-keyout', key];
    await execa('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject]);
    return authority;
  }

  get ca(): Certificate {
    return this.#files('ca');
  }

  /** @param subject as `/O=group/CN=user` */
  async issue(name: string, subject: string, names: readonly string[] = []): Promise<Certificate> {
    const files = this.#files(name);
    const extension = join(this.#folder, `${name}.ext`);
    const alternatives = names.length === 0 ? '' : `subjectAltName=${names.join(',')}\n`;
    await writeFile(extension, `extendedKeyUsage=clientAuth,serverAuth\n${alternatives}`);
    const request = join(this.#folder, `${name}.csr`);
    await execa('openssl', [
      ...['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-subj', subject],
      ...['-out', request, '-keyout', files.key],
    ]);
    await execa('openssl', [
      ...['x509', '-req', '-in', request, '-CA', this.ca.certificate, '-CAkey', this.ca.key],
      ...['-CAcreateserial', '-days', '1', '-extfile', extension, '-out', files.certificate],
    ]);
    return files;
  }

  #files(name: string): Certificate {
    return { certificate: join(this.#folder, `${name}.crt`), key: join(this.#folder, `${name}.key`) };
  }
}
