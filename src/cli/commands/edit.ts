import type { Command } from 'commander';
import { findRealServer } from '../../changes/steps/table-state.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, formatService, parseService } from '../../ipvs/identity.ts';
import { defaultRealServerSettings } from '../../ipvs/real-server.ts';
import { defaultServiceSettings } from '../../ipvs/service.ts';
import type { CommandContext } from '../context/context.ts';
import { carryOut } from '../edits/carry-out.ts';
import { addOptions, createCommand, createGroup, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { lastingOptions, realServerEditOptions, serviceEditOptions } from '../options/option-table.ts';
import { readRealServer, realServerChange } from '../options/real-server-change.ts';
import { serviceChange } from '../options/service-change.ts';

const editServiceOptions = [
  ...serviceEditOptions,
  ...lastingOptions,
] as const satisfies readonly OptionEntry[];

/** `lvstop edit service|real`: only what is named changes. */
export function editCommand(context: CommandContext): Command {
  return createGroup(context, 'edit', 'change what is named of a service or real server, nothing else', [
    editServiceCommand(context),
    editRealCommand(context),
  ]);
}

function editServiceCommand(context: CommandContext): Command {
  const command = createCommand(context, 'service', 'change what is named of a virtual service, nothing else')
    .usage('SERVICE [options]')
    .argument('<service>', 'the service, like tcp:203.0.113.10:80')
    .addHelpText('after', '\nExample:\n  lvstop edit service tcp:203.0.113.10:80 --persistent none')
    .action(async (service: string) => {
      const options = optionValues(command, editServiceOptions);
      const identity = parseService(service);
      await carryOut(context, options, (director) => {
        const present = director.findService(identity)?.service ?? defaultServiceSettings;
        const change = serviceChange(identity, present, options);
        requireSomething(command, change, 'edit service', formatService(identity));
        return { kind: 'edit service', service: identity, change };
      });
    });
  return addOptions(command, editServiceOptions);
}

function editRealCommand(context: CommandContext): Command {
  const command = createCommand(context, 'real', 'change what is named of a real server, nothing else')
    .usage('SERVICE REAL [options]')
    .argument('<service>', 'the service, like tcp:203.0.113.10:80')
    .argument('<real>', "the real server, like 10.0.0.21:8080; without a port, the service's")
    .addHelpText(
      'after',
      '\nExample:\n  lvstop edit real tcp:203.0.113.10:80 10.0.0.21:8080 --upper 1000 --lower 800',
    )
    .action(async (service: string, real: string) => {
      const options = optionValues(command, realServerEditOptions);
      const identity = parseService(service);
      const realServer = readRealServer(identity, real);
      await carryOut(context, options, (director) => {
        const present = findRealServer(director, identity, realServer)?.realServer;
        const change = realServerChange(present ?? defaultRealServerSettings, options);
        const object = `${formatRealServer(realServer)} of ${formatService(identity)}`;
        requireSomething(command, change, 'edit real server', object);
        return { kind: 'edit real server', service: identity, realServer, change };
      });
    });
  return addOptions(command, realServerEditOptions);
}

function requireSomething(command: Command, change: object, operation: string, object: string): void {
  if (Object.keys(change).length > 0) return;
  const setting = command.options.find(({ long }) => long === '--weight' || long === '--scheduler');
  throw IpvsError.input(
    'missing-value',
    operation,
    object,
    'nothing was named to be changed',
    `give at least one setting, like ${setting?.flags.split(', ').at(-1)}; see --help`,
  );
}
