/**
 * usage: large-screen [SERVICESxREAL_SERVERS [OPTION…]]
 *
 * lvstop on so many services of so many real servers each (1000x10 where that is left out), all under load, on the
 * terminal that it is started on; what it reads are a kernel's bytes.
 */
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { processConsole } from '../../../src/cli/context/console.ts';
import { openKernelDirector } from '../../../src/director/kernel/kernel-director.ts';
import { IpvsClient } from '../../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkSocket } from '../../../src/netlink/wire/netlink-socket.ts';
import { openCountedKernel } from './counted-kernel.ts';

const [size = '1000x10', ...options] = process.argv.slice(2);
const [services = 0, realServers = 0] = size.split('x').map(Number);
const now = () => performance.now();
const open = () => new NetlinkSocket(openCountedKernel(services, realServers, now));
await runCommandLine(
  { console: processConsole(), openDirector: async () => openKernelDirector(new IpvsClient(open)) },
  options,
  true,
);
