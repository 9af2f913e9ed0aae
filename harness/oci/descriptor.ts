import { parseDigest } from './digest.ts';
import { imageInvalid } from './fault.ts';
import { asArray, asObject, asString } from './json.ts';
import type { Descriptor, Json, JsonObject } from './types.ts';
import type { Platform } from '../model/platform.ts';

function readPlatform(value: Json | undefined, where: string): Platform | null {
  if (value === undefined || value === null) return null;
  const platform = asObject(value, where);
  const { variant } = platform;
  return {
    os: asString(platform.os ?? '', `${where}/os`),
    architecture: asString(platform.architecture ?? '', `${where}/architecture`),
    ...(typeof variant === 'string' && variant !== '' ? { variant } : {}),
  };
}

function parseAnnotations(value: Json | undefined, where: string): Record<string, string> | null {
  if (value === undefined || value === null) return null;
  const pairs = Object.entries(asObject(value, where));
  return Object.fromEntries(pairs.map(([key, text]) => [key, asString(text, `${where}/${key}`)]));
}

function parseUrls(value: Json | undefined, where: string): string[] {
  return asArray(value, where).map((url, at) => asString(url, `${where}/${at}`));
}

/** RFC 4648 with padding, as the specification has it; Buffer alone would pass over anything. */
function parseData(value: Json | undefined, where: string): Uint8Array | null {
  if (value === undefined || value === null) return null;
  const text = asString(value, where);
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    throw imageInvalid('is not base64', where);
  return Buffer.from(text, 'base64');
}

/**
 * OCI image-spec "Content Descriptors".
 * @param where place of the value, as file and JSON pointer
 * @throws TwinproofError image-invalid
 */
export function parseDescriptor(value: Json | undefined, where: string): Descriptor {
  const json: JsonObject = asObject(value, where);
  const digest = asString(json.digest, `${where}/digest`);
  parseDigest(digest, `${where}/digest`);
  const size = json.size;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw imageInvalid('a size in bytes is expected', `${where}/size`);
  }
  const platform = readPlatform(json.platform, `${where}/platform`);
  const annotations = parseAnnotations(json.annotations, `${where}/annotations`);
  const urls = parseUrls(json.urls, `${where}/urls`);
  const data = parseData(json.data, `${where}/data`);
  const { artifactType } = json;
  return {
    // Old indexes leave it out; then what the blob says of itself counts.
    mediaType: asString(json.mediaType ?? '', `${where}/mediaType`),
    digest,
    size,
    ...(platform === null ? {} : { platform }),
    ...(annotations === null ? {} : { annotations }),
    ...(typeof artifactType === 'string' && artifactType !== '' ? { artifactType } : {}),
    ...(urls.length === 0 ? {} : { urls }),
    ...(data === null ? {} : { data }),
  };
}
