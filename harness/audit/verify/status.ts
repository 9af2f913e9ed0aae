/** What became of one thing that was found. Only `verified` counts for anything. */
export const STATUSES = [
  'verified',
  'unsigned',
  'not-verified',
  'wrong-key',
  'changed',
  'bad-signature',
  'untrusted-certificate',
  'other-identity',
  'log-invalid',
  'other-subject',
  'weak-subject',
  'predicate-invalid',
  'malformed',
  'empty',
  'too-large',
  'unreadable',
  'not-read',
] as const;
export type Status = (typeof STATUSES)[number];

/** What each status means, in Markdown; docs/audit.md has it. */
export const STATUS_MEANINGS: Readonly<Record<Status, string>> = {
  verified: 'the signature is genuine, and it speaks about this image',
  unsigned: 'a statement without a signature, as BuildKit makes them: anybody can have written it',
  'not-verified': 'nothing was given to verify it with: no key, or no trusted root for a certificate',
  'wrong-key': 'signed with another key, or with a certificate where a key was given',
  changed: 'the signature names the right key or log entry, and what it signs was changed since',
  'bad-signature': 'the signature is not of this key, or what it signs was changed; it does not tell which',
  'untrusted-certificate':
    'its certificate does not come from an authority of the trusted root, or not at that time',
  'other-identity':
    'genuine, and signed by somebody else than `--certificate-identity` or another issuer says',
  'log-invalid': 'its proof of the transparency log is missing where it must be, wrong, or of something else',
  'other-subject': 'genuine, and about another image',
  'weak-subject': 'genuine, and names its subject only by digests that can be forged, such as sha1',
  'predicate-invalid': 'genuine, and what it says is not written as its type asks',
  malformed:
    'no envelope, bundle or statement as the specifications have them, such as a key that stands twice',
  empty: 'there are no bytes, or nothing is signed',
  'too-large': 'larger than is read',
  unreadable: 'its bytes are missing, or have another digest',
  'not-read': 'nothing that is verified here, such as an SBOM that nobody signed',
};
