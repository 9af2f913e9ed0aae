/** How long a registry may take, and how often it is asked again. */
export interface Patience {
  /** Milliseconds without (nearly) any byte until an answer counts as stalled. */
  stall: number;
  /** Tries in a row without a byte of progress. */
  tries: number;
  /** Milliseconds before the second try; doubles with each further one. */
  pause: number;
  /** Milliseconds waited at most, whatever the registry asks for. */
  longest: number;
}

export interface RegistryOptions {
  /** False: any certificate will do, and plain HTTP where TLS is not spoken. */
  tlsVerify?: boolean | undefined;
  /** File with credentials in place of the usual ones. */
  authFile?: string | undefined;
  patience?: Patience | undefined;
}

export interface Credentials {
  user: string;
  secret: string;
  /** The secret is an OAuth 2 refresh token, not a password. */
  isToken: boolean;
}
