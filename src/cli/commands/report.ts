import type { Command } from 'commander';
import { formatTime } from '../../changes/undo/change-words.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { Recording } from '../../recording/recording.ts';
import { reportJson } from '../../report/report-json.ts';
import { reportOf } from '../../report/report-of.ts';
import { allAtOnce } from '../../system/turns.ts';
import type { CommandContext } from '../context/context.ts';
import { damageClause, openRecorded } from '../opening/open-recorded.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { readTimePoint } from '../options/time-point.ts';
import { reportMarkdown } from './report-markdown.ts';

/** How much of the recording is reported without --since, in milliseconds. */
const usualSpan = 24 * 3_600_000;

const reportOptions = [
  {
    flags: '--since <time>',
    help: 'from when: 24h (so long ago), 03:12, "2026-12-01 03:12" (default: 24h before its end)',
  },
  { flags: '--until <time>', help: 'to when (default: the end of what is recorded)' },
  { flags: '--json', help: 'one JSON object, with everything that the page leaves out' },
] as const satisfies readonly OptionEntry[];

/** `lvstop report [FILE|DIR] [--since TIME] [--until TIME] [--json]`. */
export function reportCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'report',
    'tell what a recording shows of a day, on a page of Markdown',
  )
    .usage('[options] [FILE|DIR]')
    .argument(
      '[recording]',
      'a recording, or a snapshot; what lvstop record writes here where it is left out',
    )
    .addHelpText(
      'after',
      '\nLoad and its peaks, what each service carried, real servers that got another share than was their due, changes\nwith who made them, findings, drains. It reads the recording only, so that it needs no right but that to read it.\n\nExamples:\n  lvstop report --since 2026-12-01 --until 2026-12-02 > yesterday.md\n  lvstop report --since 03:00 --until 04:00 --json incident.lvrec | jq .changes',
    )
    .action((path: string | undefined) => {
      const options = optionValues(command, reportOptions);
      const recording = openRecorded(path, context.account);
      const stretch = stretchOf(recording, options);
      const report = allAtOnce(reportOf(recording, stretch));
      if (report === undefined)
        throw IpvsError.input(
          'bad-value',
          'report',
          `${formatTime(stretch.from)} to ${formatTime(stretch.to)}`,
          'nothing was recorded then',
          `${recording.path} has what was between ${formatTime(recording.first ?? 0)} and ${formatTime(recording.last ?? 0)}`,
        );
      const damages = recording.damages().map(damageClause);
      const { console } = context;
      console.out(
        options.json === true ? `${reportJson(report, damages)}\n` : reportMarkdown(report, damages),
      );
    });
  return addOptions(command, reportOptions);
}

function stretchOf(
  recording: Recording,
  { since, until }: { readonly since?: string; readonly until?: string },
) {
  const now = Date.now();
  const to = until === undefined ? (recording.last ?? now) : readTimePoint('--until', until, now);
  const from =
    since === undefined
      ? Math.max(to - usualSpan, recording.first ?? 0)
      : readTimePoint('--since', since, now);
  if (from < to) return { from, to };
  throw IpvsError.input(
    'bad-value',
    'report',
    `${formatTime(from)} to ${formatTime(to)}`,
    'it ends before it begins',
    'give an earlier --since or a later --until',
  );
}
