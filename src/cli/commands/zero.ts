import type { Command } from 'commander';
import { parseService } from '../../ipvs/identity.ts';
import type { CommandContext } from '../context/context.ts';
import { carryOut } from '../edits/carry-out.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import { writeOptions } from '../options/option-table.ts';

/** `lvstop zero [SERVICE]`. */
export function zeroCommand(context: CommandContext): Command {
  const command = createCommand(context, 'zero', 'zero the counters of a service, or of all')
    .usage('[SERVICE] [options]')
    .argument('[service]', 'the service, like tcp:203.0.113.10:80; without it, all')
    .addHelpText('after', '\nThe counters of its real servers begin at 0 too. Zeroing cannot be undone.')
    .action(async (service: string | undefined) => {
      const identity = service === undefined ? null : parseService(service);
      await carryOut(context, optionValues(command, writeOptions), () => ({
        kind: 'zero',
        service: identity,
      }));
    });
  return addOptions(command, writeOptions);
}
