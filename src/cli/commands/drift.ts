import type { Command } from 'commander';
import { count } from '../../changes/steps/describe.ts';
import { stepLine, stepObjectText } from '../../changes/steps/step-kinds.ts';
import { readTable } from '../../changes/steps/table-state.ts';
import { noNames } from '../../formats/names.ts';
import { readLdirectord } from '../../formats/read-ldirectord.ts';
import { longestText, onlySource } from '../../formats/source-lines.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import { type Drift, driftsOf, type LostQuorum, lostQuorums } from '../../manager/drift.ts';
import { causeLines, foundText } from '../../manager/drift-text.ts';
import { askKeepalived, dumpFiles } from '../../manager/keepalived/keepalived-dump.ts';
import { type KeepalivedLog, readKeepalivedLog } from '../../manager/keepalived/keepalived-log.ts';
import { findKeepalived } from '../../manager/keepalived/keepalived-process.ts';
import { keepalivedSays } from '../../manager/keepalived/says.ts';
import { type StandingInstance, standingInstances } from '../../manager/keepalived/vrrp.ts';
import { instanceText } from '../../manager/keepalived/vrrp-text.ts';
import { ldirectordDrifts } from '../../manager/ldirectord/ldirectord-drift.ts';
import { findLdirectord, type LdirectordProcess } from '../../manager/ldirectord/ldirectord-process.ts';
import { readManagedConfiguration } from '../../manager/managed-configuration.ts';
import { readPlainFile } from '../../system/plain-file.ts';
import { reasonOf } from '../../system/system-error.ts';
import { allAtOnce } from '../../system/turns.ts';
import type { CommandConsole } from '../context/console.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { Found } from '../context/exit-code.ts';
import { requireWritable } from '../edits/read-only.ts';
import { systemPorts } from '../files/name-tables.ts';
import { requireNoProblems } from '../files/read-saved-table.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { demoOption } from '../options/option-table.ts';

const driftOptions = [
  {
    flags: '--ask',
    help: 'have keepalived write its own state (SIGUSR1, to /tmp/keepalived.data and keepalived_check.data), and read it',
  },
  { flags: '--json', help: 'one JSON object' },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** `lvstop drift`. */
export function driftCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'drift',
    'tell what the table and the configuration of the keepalived or ldirectord that runs here differ in, and why',
  )
    .usage('[options]')
    .addHelpText(
      'after',
      '\nReads the files that keepalived was started with, and its lines in the journal or syslog. Where these, or with\n--ask keepalived itself, say why something differs, that is told, else all causes that fit, and what to look at.\nVRRP instances are told with what this machine is of them. The exit code is 0 when table and configuration are\nthe same and 1 when they differ.\n\nExample:\n  lvstop drift --ask',
    )
    .action(async () => {
      const options = optionValues(command, driftOptions);
      const { console } = context;
      const keepalived =
        options.demo !== undefined ? undefined : (context.findKeepalived ?? findKeepalived)();
      if (keepalived === undefined) {
        const ldirectord =
          options.demo !== undefined ? undefined : (context.findLdirectord ?? findLdirectord)();
        if (ldirectord === undefined) throw noKeeper();
        await tellLdirectord(context, ldirectord, options);
        return;
      }
      const managed = readManagedConfiguration(keepalived);
      const { configuration, problems } = managed.reading;
      requireNoProblems(console, visible(keepalived.file), configuration.sources, problems);
      const tools = { readLog: readKeepalivedLog, ask: askKeepalived, ...context.keepalivedTools };
      await withDirector(context, { demo: false }, async (director) => {
        const now = Date.now();
        const log = await tools.readLog(keepalived, now);
        if (options.ask === true) await requireWritable(context, options, dumpFiles(keepalived).checks, '');
        const asked = options.ask === true ? await tools.ask(keepalived) : null;
        const logged = log.kind === 'read' ? log.sayings : [];
        const says = allAtOnce(keepalivedSays(managed, logged, asked));
        const table = readTable(director);
        const found: Findings = {
          keeper: { name: 'keepalived', ...keepalived },
          drifts: allAtOnce(driftsOf(managed, table, { says })),
          quorums: lostQuorums(managed, table),
          instances: standingInstances(managed, { says, daemons: director.syncDaemons() }),
          log,
          now,
        };
        tell(console, found, options.json === true);
      });
    });
  return addOptions(command, driftOptions);
}

function tell(console: CommandConsole, found: Findings, isJson: boolean): void {
  if (isJson) console.out(`${JSON.stringify(jsonOf(found), null, 2)}\n`);
  else {
    console.out(
      driftLines(found)
        .map((line) => `${line}\n`)
        .join(''),
    );
    for (const line of summaryLines(found)) console.err(line);
  }
  if (found.drifts.length > 0) throw new Found();
}

/** ldirectord tells nobody its state: what is known is its configuration and the table. */
async function tellLdirectord(
  context: CommandContext,
  ldirectord: LdirectordProcess,
  options: { readonly ask?: boolean; readonly json?: boolean },
): Promise<void> {
  const file = visible(ldirectord.file);
  if (options.ask === true) {
    throw IpvsError.input('bad-usage', 'ask', file, 'ldirectord has no way to be asked', 'leave --ask out');
  }
  const text = readPlainText(ldirectord.file);
  const reading = readLdirectord(onlySource(text), { ...noNames, ports: systemPorts() });
  requireNoProblems(context.console, file, reading.configuration.sources, reading.problems);
  await withDirector(context, { demo: false }, (director) => {
    const drifts = ldirectordDrifts(ldirectord, reading, text, readTable(director));
    const log = { kind: 'unread', reason: 'ldirectord writes no state that lvstop reads' } as const;
    const keeper = { name: 'ldirectord', ...ldirectord } as const;
    tell(
      context.console,
      { keeper, drifts, quorums: [], instances: [], log, now: Date.now() },
      options.json === true,
    );
  });
}

function readPlainText(path: string): string {
  try {
    return readPlainFile(path, { longest: longestText }).toString('utf8');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw IpvsError.input('bad-file', 'read', visible(path), reasonOf(error), 'run lvstop as root');
  }
}

function noKeeper(): IpvsError {
  return IpvsError.input(
    'nothing-to-do',
    'look for drift from',
    'keepalived or ldirectord',
    'no keepalived is seen in this network namespace, and no ldirectord',
    '"lvstop diff FILE" compares with any file, "lvstop namespaces" tells where a table has a keeper',
  );
}

/** What was looked at and found. */
interface Findings {
  readonly keeper: {
    readonly name: 'keepalived' | 'ldirectord';
    readonly pid: number;
    readonly file: string;
    readonly id?: string;
  };
  readonly drifts: readonly Drift[];
  readonly quorums: readonly LostQuorum[];
  readonly instances: readonly StandingInstance[];
  readonly log: KeepalivedLog;
  readonly now: number;
}

function driftLines({ keeper, drifts, quorums, instances, now }: Findings): string[] {
  const several = drifts.some(({ causes }) => causes.length > 1);
  return [
    ...instances.flatMap((instance) => [instanceText(instance, now)]),
    ...drifts.flatMap((drift) => [
      `${stepObjectText(drift.step)}: ${foundText(drift)}`,
      ...causeLines(drift, now).map((line) => `    ${line}`),
    ]),
    ...quorums.map(
      ({ service, quorum, weight }) =>
        `${formatService(service)}: its quorum of ${quorum} is lost, its real servers have ${weight} in the table`,
    ),
    ...(several
      ? [
          '',
          keeper.name === 'keepalived'
            ? 'Which of several it is, "lvstop drift --ask" has keepalived tell, and "lvstop journal" what lvstop did.'
            : 'Which of several it is, the log of ldirectord tells, and "lvstop journal" what lvstop did.',
        ]
      : []),
  ];
}

function summaryLines({ keeper: { name, pid, file }, drifts, log }: Findings): string[] {
  const what = `what ${name} (process ${pid}) has in ${visible(file)}`;
  return [
    ...(name === 'keepalived' && log.kind === 'unread' && drifts.some(({ causes }) => causes.length > 1)
      ? [`its log is not read: ${log.reason}`]
      : []),
    drifts.length === 0 ? `the table is ${what}` : `${count(drifts.length, 'difference')} from ${what}`,
  ];
}

function jsonOf({ keeper: { name, pid, file, id }, drifts, quorums, instances, log }: Findings): object {
  const moment = (time: number | null) => (time === null ? null : new Date(time).toISOString());
  return {
    version: 1,
    [name]: { pid, file: visible(file), ...(id !== undefined && { id: visible(id) }) },
    log: log.kind === 'read' ? log.source : null,
    differs: drifts.length > 0,
    drifts: drifts.map((drift) => ({
      service: formatService(drift.service),
      realServer: drift.realServer && formatRealServer(drift.realServer),
      found: foundText({ ...drift, place: null }),
      causes: drift.causes,
      by: drift.by,
      saidByKeepalived: drift.said !== null,
      since: moment(drift.said?.since ?? null),
      file: drift.place && visible(drift.place.path),
      line: drift.place?.line ?? null,
      asConfigured: stepLine(drift.step),
    })),
    quorumLost: quorums.map(({ service, quorum, weight }) => ({
      service: formatService(service),
      quorum,
      weight,
    })),
    vrrp: instances.map((instance) => ({
      name: visible(instance.name),
      state: instance.state,
      keepalivedSays: instance.contradicted,
      since: moment(instance.since),
      master: instance.master,
      addresses: instance.addresses,
      syncDaemons: instance.sync?.running ?? [],
    })),
  };
}
