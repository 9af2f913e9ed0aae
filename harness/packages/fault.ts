import { TwinproofError } from '../errors.ts';

/** A package database that cannot be trusted to be read right; nothing of it is used then. */
export function databaseInvalid(path: string, message: string, cause?: unknown): TwinproofError {
  return new TwinproofError('image-invalid', message, {
    where: path,
    hint: 'the package database in this image is damaged; rebuild the image',
    ...(cause === undefined ? {} : { cause }),
  });
}
