import type { TableWrite } from '../../src/ipvs/table-write.ts';
import type { IpvsClient } from '../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkError } from '../../src/netlink/wire/netlink-error.ts';

/** Makes one write, and throws why it was refused. */
export function writeOne(client: IpvsClient, write: TableWrite): void {
  const [errno = null] = client.write([write], undefined).errnos;
  if (errno !== null) throw new NetlinkError({ kind: 'answer', operation: write.operation, errno });
}
