import { type Diagnosis, shellWord } from '../../forwarding/diagnosis.ts';
import { modeDemands } from '../../forwarding/mode-demands.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import { brokenNetworkRules } from '../../forwarding/network-rules.ts';
import { type NextHopRoute, nextHopRoute } from '../../forwarding/next-hop-route.ts';
import {
  type ForwardingMode,
  forwardingMethodLabel,
  isForwardingMode,
} from '../../ipvs/forwarding-method.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import { count } from '../steps/describe.ts';
import type { Step } from '../steps/step.ts';

/** A real server that changes its mode, and perhaps its port with it. */
export interface ServerSwitch {
  readonly service: ServiceIdentity;
  readonly before: RealServer;
  readonly after: RealServer;
}

/** A line of the guide, with its kind. */
export interface GuideLine {
  readonly kind: 'heading' | 'text' | 'command' | 'error' | 'warning';
  readonly text: string;
}

/** At most this many commands of a kind are listed. */
const mostCommands = 300;

/** The real servers whose mode the steps change. A real server that moves to another port is added and deleted. */
export function serverSwitches(steps: readonly Step[]): ServerSwitch[] {
  const deletions = Map.groupBy(
    steps.filter((step) => step.kind === 'delete real server'),
    ({ service, before }) => `${formatService(service)} ${before.identity.address}`,
  );
  return steps.flatMap((step): ServerSwitch[] => {
    if (step.kind === 'set real server') {
      const { service, before, after } = step;
      return before.forwarding === after.forwarding ? [] : [{ service, before, after }];
    }
    if (step.kind !== 'add real server') return [];
    const { service, after } = step;
    const deleted = deletions
      .get(`${formatService(service)} ${after.identity.address}`)
      ?.find(({ before }) => before.forwarding !== after.forwarding);
    return deleted === undefined ? [] : [{ service, before: deleted.before, after }];
  });
}

/** The addresses whose routes the guide needs. */
export function switchedAddresses(steps: readonly Step[]): string[] {
  const addresses = serverSwitches(steps).flatMap(({ service, after }) => [
    after.identity.address,
    ...(service.kind === 'address' ? [service.address] : []),
  ]);
  return [...new Set(addresses)];
}

/**
 * What a switch of modes needs besides the steps on the table: on the director, with what the doctor would find
 * there, and on each real server, before and afterwards. Empty when no mode is switched. All texts are safe to show.
 */
export function modeSwitchGuide(steps: readonly Step[], network: NetworkFacts): GuideLine[] {
  const switches = serverSwitches(steps);
  const [mode] = switches.map(({ after }) => after.forwarding);
  if (mode === undefined || !isForwardingMode(mode)) return [];
  return [
    ...directorLines(mode, switches, network),
    heading('On each real server, before the switch'),
    text(`${forwardingMethodLabel(mode)}: ${modeDemands[mode].realServer}`),
    ...commandsTold(switches, ({ service, after }) => setupCall(service, after, [])),
    ...cleanUpLines(switches, network),
  ];
}

function directorLines(
  mode: ForwardingMode,
  switches: readonly ServerSwitch[],
  network: NetworkFacts,
): GuideLine[] {
  const found = new Map<string, Diagnosis & { readonly about: string }>();
  for (const { service, after } of switches) {
    const { identity: realServer, forwarding, tunnel } = after;
    const choice = { service, realServer, forwarding, tunnel };
    for (const { rule, diagnosis } of brokenNetworkRules(choice, network)) {
      const about = rule.about === 'real server' ? formatRealServer(realServer) : '';
      found.set(`${rule.id} ${about}`, { ...diagnosis, about });
    }
  }
  return [
    heading('On the director'),
    text(`${forwardingMethodLabel(mode)}: ${modeDemands[mode].director}`),
    ...(network.links.length === 0
      ? [text('the network was not looked at, so what the doctor will say is not known')]
      : found.size === 0
        ? [text('nothing that was looked at in its network speaks against it')]
        : []),
    ...sharedRouteLines(switches, network),
    ...[...found.values()].flatMap(({ severity, about, lookedAt, found: what, matters, mend }) => [
      {
        kind: severity === 'error' ? ('error' as const) : ('warning' as const),
        text: `${about === '' ? '' : `${about}: `}${lookedAt}: ${what}; ${matters}`,
      },
      ...mend.flatMap(({ kind, text: words, price }) =>
        kind === 'command'
          ? [command(words), ...(price === undefined ? [] : [text(`its price: ${price}`)])]
          : [text(words)],
      ),
    ]),
  ];
}

/** Routes for real servers that, during a switch, serve old connections in one mode and new ones in the other. */
function nextHopRoutes(switches: readonly ServerSwitch[], network: NetworkFacts): NextHopRoute[] {
  const addresses = switches
    .filter(({ before, after }) => (before.forwarding === 'dr') !== (after.forwarding === 'dr'))
    .map(({ after }) => after.identity.address);
  return [...new Set(addresses)].flatMap(
    (address) => nextHopRoute(address, network.routes.get(address)) ?? [],
  );
}

function sharedRouteLines(switches: readonly ServerSwitch[], network: NetworkFacts): GuideLine[] {
  const routes = nextHopRoutes(switches, network);
  if (routes.length === 0) return [];
  return [
    text(
      'before the switch, unless it is drained: a route that serves connections from before and new ones alike, since the kernel keeps one for both',
    ),
    ...commandsTold(routes, ({ add }) => add),
  ];
}

/** How to remove what lvstop's own scripts have set up for the former modes. */
function cleanUpLines(switches: readonly ServerSwitch[], network: NetworkFacts): GuideLine[] {
  const left = switches.filter(({ before }) => isForwardingMode(before.forwarding));
  if (left.length === 0) return [];
  const routes = nextHopRoutes(switches, network);
  return [
    ...(routes.length === 0 ? [] : [heading('On the director, when the connections from before have ended')]),
    ...commandsTold(routes, ({ remove }) => remove),
    heading('On each real server, when the connections from before have ended'),
    text('takes back what a script of lvstop has set up there for the former mode'),
    ...commandsTold(left, ({ service, before }) => setupCall(service, before, ['--undo'])),
  ];
}

/** The command line, typed on the director, that sets a real server up for its mode. */
function setupCall(
  service: ServiceIdentity,
  { identity, forwarding, tunnel }: RealServer,
  options: readonly string[],
): string {
  const words = ['lvstop', 'setup', formatService(service), formatRealServer(identity), '--mode', forwarding];
  const tunnelWords =
    forwarding === 'tun' && tunnel.type !== 'ipip'
      ? [
          ...['--tunnel', tunnel.type],
          ...(tunnel.type === 'gue' ? ['--tunnel-port', String(tunnel.port)] : []),
          ...(tunnel.checksum === 'no' ? [] : ['--tunnel-checksum', tunnel.checksum]),
        ]
      : [];
  const addresses = service.kind === 'fwmark' && forwarding !== 'nat' ? ' --address ADDRESS…' : '';
  const call = [...words, ...tunnelWords, ...options].map(shellWord).join(' ');
  return `${call}${addresses} | ssh root@${identity.address} sh`;
}

/** A command for each, up to `mostCommands`; for thousands the operator writes a loop. */
function commandsTold<Of>(all: readonly Of[], line: (of: Of) => string): GuideLine[] {
  const commands = all.slice(0, mostCommands).map((of) => command(line(of)));
  if (all.length <= mostCommands) return commands;
  return [...commands, text(`and likewise ${count(all.length - mostCommands, 'more')}`)];
}

function heading(words: string): GuideLine {
  return { kind: 'heading', text: words };
}

function text(words: string): GuideLine {
  return { kind: 'text', text: words };
}

function command(line: string): GuideLine {
  return { kind: 'command', text: line };
}
