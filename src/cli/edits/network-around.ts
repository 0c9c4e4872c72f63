import type { Director } from '../../director/director.ts';
import { type NetworkFacts, networkFacts } from '../../forwarding/network-facts.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { CommandContext } from '../context/context.ts';
import { type Demo, usualDemo } from '../context/demo.ts';
import { openMachine, openNetwork } from '../opening/open-host.ts';

/** Most routes that are looked up: where more than these are wrong, the first findings say enough. */
const mostRoutes = 100;

/**
 * The network around a director with the routes to these addresses, to warn of what speaks against a change;
 * `undefined` where there is nothing to look for, or no network that can be looked at, which is no reason to stop.
 */
export async function networkAround(
  context: CommandContext,
  director: Director,
  addresses: Iterable<string>,
  demo: Demo | undefined,
): Promise<NetworkFacts | undefined> {
  const wanted = new Set<string>();
  for (const address of addresses) {
    wanted.add(address);
    if (wanted.size === mostRoutes) break;
  }
  if (wanted.size === 0) return undefined;
  const choice = { demo: demo ?? (director.source === 'simulated' && usualDemo) };
  try {
    const network = await (context.openNetwork ?? openNetwork)(choice);
    try {
      const machine = await (context.openMachine ?? openMachine)(choice);
      return networkFacts(await network.picture([...wanted]), readOnce(machine.sysctl));
    } finally {
      network.close();
    }
  } catch (error) {
    if (error instanceof IpvsError) return undefined;
    throw error;
  }
}

/**
 * Reads each setting once: a rule asks for it again at each of ten thousand real servers, and for one command it may
 * count as fixed.
 */
function readOnce(sysctl: NetworkFacts['sysctl']): NetworkFacts['sysctl'] {
  const values = new Map<string, string | undefined>();
  return (path) => {
    if (!values.has(path)) values.set(path, sysctl(path));
    return values.get(path);
  };
}
