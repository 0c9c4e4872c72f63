import type { Command } from 'commander';
import { parseService } from '../../ipvs/identity.ts';
import type { CommandContext } from '../context/context.ts';
import { carryOut } from '../edits/carry-out.ts';
import { addOptions, createCommand, createGroup, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { editWriteOptions, trialOptions, writeOptions } from '../options/option-table.ts';
import { readRealServer } from '../options/real-server-change.ts';

const deleteServiceOptions = [...trialOptions, ...writeOptions] as const satisfies readonly OptionEntry[];

/** `lvstop delete service|real`. */
export function deleteCommand(context: CommandContext): Command {
  return createGroup(context, 'delete', 'delete a virtual service, or a real server of one', [
    deleteServiceCommand(context),
    deleteRealCommand(context),
  ]);
}

function deleteServiceCommand(context: CommandContext): Command {
  const command = createCommand(context, 'service', 'delete a virtual service with its real servers')
    .usage('SERVICE [options]')
    .argument('<service>', 'the service, like tcp:203.0.113.10:80')
    .action(async (service: string) => {
      const identity = parseService(service);
      await carryOut(context, optionValues(command, deleteServiceOptions), () => ({
        kind: 'delete service',
        service: identity,
      }));
    });
  return addOptions(command, deleteServiceOptions);
}

function deleteRealCommand(context: CommandContext): Command {
  const command = createCommand(context, 'real', 'delete a real server of a service')
    .usage('SERVICE REAL [options]')
    .argument('<service>', 'the service, like tcp:203.0.113.10:80')
    .argument('<real>', "the real server, like 10.0.0.21:8080; without a port, the service's")
    .action(async (service: string, real: string) => {
      const identity = parseService(service);
      const realServer = readRealServer(identity, real);
      await carryOut(context, optionValues(command, editWriteOptions), () => ({
        kind: 'delete real server',
        service: identity,
        realServer,
      }));
    });
  return addOptions(command, editWriteOptions);
}
