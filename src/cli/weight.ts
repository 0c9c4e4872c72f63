import type { Command } from 'commander';
import { parseService } from '../ipvs/identity.ts';
import { greatestWeight } from '../ipvs/real-server.ts';
import { carryOut, type WriteOptions } from './carry-out.ts';
import { addOptions, createCommand, optionValues } from './command.ts';
import type { CommandContext } from './context.ts';
import { writeOptions } from './option-table.ts';
import { readNumber } from './option-values.ts';
import { readRealServer } from './real-server-change.ts';

/** `lvstop weight SERVICE REAL N`. */
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
      await carryOut(context, optionValues<WriteOptions>(command), () => ({
        kind: 'edit real server',
        service: identity,
        realServer,
        change: { weight },
      }));
    });
  return addOptions(command, writeOptions);
}
