import type { Patience } from '../../net/patience.ts';

export interface RegistryOptions {
  /** False: any certificate will do, and plain HTTP where TLS is not spoken. */
  tlsVerify?: boolean | undefined;
  /** File with credentials in place of the usual ones. */
  authFile?: string | undefined;
  patience?: Patience | undefined;
  /** Something is to be stored there, too. */
  push?: boolean | undefined;
}

export interface Credentials {
  user: string;
  secret: string;
  /** The secret is an OAuth 2 refresh token, not a password. */
  isToken: boolean;
}
