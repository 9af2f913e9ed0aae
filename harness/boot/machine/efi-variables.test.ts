import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withVariable } from './efi-variables.ts';

/** Bytes before the first variable. */
const HEAD = 100;
const VENDOR = '8cf2644b-4b0b-428f-9387-6d876050dc67';
const SIZE = 0x1000;

/** A store without variables, as EDK II lays it out: a volume's header, the store's header, and ones. */
function emptyStore(): Buffer {
  const store = Buffer.alloc(SIZE * 2, 0xff);
  store.fill(0, 0, 0x64);
  store.write('_FVH', 40);
  store.writeUInt16LE(0x48, 48);
  Buffer.from('782cf3aa7b949a43a1802e144ec37792', 'hex').copy(store, 0x48);
  store.writeUInt32LE(SIZE, 0x58);
  return store;
}

/** What a reader of the store finds, by the same document. */
function variablesIn(store: Buffer): [name: string, text: string][] {
  const found: [string, string][] = [];
  for (let at = 0x64; store.readUInt16LE(at) === 0x55aa;) {
    const name = store.readUInt32LE(at + 36);
    const data = store.readUInt32LE(at + 40);
    const text = store.toString('utf16le', at + 60, at + 60 + name + data);
    const [title = '', value = ''] = text.split('\0');
    found.push([title, value]);
    at += Math.ceil((60 + name + data) / 4) * 4;
  }
  return found;
}

describe('a store of firmware variables', () => {
  it('gets one after the other', () => {
    const one = withVariable(emptyStore(), { name: 'One', vendor: VENDOR, text: 'a=b' });
    const two = withVariable(one, { name: 'SystemdOptions', vendor: VENDOR, text: 'systemd.debug_shell' });
    expect(variablesIn(two)).toEqual([
      ['One', 'a=b'],
      ['SystemdOptions', 'systemd.debug_shell'],
    ]);
    expect(two.toString('hex', 0x64 + 44, 0x64 + 60)).toBe('4b64f28c0b4b8f4293876d876050dc67');
    expect(two.subarray(SIZE)).toEqual(emptyStore().subarray(SIZE));
  });

  it('has an end', () => {
    const text = 'x'.repeat(SIZE / 2);
    expect(() => withVariable(emptyStore(), { name: 'Big', vendor: VENDOR, text })).toThrow('no room');
  });

  it('of another form is left alone, and nothing is written outside it', () => {
    expect(() => withVariable(Buffer.alloc(200), { name: 'A', vendor: VENDOR, text: '' })).toThrow('volume');
    fc.assert(
      fc.property(fc.nat(SIZE * 2 - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, bytes) => {
        const store = emptyStore();
        store.set(bytes.subarray(0, store.length - at), at);
        try {
          const changed = withVariable(store, { name: 'A', vendor: VENDOR, text: 'b' });
          expect(changed.length).toBe(store.length);
        } catch (error) {
          expect(error).toMatchObject({ code: 'unsupported' });
        }
      }),
    );
  });

  const OVMF = '/usr/share/OVMF/OVMF_VARS_4M.fd';
  it('is what OVMF brings', ({ skip }) => {
    if (!existsSync(OVMF)) skip(`${OVMF} is not here`);
    const store = withVariable(readFileSync(OVMF), { name: 'A', vendor: VENDOR, text: 'b' });
    expect(variablesIn(store)).toContainEqual(['A', 'b']);
  });

  const AAVMF = '/usr/share/AAVMF/AAVMF_VARS';
  it('is made where the firmware leaves that to its first start, with the head that it gives it', ({
    skip,
  }) => {
    if (!existsSync(`${AAVMF}.ms.fd`)) skip(`${AAVMF}.ms.fd is not here`);
    const blank = readFileSync(`${AAVMF}.fd`);
    expect(blank.every((byte) => byte === 0)).toBe(true);
    const store = withVariable(blank, { name: 'A', vendor: VENDOR, text: 'b' });
    expect(variablesIn(store)).toEqual([['A', 'b']]);
    // With keys in it, so that it was written by the firmware itself.
    const written = readFileSync(`${AAVMF}.ms.fd`);
    expect(store.subarray(0, HEAD)).toEqual(written.subarray(0, HEAD));
  });
});
