import type { Command } from 'commander';
import { describeSyncDaemon } from '../../changes/steps/describe.ts';
import { jsonText } from '../../formats/json/json-text.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { defaultSyncDaemonSettings, greatestSyncValues, syncDaemonStates } from '../../ipvs/sync-daemon.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { carryOut } from '../edits/carry-out.ts';
import { addOptions, createCommand, createGroup, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { demoOption, writeOptions } from '../options/option-table.ts';
import { readNumberWithin, readWord } from '../options/option-values.ts';

const listOptions = [
  { flags: '--json', help: 'print them as JSON' },
  demoOption,
] as const satisfies readonly OptionEntry[];

function numberOption<const Name extends string>(
  name: Name,
  field: keyof typeof greatestSyncValues,
  help: string,
) {
  return {
    flags: `--${name} <n>`,
    help,
    read: (text: string) => readNumberWithin(`--${name}`, text, 0, greatestSyncValues[field]),
  } as const;
}

const startOptions = [
  { flags: '--interface <name>', help: 'the network that the directors share; it must have an address' },
  numberOption('sync-id', 'syncId', 'the same on both sides; a backup with 0 listens to all (default: 0)'),
  { flags: '--group <address>', help: 'multicast group (default: 224.0.0.81)' },
  numberOption('port', 'port', 'UDP port (default: 8848)'),
  numberOption('ttl', 'ttl', 'hops of the multicast packets (default: 1)'),
  numberOption('max-length', 'maxLength', 'bytes of a message (default: by the MTU)'),
  ...writeOptions,
] as const satisfies readonly OptionEntry[];

/** `lvstop sync list|start|stop`. */
export function syncCommand(context: CommandContext): Command {
  return createGroup(
    context,
    'sync',
    'print, start or stop the daemons that tell other directors of connections',
    [listDaemons(context), startDaemon(context), stopDaemon(context)],
  );
}

function listDaemons(context: CommandContext): Command {
  const command = createCommand(context, 'list', 'print the daemons that run')
    .usage('[options]')
    .action(async () => {
      const { demo, json } = optionValues(command, listOptions);
      await withDirector(context, { demo }, (director) => {
        const syncDaemons = director.syncDaemons();
        if (json === true) context.console.out(`${jsonText({ version: 1, syncDaemons })}\n`);
        else if (syncDaemons.length === 0) context.console.err('no sync daemon runs');
        else {
          context.console.out(
            syncDaemons.map((daemon) => `${daemon.state.padEnd(6)} ${describeSyncDaemon(daemon)}\n`).join(''),
          );
        }
      });
    });
  return addOptions(command, listOptions);
}

function startDaemon(context: CommandContext): Command {
  const command = createCommand(context, 'start', 'start a daemon; one that runs otherwise is stopped first')
    .usage('master|backup --interface NAME [options]')
    .argument('<state>', syncDaemonStates.join(' or '))
    .addHelpText('after', '\nExample:\n  lvstop sync start master --interface eth1 --sync-id 1')
    .action(async (text: string) => {
      const state = readWord('state', text, syncDaemonStates);
      const options = optionValues(command, startOptions);
      const { interface: name, group = null } = options;
      if (name === undefined) {
        throw IpvsError.input(
          'missing-value',
          'start sync daemon',
          state,
          'no interface is named',
          'give --interface NAME, one that "ip link" shows',
        );
      }
      const { syncId, maxLength, port, ttl } = { ...defaultSyncDaemonSettings, ...options };
      const daemon = { state, interface: name, syncId, maxLength, group, port, ttl };
      await carryOut(context, options, () => ({ kind: 'start sync daemon', daemon }));
    });
  return addOptions(command, startOptions);
}

function stopDaemon(context: CommandContext): Command {
  const command = createCommand(context, 'stop', 'stop a daemon')
    .usage('master|backup [options]')
    .argument('<state>', syncDaemonStates.join(' or '))
    .action(async (text: string) => {
      const state = readWord('state', text, syncDaemonStates);
      await carryOut(context, optionValues(command, writeOptions), () => ({
        kind: 'stop sync daemon',
        state,
      }));
    });
  return addOptions(command, writeOptions);
}
