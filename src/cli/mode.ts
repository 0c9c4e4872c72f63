import type { Command } from 'commander';
import { modeDemands } from '../forwarding/mode-demands.ts';
import { forwardingModes } from '../ipvs/forwarding-method.ts';
import { parseService } from '../ipvs/identity.ts';
import { carryOut, type WriteOptions } from './carry-out.ts';
import { addOptions, createCommand, optionValues } from './command.ts';
import type { CommandContext } from './context.ts';
import { writeOptions } from './option-table.ts';
import { readWord } from './option-values.ts';
import { readRealServer } from './real-server-change.ts';

/** `lvstop mode SERVICE [REAL] nat|tun|dr`. */
export function modeCommand(context: CommandContext): Command {
  const modes = forwardingModes.join('|');
  const command = createCommand(
    context,
    'mode',
    'switch the forwarding mode of a real server, or of all of a service',
  )
    .usage(`SERVICE [REAL] ${modes} [options]`)
    .argument('<service>', 'the service, like tcp:203.0.113.10:80')
    .argument(`<real-or-mode>`, "a real server, like 10.0.0.21:8080; left out, all of the service's")
    .argument('[mode]', modes)
    .addHelpText('after', `\nWhat the modes demand:\n${demandLines()}`)
    .action(async (service: string, realOrMode: string, last: string | undefined) => {
      const identity = parseService(service);
      const mode = readWord('mode', last ?? realOrMode, forwardingModes);
      const realServer = last === undefined ? null : readRealServer(identity, realOrMode);
      await carryOut(context, optionValues<WriteOptions>(command), () => ({
        kind: 'switch mode',
        service: identity,
        realServer,
        mode,
      }));
    });
  return addOptions(command, writeOptions);
}

function demandLines(): string {
  return forwardingModes
    .flatMap((mode) => {
      const { director, realServer, network } = modeDemands[mode];
      return [
        `  ${mode.padEnd(3)}  director     ${director}`,
        `       real server  ${realServer}`,
        `       network      ${network}`,
      ];
    })
    .join('\n');
}
