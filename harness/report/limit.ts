/** Text of at most `limit` UTF-16 units, cut between characters, with a note of what was left out. */
export function limited(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit).replace(/[\ud800-\udbff]$/, '');
  return `${kept}… (${text.length - kept.length} more characters)`;
}

/** Text that takes at most `limit` bytes of UTF-8, cut between characters; ends with `…` when it was cut. */
export function limitedBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = Math.max(0, limit - 3);
  // Bytes 10xxxxxx continue a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return limit < 3 ? '' : `${bytes.subarray(0, end).toString()}…`;
}
