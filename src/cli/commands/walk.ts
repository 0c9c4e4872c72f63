import type { Command } from 'commander';
import { refusals } from '../../changes/plan/refusals.ts';
import { allRealServers, allServices, type ReadableDirector } from '../../director/director.ts';
import { gatherWalk } from '../../doctor/walk/gather-walk.ts';
import { likeliestRealServer } from '../../forwarding/walk/walk-endpoints.ts';
import { walkJson } from '../../forwarding/walk/walk-json.ts';
import { plainWalk } from '../../forwarding/walk/walk-text.ts';
import { IpvsError } from '../../ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  parseRealServer,
  parseService,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import type { PublicRealServer } from '../../ipvs/real-server.ts';
import type { PublicService } from '../../ipvs/service.ts';
import { askOne } from '../../probe/ask-one.ts';
import { localeIsUtf8 } from '../../terminal/locale.ts';
import type { CommandContext } from '../context/context.ts';
import { openMachine, openNetwork } from '../opening/open-host.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { demoOption } from '../options/option-table.ts';

const walkOptions = [
  {
    flags: '--client <address>',
    help: 'a client to follow (default: one that has a connection, or an example)',
  },
  { flags: '--probe', help: 'ask the real server first whether it answers, as "lvstop probe" does' },
  { flags: '--json', help: 'print it as JSON' },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** Lines of this many cells are read well and fit a small terminal. */
const width = 80;

/** `lvstop walk SERVICE [REAL]`. */
export function walkCommand(context: CommandContext): Command {
  const command = createCommand(context, 'walk', "draw a request's way to a real server and back, hop by hop")
    .usage('[options] SERVICE [REAL]')
    .argument('<service>', 'like tcp:203.0.113.10:80 or fwm:7')
    .argument('[real]', 'like 10.0.0.21:8080 (default: the one with the greatest weight)')
    .addHelpText(
      'after',
      "\nAddresses and ports are those of each hop, with what NAT rewrites, the frame's addresses, and the outer\nheader and the room left for the packet under TUN. Routes, interfaces and neighbours are looked up on this\nmachine as they are now.\n\nExamples:\n  lvstop walk tcp:203.0.113.10:80\n  lvstop walk tcp:203.0.113.10:443 10.0.1.31:443 --client 198.51.100.7",
    )
    .action(async (serviceText: string, realText: string | undefined) => {
      const options = optionValues(command, walkOptions);
      const choice = { demo: options.demo };
      const identity = parseService(serviceText);
      const network = await (context.openNetwork ?? openNetwork)(choice);
      const machine = await (context.openMachine ?? openMachine)(choice);
      try {
        await withReadableDirector(context, choice, async (director) => {
          const sources = { director, network, machine };
          const chosen = findRealServer(director, identity, realText);
          const services = allServices(director).map(({ service }) => service.identity);
          const walk = await gatherWalk(sources, {
            ...chosen,
            services,
            ...(options.probe === true && {
              answer: await askOne(sources, { service: identity, realServer: chosen.realServer }, services),
            }),
            ...(options.client !== undefined && { client: options.client }),
          });
          const ascii = !localeIsUtf8(process.env);
          context.console.out(
            options.json === true ? `${walkJson(walk)}\n` : plainWalk(walk, { width, ascii }),
          );
          if (director.source === 'simulated' && options.json !== true)
            context.console.err('SIMULATED: this director exists in the demo only');
        });
      } finally {
        network.close();
      }
    });
  return addOptions(command, walkOptions);
}

/** The service and the named real server of it, or the one with the greatest weight. */
function findRealServer(
  director: ReadableDirector,
  identity: ServiceIdentity,
  realText: string | undefined,
): { readonly service: PublicService; readonly realServer: PublicRealServer } {
  const object = formatService(identity);
  const entry = director.findService(identity);
  if (entry === undefined) throw refusals.unknownService('walk', identity);
  const realServers = allRealServers(director, identity).map(({ realServer }) => realServer);
  if (realText === undefined) {
    const realServer = likeliestRealServer(realServers);
    if (realServer !== undefined) return { service: entry.service, realServer };
    throw IpvsError.input(
      'nothing-to-do',
      'walk',
      object,
      'the service has no real servers',
      'add one with "lvstop add real"',
    );
  }
  const wanted = parseRealServer(realText, identity.kind === 'address' ? identity.port : 0);
  const name = formatRealServer(wanted);
  const realServer = realServers.find((known) => formatRealServer(known.identity) === name);
  if (realServer !== undefined) return { service: entry.service, realServer };
  throw refusals.unknownRealServer('walk', identity, wanted);
}
