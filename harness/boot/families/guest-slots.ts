import { OS_RELEASE, type Slots, UPDATERS, slotsIn } from '../disk/slots.ts';
import { TRANSFERS } from '../disk/transfers.ts';
import type { GuestChannel } from '../guest/channel.ts';

/** Starts the path of a file, before the text in it. */
const MARK = '\u001e';
const FOLDERS = ['usr/lib', 'usr/local/lib', 'etc'].map((folder) => `${folder}/sysupdate.d`).join(' ');

/** Prints each file that says how a system updates itself, in that form; of what is only to be there, the path. */
const LIST = `cd /
for path in ${UPDATERS.join(' ')}; do [ ! -x "$path" ] || printf '\\036%s\\n' "$path"; done
{ echo ${OS_RELEASE}; find ${FOLDERS} -maxdepth 2 ! -type d 2> /dev/null | sort; } | head -n 100 | while read -r path; do
    printf '\\036%s\\n' "$path"
    head -c 65536 "$path"
done`;

/** How a system with two slots that runs updates itself; a string says why nothing of its own does. */
export async function guestSlots(guest: GuestChannel): Promise<Slots | string> {
  return slotsListed(await guest.read(LIST));
}

/** @param listing what `LIST` printed */
export function slotsListed(listing: string): Slots | string {
  const [, ...pieces] = listing.split(MARK);
  const texts = new Map(
    pieces.map((piece) => {
      const [path = ''] = piece.split('\n', 1);
      return [path, Buffer.from(piece.slice(path.length + 1))];
    }),
  );
  const said = [...texts].filter(([path]) => path === OS_RELEASE || TRANSFERS.test(path));
  return slotsIn(new Map(said), texts);
}
