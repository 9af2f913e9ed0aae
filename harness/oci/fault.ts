import { TwinproofError } from '../errors.ts';
import { escapeText } from './escape.ts';

/** The input is wrong; `where` names the file, blob or entry and may hold hostile bytes. */
export function imageInvalid(message: string, where: string, hint?: string): TwinproofError {
  return new TwinproofError('image-invalid', escapeText(message), {
    where: escapeText(where),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Something of an image is not there: what holds it in another form as well may still have it. */
export class IncompleteImage extends TwinproofError {}

export function imageIncomplete(message: string, where: string): IncompleteImage {
  return new IncompleteImage('image-invalid', escapeText(message), { where: escapeText(where) });
}

/** The input may be right, but this program cannot read it. */
export function imageUnsupported(message: string, where: string, hint?: string): TwinproofError {
  return new TwinproofError('unsupported', escapeText(message), {
    where: escapeText(where),
    ...(hint === undefined ? {} : { hint }),
  });
}
