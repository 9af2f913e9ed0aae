import type { Command } from 'commander';
import type { TrustOptions } from '../audit/verify/trust.ts';

/** Options that say whom an audit trusts. */
export const addTrustOptions = (command: Command): Command =>
  command
    .option('--key <file>', 'public key of its makers, PEM: Ed25519, ECDSA or RSA')
    .option('--trusted-root <file>', 'trusted_root.json of a Sigstore instance, for certificates and logs')
    .option('--certificate-identity <name>', 'whom the certificate must name')
    .option(
      '--certificate-identity-regexp <pattern>',
      'the same as a regular expression, which may fit anywhere',
    )
    .option('--certificate-oidc-issuer <url>', 'who must vouch for that')
    .option('--certificate-oidc-issuer-regexp <pattern>', 'the same as a regular expression');

export const trustOf = (flags: TrustOptions): TrustOptions => ({
  key: flags.key,
  trustedRoot: flags.trustedRoot,
  certificateIdentity: flags.certificateIdentity,
  certificateIdentityRegexp: flags.certificateIdentityRegexp,
  certificateOidcIssuer: flags.certificateOidcIssuer,
  certificateOidcIssuerRegexp: flags.certificateOidcIssuerRegexp,
});
