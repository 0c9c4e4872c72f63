import type { Command } from 'commander';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { describeSyncDaemon, describeTimeouts } from '../../changes/steps/describe.ts';
import { readTable, type ServiceState } from '../../changes/steps/table-state.ts';
import { standOf } from '../../changes/undo/stand.ts';
import { type ConnectionKeyChoice, connectionKeys } from '../../clients/connection-keys.ts';
import { ConnectionReading } from '../../clients/connection-reading.ts';
import type { Director } from '../../director/director.ts';
import {
  failoverSettings,
  type Member,
  type MemberChange,
  type MemberKeys,
} from '../../fleet/pairs/member.ts';
import { formatIpvsadm } from '../../formats/ipvsadm/ipvsadm.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { findKeepalived } from '../../manager/keepalived/keepalived-process.ts';
import { heldAddresses, standingInstances } from '../../manager/keepalived/vrrp.ts';
import { readManagedConfiguration } from '../../manager/managed-configuration.ts';
import { allAtOnce, inTurns } from '../../system/turns.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { openJournal } from '../edits/open-journal.ts';
import { addOptions, createCommand, createGroup, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { demoOption } from '../options/option-table.ts';
import { readNumberWithin } from '../options/option-values.ts';

const memberOptions = [
  { flags: '--change <id>', help: 'also what became of this change', source: 'change' },
  {
    flags: '--connections <which>',
    help: 'also the connections, as keys that can be compared: established, or all',
    words: ['established', 'all'],
  },
  {
    flags: '--one-in <n>',
    help: 'of the connections only one in so many, on each director the same',
    read: (text) => Math.floor(readNumberWithin('--one-in', text, 1, 1_000_000)),
  },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** `lvstop pair status|member`. */
export function pairCommand(context: CommandContext): Command {
  return createGroup(context, 'pair', 'two directors that stand in for each other', [
    statusCommand(context),
    memberCommand(context),
  ]);
}

const statusOptions = [
  { flags: '--json', help: 'one JSON object' },
] as const satisfies readonly OptionEntry[];

/**
 * Stands here for help and completion, and always refuses: the side that calls both hosts compares them
 * (`on-hosts.ts`).
 */
function statusCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'status',
    'compare two directors: tables, settings, roles, sync daemons, and which connections a failover breaks',
  )
    .usage('[options]')
    .addHelpText(
      'after',
      '\nThe exit code is 1 where tables or settings differ, or the standby hears of no connections.\n\nExample:\n  lvstop --host lb1,lb2 pair status',
    )
    .action(() => {
      throw IpvsError.input(
        'bad-usage',
        'compare a pair',
        '',
        'it takes two hosts',
        'give both before it: lvstop --host lb1,lb2 pair status',
      );
    });
  return addOptions(command, statusOptions);
}

function memberCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'member',
    'print as JSON what this director tells of itself to whoever compares it with its partner',
  )
    .usage('[options]')
    .action(async () => {
      const { change: id, demo = false, connections, oneIn = 1 } = optionValues(command, memberOptions);
      await withDirector(context, { demo }, async (director) => {
        const table = readTable(director);
        const told: Member = {
          ...addressesOf(context, table),
          instances: demo ? [] : instancesOf(context),
          table: tableLines(table),
          settings: Object.fromEntries(
            failoverSettings.map((name) => [name, director.setting(name) ?? null]),
          ),
          timeouts: describeTimeouts(director.timeouts()),
          syncDaemons: director.syncDaemons().map((daemon) => ({
            state: daemon.state,
            syncId: daemon.syncId,
            words: describeSyncDaemon(daemon),
          })),
          connections: connectionsIn(table),
          keys:
            connections === undefined ? null : await keysOf(director, table, { only: connections, oneIn }),
          change: id === undefined ? null : changeNamed(context, director, id),
        };
        context.console.out(`${JSON.stringify({ version: 1, ...told })}\n`);
      });
    });
  return addOptions(command, memberOptions);
}

function connectionsIn(table: readonly ServiceState[]): number {
  return table
    .flatMap(({ realServers }) => realServers)
    .reduce((sum, { active, inactive }) => sum + active + inactive, 0);
}

async function keysOf(
  director: Director,
  table: readonly ServiceState[],
  choice: ConnectionKeyChoice,
): Promise<MemberKeys> {
  const reading = new ConnectionReading(director, connectionsIn(table));
  await inTurns(reading.read('within a second'));
  const keys = await inTurns(connectionKeys(reading.table, choice));
  const { total, state } = reading;
  return { ...keys, read: reading.table.length, total, isWhole: state === 'whole' };
}

function addressesOf(
  { heldAddresses: held = heldAddresses }: CommandContext,
  table: readonly ServiceState[],
): Pick<Member, 'held' | 'addresses'> {
  const own = held();
  const addresses = [
    ...new Set(
      table.flatMap(({ service: { identity } }) => (identity.kind === 'address' ? [identity.address] : [])),
    ),
  ];
  return { addresses, held: addresses.filter((address) => own.has(address)) };
}

/** None where no keepalived runs, or its files cannot be read. */
function instancesOf(context: CommandContext): Member['instances'] {
  const keepalived = (context.findKeepalived ?? findKeepalived)();
  if (keepalived === undefined) return [];
  try {
    const held = (context.heldAddresses ?? heldAddresses)();
    return standingInstances(readManagedConfiguration(keepalived), { held }).map(({ name, state }) => ({
      name,
      state,
    }));
  } catch (error) {
    if (error instanceof IpvsError) return [];
    throw error;
  }
}

function tableLines(table: readonly ServiceState[]): readonly string[] {
  const text = formatIpvsadm(
    table.map(({ service, realServers }) => ({
      service,
      realServers: realServers.map(({ realServer }) => realServer),
    })),
  );
  return text.split('\n').filter((line) => line !== '');
}

function changeNamed(context: CommandContext, director: Director, id: string): MemberChange | null {
  const { changes } = allAtOnce(openJournal(context, director.source).read(Infinity));
  const change = changes.find((one) => one.id === id);
  return change === undefined ? null : memberChange(director, change);
}

function memberChange(director: Director, change: JournalledChange): MemberChange {
  const { state, confirmation, undoneBy } = change;
  return {
    state: state === 'under way' ? 'under way' : 'ended',
    confirmation: confirmation === null ? 'none' : (confirmation.verdict ?? 'waiting'),
    isUndone: undoneBy !== null,
    stand: allAtOnce(standOf(director, change)),
  };
}
