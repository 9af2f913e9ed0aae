import { checkMinimal, type MinimalResult } from '../../contents/minimal/check.ts';
import type { Policy } from '../../contents/minimal/types.ts';
import { openImage } from '../../oci/open.ts';
import { scratch, writeLayout } from '../oci/image.ts';
import { tar, type TestEntry } from '../oci/tar/tar.ts';
import { file } from './contents.ts';
import { elf } from './made-image.ts';

/** What `minimal` finds in images that are made up for tests. */

export const SHELL = elf('OPTIND', 'getopts', 'readonly', 'unset', 'trap', 'export', 'eval', 'umask');
export const link = (name: string, linkname: string): TestEntry => ({ name, type: 'symlink', linkname });
export const hard = (name: string, linkname: string): TestEntry => ({ name, type: 'hardlink', linkname });

export interface Config {
  User?: string;
  Env?: string[];
  Labels?: Record<string, string>;
  Cmd?: string[];
  history?: object[];
}

export async function checked(
  layers: TestEntry[][],
  { history, ...config }: Config = {},
  policy: Policy = { allowed: [], interpreters: [] },
): Promise<MinimalResult> {
  await using folder = await scratch();
  const image = await openImage(
    await writeLayout(folder.path, {
      layers: layers.map((entries) => tar(entries)),
      compress: 'none',
      config: { config: { User: '65532', ...config }, ...(history === undefined ? {} : { history }) },
    }),
  );
  try {
    return await checkMinimal(image, policy);
  } finally {
    await image.close();
  }
}

export const found = async (...given: Parameters<typeof checked>): Promise<string[]> =>
  (await checked(...given)).findings.map(({ kind, path, what }) => `${kind} ${path}: ${what}`);

export const PKCS8 = `-----BEGIN PRIVATE KEY-----\n${'MC4CAQAw'.repeat(8)}\n-----END PRIVATE KEY-----\n`;
export const SHADOW_HASH = '$y$j9T$abcdefgh$0123456789';
export const PASSWD = file('etc/passwd', 'root:x:0:0::/:/x\napp:x:65532:65532::/:/x\n');
export const capability = (hex: string): { xattrs: Record<string, string> } => ({
  xattrs: { 'security.capability': Buffer.from(hex, 'hex').toString('latin1') },
});
