import type { Command } from 'commander';
import { count } from '../../changes/steps/describe.ts';
import { stepLine, stepObjectText } from '../../changes/steps/step-kinds.ts';
import { readTable } from '../../changes/steps/table-state.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import { type Drift, driftsOf, type LostQuorum, lostQuorums } from '../../manager/drift.ts';
import { causeText, foundText } from '../../manager/drift-text.ts';
import { findKeepalived, type KeepalivedProcess } from '../../manager/keepalived-process.ts';
import { readManagedConfiguration } from '../../manager/managed-configuration.ts';
import { allAtOnce } from '../../system/turns.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { Found } from '../context/exit-code.ts';
import { requireNoProblems } from '../files/read-saved-table.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { demoOption } from '../options/option-table.ts';

const driftOptions = [
  { flags: '--json', help: 'one JSON object' },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** `lvstop drift`. */
export function driftCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'drift',
    'tell what the table and the configuration of the keepalived that runs here differ in, and why',
  )
    .usage('[options]')
    .addHelpText(
      'after',
      '\nReads the files that keepalived was started with, and starts and asks nobody. Of each difference all causes\nthat fit are named; where there are several, what to look at. The exit code is 0 when they are the same and\n1 when they differ.\n\nExample:\n  lvstop drift',
    )
    .action(async () => {
      const options = optionValues(command, driftOptions);
      const { console } = context;
      const keepalived = options.demo === true ? undefined : (context.findKeepalived ?? findKeepalived)();
      if (keepalived === undefined) throw noKeepalived();
      const managed = readManagedConfiguration(keepalived);
      const { configuration, problems } = managed.reading;
      requireNoProblems(console, visible(keepalived.file), configuration.sources, problems);
      await withDirector(context, { demo: false }, (director) => {
        const table = readTable(director);
        const drifts = allAtOnce(driftsOf(managed, table));
        const quorums = lostQuorums(managed, table);
        if (options.json === true) {
          console.out(`${JSON.stringify(jsonOf(keepalived, drifts, quorums), null, 2)}\n`);
        } else {
          console.out(
            driftLines(drifts, quorums)
              .map((line) => `${line}\n`)
              .join(''),
          );
          console.err(summary(keepalived, drifts));
        }
        if (drifts.length > 0) throw new Found();
      });
    });
  return addOptions(command, driftOptions);
}

function noKeepalived(): IpvsError {
  return IpvsError.input(
    'nothing-to-do',
    'look for drift from',
    'keepalived',
    'no keepalived is seen in this network namespace',
    '"lvstop diff FILE" compares with any file, "lvstop namespaces" tells where a table has a keeper',
  );
}

function driftLines(drifts: readonly Drift[], quorums: readonly LostQuorum[]): string[] {
  const several = drifts.some(({ causes }) => causes.length > 1);
  return [
    ...drifts.flatMap((drift) => [
      `${stepObjectText(drift.step)}: ${foundText(drift)}`,
      ...drift.causes.map((cause) => `    fits: ${causeText(drift, cause)}`),
    ]),
    ...quorums.map(
      ({ service, quorum, weight }) =>
        `${formatService(service)}: its quorum of ${quorum} is lost, its real servers have ${weight} in the table`,
    ),
    ...(several
      ? [
          '',
          "Which of several it is, the lines of Keepalived_healthcheckers in the system's log tell (Removing, Disabling,",
          'Changing weight), and "lvstop journal" what lvstop did.',
        ]
      : []),
  ];
}

function summary({ pid, file }: KeepalivedProcess, drifts: readonly Drift[]): string {
  const what = `what keepalived (process ${pid}) has in ${visible(file)}`;
  return drifts.length === 0 ? `the table is ${what}` : `${count(drifts.length, 'difference')} from ${what}`;
}

function jsonOf(
  { pid, file, id }: KeepalivedProcess,
  drifts: readonly Drift[],
  quorums: readonly LostQuorum[],
): object {
  return {
    version: 1,
    keepalived: { pid, file: visible(file), id: visible(id) },
    differs: drifts.length > 0,
    drifts: drifts.map((drift) => ({
      service: formatService(drift.service),
      realServer: drift.realServer && formatRealServer(drift.realServer),
      found: foundText({ ...drift, place: null }),
      causes: drift.causes,
      by: drift.by,
      file: drift.place && visible(drift.place.path),
      line: drift.place?.line ?? null,
      asConfigured: stepLine(drift.step),
    })),
    quorumLost: quorums.map(({ service, quorum, weight }) => ({
      service: formatService(service),
      quorum,
      weight,
    })),
  };
}
