import { brokenModeRule, requireModeRules } from '../../forwarding/mode-rules.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { ForwardingMode } from '../../ipvs/forwarding-method.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type RealServerName,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import { defaultTunnel } from '../../ipvs/tunnel.ts';
import type { Step } from '../steps/step.ts';
import type { RealServerState } from '../steps/table-state.ts';

/**
 * Steps that give the chosen real servers of a service another forwarding mode. A real server whose port differs from
 * its service's cannot have TUN or DR: it is added with the service's port, and the old one is deleted after
 * everything else. Weight and thresholds are kept. Throws an input `IpvsError` when a rule of the modes speaks
 * against it, or when the real server with the service's port exists already (`isThere` tells).
 */
export function switchMode(
  service: ServiceIdentity,
  chosen: readonly RealServerState[],
  isThere: (identity: RealServerIdentity) => boolean,
  mode: ForwardingMode,
): Step[] {
  const added = new Set<RealServerName>();
  const steps: Step[] = [];
  const deletions: Step[] = [];
  for (const { realServer: before, active, inactive } of chosen) {
    if (before.forwarding === mode) continue;
    const after = moved(service, before, mode);
    const key = formatRealServer(after.identity);
    if (key === formatRealServer(before.identity)) {
      steps.push({ kind: 'set real server', service, before, after });
      continue;
    }
    if (added.has(key) || isThere(after.identity)) throw portTaken(service, before, after, mode);
    added.add(key);
    steps.push({ kind: 'add real server', service, after });
    deletions.push({ kind: 'delete real server', service, before, connections: { active, inactive } });
  }
  return [...steps, ...deletions];
}

function moved(service: ServiceIdentity, before: RealServer, mode: ForwardingMode): RealServer {
  const { identity } = before;
  const broken = brokenModeRule({ service, realServer: identity, forwarding: mode });
  const mapsPort = broken?.rule.id === 'no-port-mapping' && service.kind === 'address';
  const target = mapsPort ? { ...identity, port: service.port } : identity;
  requireModeRules('switch mode', { service, realServer: target, forwarding: mode });
  return {
    ...before,
    identity: target,
    forwarding: mode,
    // Tunnel settings mean nothing outside TUN, and ipvsadm resets them too.
    tunnel: mode === 'tun' ? before.tunnel : defaultTunnel,
  };
}

function portTaken(
  service: ServiceIdentity,
  before: RealServer,
  after: RealServer,
  mode: ForwardingMode,
): IpvsError {
  const old = formatRealServer(before.identity);
  const wanted = formatRealServer(after.identity);
  return IpvsError.input(
    'address-taken',
    'switch mode',
    `${old} of ${formatService(service)}`,
    `${mode.toUpperCase()} does not map ports, so ${old} would become ${wanted}, which is a real server of this service already`,
    `delete ${old}, or switch the others one by one`,
  );
}
