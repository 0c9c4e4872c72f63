/**
 * usage: large-screen [SERVICES [OPTION…]]
 *
 * lvstop on so many services (1,000 where it is left out) of 10 real servers, all under load, on the terminal that it
 * is started on; what it reads are a kernel's bytes.
 */
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { processConsole } from '../../../src/cli/console.ts';
import { openKernelDirector } from '../../../src/director/kernel/kernel-director.ts';
import { IpvsClient } from '../../../src/netlink/ipvs-client.ts';
import { NetlinkSocket } from '../../../src/netlink/netlink-socket.ts';
import { openCountedKernel } from './counted-kernel.ts';

const [services = '1000', ...options] = process.argv.slice(2);
const now = () => performance.now();
const open = () => new NetlinkSocket(openCountedKernel(Number(services), 10, now));
await runCommandLine(
  { console: processConsole(), openDirector: async () => openKernelDirector(new IpvsClient(open)) },
  options,
  true,
);
