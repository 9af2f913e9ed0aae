import { TwinproofError } from '../../errors.ts';

/** A variable of UEFI firmware. */
export interface EfiVariable {
  name: string;
  /** Of who it belongs to. */
  vendor: string;
  text: string;
}

/**
 * Where an empty store of variables and each variable in it begin with what. Source: EDK II,
 * MdePkg/Include/Pi/PiFirmwareVolume.h and MdeModulePkg/Include/Guid/VariableFormat.h (AUTHENTICATED_VARIABLE_HEADER).
 */
const VOLUME = { signature: 40, headerLength: 48 } as const;
const STORE_HEADER = 28;
const STORE_SIZE = 16;
const START = 0x55aa;
const HEADER = 60;
const NAME_SIZE = 36;
const DATA_SIZE = 40;
const VENDOR = 44;
/** Added, not deleted. */
const ADDED = 0x3f;
/** Kept without power; seen by boot loaders and by the running system. */
const EVERYWHERE = 7;

/**
 * A copy of a virtual machine's store of firmware variables with one more.
 * @throws TwinproofError `unsupported` when the store has another form, or no room
 */
export function withVariable(given: Buffer, { name, vendor, text }: EfiVariable): Buffer {
  const store = isBlank(given) ? formatted(given) : given;
  const { first, end } = boundsOf(store);
  let at = first;
  while (at + HEADER <= end && store.readUInt16LE(at) === START)
    at = padded(at + HEADER + store.readUInt32LE(at + NAME_SIZE) + store.readUInt32LE(at + DATA_SIZE));
  const [title, data] = [name, text].map((one) => Buffer.from(`${one}\0`, 'utf16le')) as [Buffer, Buffer];
  const header = Buffer.alloc(HEADER);
  header.writeUInt16LE(START, 0);
  header.writeUInt8(ADDED, 2);
  header.writeUInt32LE(EVERYWHERE, 4);
  header.writeUInt32LE(title.length, NAME_SIZE);
  header.writeUInt32LE(data.length, DATA_SIZE);
  guid(vendor).copy(header, VENDOR);
  const record = Buffer.concat([header, title, data]);
  // What was never written to is all ones.
  const room = store.subarray(at, at + record.length);
  if (at + record.length > end || room.some((byte) => byte !== 0xff)) throw unknown('it has no room');
  const copy = Buffer.from(store);
  record.copy(copy, at);
  return copy;
}

/** Firmware for arm64 comes with zeros, and makes a store of them at its first start. */
const isBlank = (store: Buffer): boolean => store.length > 3 * REGION && store.every((byte) => byte === 0);

/** Bytes of each of three regions: variables, and two that are worked in. Source: EDK II, ArmVirtPkg/ArmVirtQemu.dsc. */
const REGION = 0x4_0000;
const VOLUME_HEADER = 72;

/** The store that this firmware makes. Source: EDK II, ArmPlatformPkg/Drivers/NorFlashDxe/NorFlashFvb.c. */
function formatted(blank: Buffer): Buffer {
  const store = Buffer.from(blank);
  store.fill(0xff, 0, 3 * REGION);
  store.fill(0, 0, VOLUME_HEADER + STORE_HEADER);
  guid(NON_VOLATILE).copy(store, 16);
  store.writeUInt32LE(3 * REGION, 32);
  store.write('_FVH', VOLUME.signature);
  store.writeUInt32LE(VOLUME_ATTRIBUTES, 44);
  store.writeUInt16LE(VOLUME_HEADER, VOLUME.headerLength);
  store.writeUInt8(2, 55); // revision
  store.writeUInt32LE(store.length / REGION, 56); // blocks of the flash
  store.writeUInt32LE(REGION, 60);
  let sum = 0;
  for (let at = 0; at < VOLUME_HEADER; at += 2) sum += store.readUInt16LE(at);
  store.writeUInt16LE(-sum & 0xffff, 50);
  guid(AUTHENTICATED).copy(store, VOLUME_HEADER);
  store.writeUInt32LE(REGION - VOLUME_HEADER, VOLUME_HEADER + STORE_SIZE);
  store.writeUInt16LE(0xfe5a, VOLUME_HEADER + 20); // formatted, healthy
  return store;
}

function boundsOf(store: Buffer): { first: number; end: number } {
  if (store.length < 128 || store.toString('latin1', VOLUME.signature, VOLUME.signature + 4) !== '_FVH')
    throw unknown('it is no firmware volume');
  const begin = store.readUInt16LE(VOLUME.headerLength);
  if (begin + STORE_HEADER > store.length || !store.subarray(begin, begin + 16).equals(guid(AUTHENTICATED)))
    throw unknown('its variables are of another kind');
  const end = begin + store.readUInt32LE(begin + STORE_SIZE);
  if (end > store.length) throw unknown('it is cut off');
  return { first: padded(begin + STORE_HEADER), end };
}

/** gEfiSystemNvDataFvGuid; and what can be done with its volume, as this firmware says it. */
const NON_VOLATILE = 'fff12b8d-7696-4c8b-a985-2747075b4f50';
const VOLUME_ATTRIBUTES = 0xe36;
/** gEfiAuthenticatedVariableGuid. */
const AUTHENTICATED = 'aaf32c78-947b-439a-a180-2e144ec37792';

const padded = (length: number): number => Math.ceil(length / 4) * 4;

/** The first three groups are numbers, least byte first. Source: UEFI 2.10, appendix A. */
function guid(text: string): Buffer {
  const [a = '', b = '', c = '', ...rest] = text.split('-');
  const numbers = [a, b, c].map((group) => Buffer.from(group, 'hex').reverse());
  return Buffer.concat([...numbers, Buffer.from(rest.join(''), 'hex')]);
}

const unknown = (reason: string): TwinproofError =>
  new TwinproofError(
    'unsupported',
    `the variables of this machine's UEFI firmware cannot be added to: ${reason}`,
  );
