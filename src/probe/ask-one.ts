import { realServerKey, type ServiceIdentity } from '../ipvs/identity.ts';
import type { PublicRealServer } from '../ipvs/real-server.ts';
import type { KnownAnswer } from './known-answers.ts';
import { Probing, type ProbingSources } from './probing.ts';

/**
 * Probes one real server of a service once. `services` are those of the table. `undefined` where nobody can tell what
 * clients call. Throws an `unreachable` `IpvsError` without CAP_NET_RAW.
 */
export async function askOne(
  sources: ProbingSources,
  { service, realServer }: { readonly service: ServiceIdentity; readonly realServer: PublicRealServer },
  services: readonly ServiceIdentity[],
): Promise<KnownAnswer | undefined> {
  const probing = new Probing(sources);
  const rows = await probing.rowsOf([{ service, realServers: [realServer] }], services);
  await probing.ask(rows, [...services, service], { signal: new AbortController().signal });
  return probing.known.of(realServerKey(service, realServer.identity), realServer);
}
