import type { Command } from 'commander';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { readTable, type ServiceState } from '../../changes/steps/table-state.ts';
import { standOf } from '../../changes/undo/stand.ts';
import type { Director } from '../../director/director.ts';
import type { Member, MemberChange } from '../../fleet/pairs/member.ts';
import { formatIpvsadm } from '../../formats/ipvsadm.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { findKeepalived } from '../../manager/keepalived-process.ts';
import { readManagedConfiguration } from '../../manager/managed-configuration.ts';
import { heldAddresses, standingInstances } from '../../manager/vrrp.ts';
import { allAtOnce } from '../../system/turns.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { openJournal } from '../edits/open-journal.ts';
import { addOptions, createCommand, createGroup, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { demoOption } from '../options/option-table.ts';

const memberOptions = [
  { flags: '--change <id>', help: 'also what became of this change', source: 'change' },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** `lvstop pair member`: what one director of a pair tells the side that calls both. */
export function pairCommand(context: CommandContext): Command {
  return createGroup(context, 'pair', 'two directors that stand in for each other', [memberCommand(context)]);
}

function memberCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'member',
    'print as JSON what this director tells of itself to whoever compares it with its partner',
  )
    .usage('[options]')
    .action(async () => {
      const { change: id, demo = false } = optionValues(command, memberOptions);
      await withDirector(context, { demo }, (director) => {
        const table = readTable(director);
        const told: Member = {
          ...addressesOf(context, table),
          instances: demo ? [] : instancesOf(context),
          table: tableLines(table),
          change: id === undefined ? null : changeNamed(context, director, id),
        };
        context.console.out(`${JSON.stringify({ version: 1, ...told })}\n`);
      });
    });
  return addOptions(command, memberOptions);
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
