import type { Command } from 'commander';
import { usualRampSteps as usualSteps } from '../../changes/drain/ramps.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { parseService } from '../../ipvs/identity.ts';
import { greatestWeight } from '../../ipvs/real-server.ts';
import type { CommandContext } from '../context/context.ts';
import { carryOut } from '../edits/carry-out.ts';
import { isLasting } from '../edits/carry-out-lasting.ts';
import { rampUp } from '../edits/ramp-up.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { editWriteOptions, trackFileOption } from '../options/option-table.ts';
import { readDuration, readNumber, readNumberWithin } from '../options/option-values.ts';
import { readRealServer } from '../options/real-server-change.ts';

const weightOptions = [
  {
    flags: '--over <time>',
    help: 'get there in steps over so long, like 60s or 5m: spares a cold server the flood under wlc',
    read: (text) => readDuration('--over', text),
  },
  {
    flags: '--steps <count>',
    help: `steps of --over (default: ${usualSteps})`,
    read: (text) => Math.ceil(readNumberWithin('--steps', text, 1, greatestWeight)),
  },
  trackFileOption,
  ...editWriteOptions,
] as const satisfies readonly OptionEntry[];

/** `lvstop weight SERVICE REAL N [--over TIME [--steps COUNT]]`. */
export function weightCommand(context: CommandContext): Command {
  const allowed = `a whole number from 0 to ${greatestWeight}`;
  const command = createCommand(context, 'weight', 'set the weight of a real server')
    .usage('SERVICE REAL N [options]')
    .argument('<service>', 'the service, like tcp:203.0.113.10:80')
    .argument('<real>', "the real server, like 10.0.0.21:8080; without a port, the service's")
    .argument('<n>', `${allowed}; 0 takes no new connections`)
    .action(async (service: string, real: string, text: string) => {
      const identity = parseService(service);
      const realServer = readRealServer(identity, real);
      const weight = readNumber('weight', text, allowed);
      const options = optionValues(command, weightOptions);
      if (options.over === undefined && options.steps !== undefined) {
        throw IpvsError.input(
          'bad-usage',
          'set weight',
          '',
          '--steps says in how many steps of --over, which is missing',
          'give --over TIME too, or leave it out',
        );
      }
      if (options.over !== undefined && isLasting(options)) {
        throw IpvsError.input(
          'bad-usage',
          'set weight',
          '',
          '--over and --lasting exclude each other: the file has one weight, and each step would be a reload',
          'give one of them',
        );
      }
      if (options.over !== undefined && options.confirmWithin !== undefined) {
        throw IpvsError.input(
          'bad-usage',
          'set weight',
          '',
          '--over and --confirm-within exclude each other: each step is a change of its own',
          'give one of them',
        );
      }
      if (options.over !== undefined) {
        const { over, steps = usualSteps } = options;
        await rampUp(context, options, { service: identity, realServer, weight, over, steps });
        return;
      }
      await carryOut(context, options, () => ({
        kind: 'edit real server',
        service: identity,
        realServer,
        change: { weight },
      }));
    });
  return addOptions(command, weightOptions);
}
