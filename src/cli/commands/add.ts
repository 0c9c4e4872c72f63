import type { Command } from 'commander';
import { parseService } from '../../ipvs/identity.ts';
import { defaultRealServerSettings } from '../../ipvs/real-server.ts';
import { defaultServiceSettings } from '../../ipvs/service.ts';
import type { CommandContext } from '../context/context.ts';
import { carryOut } from '../edits/carry-out.ts';
import { addOptions, createCommand, createGroup, optionValues } from '../options/command.ts';
import { realServerEditOptions, serviceEditOptions } from '../options/option-table.ts';
import { readRealServers, realServerChange } from '../options/real-server-change.ts';
import { serviceChange } from '../options/service-change.ts';

/** `lvstop add service|real`. */
export function addCommand(context: CommandContext): Command {
  return createGroup(context, 'add', 'add a virtual service, or a real server to one', [
    addServiceCommand(context),
    addRealCommand(context),
  ]);
}

function addServiceCommand(context: CommandContext): Command {
  const command = createCommand(context, 'service', 'add a virtual service')
    .usage('SERVICE [options]')
    .argument('<service>', 'tcp:203.0.113.10:80, udp:[2001:db8::1]:53, sctp:…, fwm:7 or fwm6:7')
    .addHelpText(
      'after',
      '\nWhat is not named is as ipvsadm has it: scheduler wlc, no persistence.\n\nExample:\n  lvstop add service tcp:203.0.113.10:80 --scheduler wrr --persistent 300',
    )
    .action(async (service: string) => {
      const options = optionValues(command, serviceEditOptions);
      const identity = parseService(service);
      const settings = {
        ...defaultServiceSettings,
        ...serviceChange(identity, defaultServiceSettings, options),
      };
      await carryOut(context, options, () => ({
        kind: 'add service',
        service: { identity, ...settings },
      }));
    });
  return addOptions(command, serviceEditOptions);
}

function addRealCommand(context: CommandContext): Command {
  const command = createCommand(context, 'real', 'add real servers to a service')
    .usage('SERVICE REAL… [options]')
    .argument('<service>', 'the service, like tcp:203.0.113.10:80')
    .argument('<real...>', "like 10.0.0.21:8080 or 10.0.0.21-24:8080; without a port, the service's")
    .addHelpText(
      'after',
      '\nWhat is not named is as ipvsadm has it: forwarding dr, weight 1, no thresholds, tunnel ipip.\n\nExamples:\n  lvstop add real tcp:203.0.113.10:80 10.0.0.21:8080 --forwarding nat --weight 3\n  lvstop add real tcp:203.0.113.10:80 10.0.0.21-24:8080 --forwarding nat\n  lvstop add real tcp:203.0.113.10:80 198.51.100.7 --forwarding tun --tunnel gue --tunnel-port 6080',
    )
    .action(async (service: string, reals: readonly string[]) => {
      const options = optionValues(command, realServerEditOptions);
      const identity = parseService(service);
      const settings = {
        ...defaultRealServerSettings,
        ...realServerChange(defaultRealServerSettings, options),
      };
      const realServers = readRealServers(identity, reals.join(' '));
      await carryOut(context, options, () =>
        realServers.map((realServer) => ({
          kind: 'add real server',
          service: identity,
          realServer: { identity: realServer, ...settings },
        })),
      );
    });
  return addOptions(command, realServerEditOptions);
}
