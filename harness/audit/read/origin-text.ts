import type { ValueSource } from './types.ts';

/** Where a value stands, for people. */
export function originText(from: ValueSource): string {
  switch (from.kind) {
    case 'attestation':
      return `${from.id}#${from.pointer}${from.verified ? '' : ' (nobody signed it)'}`;
    case 'label':
      return `label ${from.name}`;
    case 'history':
      return `entry ${from.entry} of the image's history`;
    case 'given':
      return from.option;
    case 'source':
      return `${from.path} of the commit`;
    case 'default':
      return `default: ${from.because}`;
  }
}
