import type { AttributeReader } from './attribute-reader.ts';
import type { NetlinkSocket } from './netlink-socket.ts';

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
  const operation = `look up family ${name}`;
  const families = [...socket.dump({ operation, family, command, version }, readFamily)].flat();
  return families.find((registered) => registered.name === name)?.id;
}

function readFamily(attributes: AttributeReader): { name: string; id: number | undefined } {
  let name = '';
  let id: number | undefined;
  while (attributes.next()) {
    if (attributes.type === control.familyName) name = attributes.string();
    else if (attributes.type === control.familyId) id = attributes.u16();
  }
  return { name, id };
}
