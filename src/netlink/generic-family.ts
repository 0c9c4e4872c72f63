import { AttributeReader } from './attribute-reader.ts';
import { genericHeaderLength } from './message.ts';
import type { Answer, NetlinkSocket } from './netlink-socket.ts';

/** The family that knows the others (`include/uapi/linux/genetlink.h`). */
const control = { id: 0x10, version: 2, getFamily: 3, familyId: 1, familyName: 2 } as const;

/**
 * Looks up the id that the kernel has given a generic netlink family; `undefined` when no such family is registered.
 *
 * Asks for all families: asked for one by name, the kernel would load its module (`ctrl_getfamily` in
 * `net/netlink/genetlink.c`), and looking at a machine must not change it.
 */
export function findFamily(socket: NetlinkSocket, name: string): number | undefined {
  const { id: family, getFamily: command, version } = control;
  const dump = socket.dump({ operation: `look up family ${name}`, family, command, version });
  let found: number | undefined;
  for (const answers of dump) {
    for (const answer of answers) {
      const registered = readFamily(answer);
      if (registered.name === name) found = registered.id;
    }
  }
  return found;
}

function readFamily({ view, message }: Answer): { name: string; id: number | undefined } {
  let name = '';
  let id: number | undefined;
  const reader = new AttributeReader(view, message.start + genericHeaderLength, message.end);
  while (reader.next()) {
    if (reader.type === control.familyName) name = reader.string();
    else if (reader.type === control.familyId) id = reader.u16();
  }
  return { name, id };
}
