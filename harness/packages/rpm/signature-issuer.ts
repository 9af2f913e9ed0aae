/** Subpackets of a signature that name its key (RFC 9580, sections 5.2.3.12 and 5.2.3.35). */
const ISSUER_KEY_ID = 16;
const ISSUER_FINGERPRINT = 33;

/**
 * The key that an OpenPGP signature packet says it was made with, not verified.
 * @returns a key ID or fingerprint in hex (16, 40 or 64 digits); null where the packet is none or names none
 */
export function issuerOf(packet: Buffer): string | null {
  const body = bodyOf(packet);
  if (body === null) return null;
  const version = body[0];
  // Version 3: length of what is hashed, type, time (4 bytes), key ID (RFC 9580, section 5.2.2).
  if (version === 3) return body.length >= 15 ? body.toString('hex', 7, 15) : null;
  if (version !== 4 && version !== 6) return null;
  const lengthBytes = version === 6 ? 4 : 2;
  let at = 4;
  let keyId: string | null = null;
  // Hashed subpackets first: nobody can have added to them later.
  for (let part = 0; part < 2 && at + lengthBytes <= body.length; part++) {
    const length = body.readUIntBE(at, lengthBytes);
    const area = body.subarray(at + lengthBytes, at + lengthBytes + length);
    for (const { type, value } of subpackets(area)) {
      if (type === ISSUER_FINGERPRINT) return value.toString('hex', 1);
      if (type === ISSUER_KEY_ID && value.length === 8) keyId ??= value.toString('hex');
    }
    at += lengthBytes + length;
  }
  return keyId;
}

const SIGNATURE = 2;

/** What is in a packet of old or new form that is a signature (RFC 9580, section 4.2). */
function bodyOf(packet: Buffer): Buffer | null {
  const head = packet[0] ?? 0;
  if ((head & 0x80) === 0) return null;
  if ((head & 0x40) !== 0) {
    const length = newLength(packet, 1);
    return (head & 0x3f) === SIGNATURE && length !== null
      ? packet.subarray(length.next, length.next + length.value)
      : null;
  }
  const bytes = [1, 2, 4][head & 3];
  if (((head >> 2) & 0xf) !== SIGNATURE || bytes === undefined || packet.length < 1 + bytes) return null;
  return packet.subarray(1 + bytes, 1 + bytes + packet.readUIntBE(1, bytes));
}

/** Length in one, two or five bytes; null for one in parts, which signatures do not have. */
function newLength(bytes: Buffer, at: number): { value: number; next: number } | null {
  const first = bytes[at] ?? 255;
  if (first < 192) return { value: first, next: at + 1 };
  if (first < 224) return { value: ((first - 192) << 8) + (bytes[at + 1] ?? 0) + 192, next: at + 2 };
  if (first < 255 || at + 5 > bytes.length) return null;
  return { value: bytes.readUInt32BE(at + 1), next: at + 5 };
}

/** Lengths of subpackets are written like those of new packets, but for 224 to 254, which are two bytes as well. */
function* subpackets(area: Buffer): Generator<{ type: number; value: Buffer }, void> {
  for (let at = 0; at < area.length;) {
    const first = area[at] ?? 0;
    const long = first >= 192 && first < 255;
    const length = long
      ? { value: ((first - 192) << 8) + (area[at + 1] ?? 0) + 192, next: at + 2 }
      : newLength(area, at);
    if (length === null || length.value === 0) return;
    const end = length.next + length.value;
    yield { type: (area[length.next] ?? 0) & 0x7f, value: area.subarray(length.next + 1, end) };
    at = end;
  }
}
