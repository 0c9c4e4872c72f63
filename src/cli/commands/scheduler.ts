import type { Command } from 'commander';
import { parseService } from '../../ipvs/identity.ts';
import { schedulers } from '../../ipvs/scheduler.ts';
import type { CommandContext } from '../context/context.ts';
import { carryOut } from '../edits/carry-out.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import { editWriteOptions } from '../options/option-table.ts';

/** `lvstop scheduler SERVICE NAME`. */
export function schedulerCommand(context: CommandContext): Command {
  const command = createCommand(context, 'scheduler', 'give a service another scheduler')
    .usage('SERVICE NAME [options]')
    .argument('<service>', 'the service, like tcp:203.0.113.10:80')
    .argument('<name>', 'name of the scheduler, like wrr')
    .addHelpText(
      'after',
      `\nSchedulers:\n${schedulers.map(({ name, meaning }) => `  ${name.padEnd(6)} ${meaning}`).join('\n')}`,
    )
    .action(async (service: string, scheduler: string) => {
      const identity = parseService(service);
      await carryOut(context, optionValues(command, editWriteOptions), () => ({
        kind: 'edit service',
        service: identity,
        change: { scheduler },
      }));
    });
  return addOptions(command, editWriteOptions);
}
