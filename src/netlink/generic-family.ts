import { AttributeReader } from './attribute-reader.ts';
import { genericHeaderLength } from './message.ts';
import { NetlinkError } from './netlink-error.ts';
import type { NetlinkSocket } from './netlink-socket.ts';

/** The family that knows the others (`include/uapi/linux/genetlink.h`). */
const control = { id: 0x10, version: 2, getFamily: 3, familyId: 1, familyName: 2 } as const;

/** Looks up the id that the kernel has given a generic netlink family; `undefined` when no such family is registered. */
export function findFamily(socket: NetlinkSocket, name: string): number | undefined {
  let id: number | undefined;
  try {
    socket.request(
      {
        operation: `look up family ${name}`,
        family: control.id,
        command: control.getFamily,
        version: control.version,
        write: (writer) => writer.string(control.familyName, name),
      },
      ({ view, message }) => {
        const reader = new AttributeReader(view, message.start + genericHeaderLength, message.end);
        while (reader.next()) if (reader.type === control.familyId) id = reader.u16();
      },
    );
  } catch (error) {
    if (error instanceof NetlinkError && error.failure.kind === 'answer' && error.failure.errno === 'ENOENT')
      return undefined;
    throw error;
  }
  return id;
}
