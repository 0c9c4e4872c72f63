import type { Command } from 'commander';
import { refusals } from '../../changes/plan/refusals.ts';
import type { Director, PublicDirector } from '../../director/director.ts';
import { formatCsv } from '../../formats/csv.ts';
import { formatIpvsadm, ipvsadmLimits, type SavedService } from '../../formats/ipvsadm/ipvsadm.ts';
import { type Listing, savedServices } from '../../formats/ipvsadm/listing.ts';
import { formatJsonIndented } from '../../formats/json/json.ts';
import { formatKeepalived, keepalivedLimits } from '../../formats/keepalived/write.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatService, parseService, type ServiceIdentity } from '../../ipvs/identity.ts';
import { readOnce, sampleOnce } from '../../sampling/sample-once.ts';
import type { View } from '../../sampling/view.ts';
import { interruptible } from '../context/clock.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import {
  listChosen,
  printView,
  type RowChoice,
  readRowChoice,
  viewOfServices,
} from '../opening/printed-rows.ts';
import { readListing } from '../opening/read-listing.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';
import { colorOption, columnOptions, filterOption, sortOption } from '../options/row-choice.ts';

/** The formats in which the table can be listed. */
const formats = ['table', 'json', 'csv', 'ipvsadm', 'keepalived'] as const;
type Format = (typeof formats)[number];

const listOptions = [
  {
    flags: '--format <format>',
    help: `${formats.join(', ')}; ipvsadm is what "ipvsadm -R" makes the same table of (default: table)`,
    words: formats,
  },
  { flags: '--json', help: 'the same as --format json' },
  filterOption,
  sortOption,
  ...columnOptions,
  colorOption,
  { flags: '--rates', help: 'wait some seconds for true rates and shares' },
  demoOption,
] as const satisfies readonly OptionEntry[];

type ListOptions = CommandValues<typeof listOptions>;

/** Longest wait for true rates, in milliseconds: a row that is new needs two steps of the kernel's counters. */
const longestWait = 6000;

const writers: Readonly<Record<Exclude<Format, 'table'>, (listing: Listing) => string>> = {
  json: (listing) => `${formatJsonIndented(listing)}\n`,
  csv: formatCsv,
  ipvsadm: (listing) => formatIpvsadm(savedServices(listing)),
  keepalived: (listing) => formatKeepalived(savedServices(listing)),
};

/** What a format cannot express of a table, sentence by sentence; tables, JSON and CSV express all. */
const limits: Readonly<Partial<Record<Format, (services: readonly SavedService[]) => string[]>>> = {
  ipvsadm: ipvsadmLimits,
  keepalived: keepalivedLimits,
};

/** `lvstop list [--format …] [SERVICE…]`. */
export function listCommand(context: CommandContext): Command {
  const command = createCommand(context, 'list', 'print the table: services with their real servers')
    .usage('[options] [SERVICE…]')
    .argument('[services...]', 'only these, like tcp:203.0.113.10:80 or fwm:7')
    .addHelpText(
      'after',
      '\nOn a terminal as many columns are shown as fit, in colour; elsewhere all. Counters count since a service or\nreal server was made or zeroed. Under TUN and DR the director never\nsees a response, so what goes out is not seen. In JSON, rates of a listing are the kernel\'s slow average;\n"lvstop watch --json" has true ones.\n\nExamples:\n  lvstop list --filter "mode:nat and active>100" --sort active\n  lvstop list --rates --columns conn/s,share\n  lvstop list --format ipvsadm > table.rules\n  lvstop list --json tcp:203.0.113.10:80',
    )
    .action(async (texts: string[]) => {
      const options = optionValues(command, listOptions);
      const format = formatOf(options);
      const wanted = texts.map(parseService);
      requireWhole(format, options);
      const rows = await readRowChoice(options);
      const print = async (director: Director | PublicDirector) => {
        if (format === 'table') await printRows(context, director, wanted, rows, options);
        else {
          const listing = await listed(director, wanted, rows, options);
          context.console.out(writers[format](listing));
          const tellLimits = limits[format];
          for (const limit of tellLimits === undefined ? [] : tellLimits(savedServices(listing))) {
            context.console.err(`warning: ${limit}`);
          }
        }
        if (director.source === 'simulated' && format === 'table') {
          context.console.err('SIMULATED: this director exists in the demo only');
        }
      };
      const choice = { demo: options.demo };
      // What is to be read back must be whole, which only a director with full access gives.
      if (format === 'ipvsadm' || format === 'keepalived') await withDirector(context, choice, print);
      else await withReadableDirector(context, choice, print);
    });
  return addOptions(command, listOptions);
}

async function printRows(
  context: CommandContext,
  director: Director | PublicDirector,
  wanted: readonly ServiceIdentity[],
  rows: RowChoice,
  options: ListOptions,
): Promise<void> {
  const { lines, leftOut } = await printView(
    await viewOf(director, wanted, options),
    rows,
    context.console,
    options,
  );
  context.console.out(lines.map((line) => `${line}\n`).join(''));
  if (leftOut.length > 0) context.console.err(`no room for ${leftOut.join(', ')}; --wide shows all`);
}

async function listed(
  director: Director | PublicDirector,
  wanted: readonly ServiceIdentity[],
  rows: RowChoice,
  options: ListOptions,
): Promise<Listing> {
  // Only a filter, an order and true rates need a view.
  if (rows.filter === '' && rows.sort === null && options.rates !== true)
    return readListing(director, wanted);
  const view = await viewOf(director, wanted, options);
  return listChosen(view, rows, options.rates === true ? 'several' : 'one');
}

/** The named services, or all, read once or until their rates are known. Throws an `IpvsError`, `refused` for a service that is not there. */
async function viewOf(
  director: Director | PublicDirector,
  wanted: readonly ServiceIdentity[],
  { rates }: ListOptions,
): Promise<View> {
  for (const identity of wanted) {
    if (director.findService(identity) === undefined) throw refusals.unknownService('list service', identity);
  }
  const view =
    rates === true && director.access === 'full'
      ? await interruptible((signal) => sampleOnce(director, longestWait, signal))
      : await readOnce(director);
  return viewOfServices(view, new Set(wanted.map(formatService)));
}

/**
 * Refuses options that the format does not go with. What is to be read back must be whole: a service that is listed
 * without some of its real servers would lose them.
 */
function requireWhole(format: Format, { filter, sort, columns }: ListOptions): void {
  const named = Object.entries({ filter, sort, columns }).find(([, value]) => value !== undefined)?.[0];
  if (
    named === undefined ||
    format === 'table' ||
    (format !== 'ipvsadm' && format !== 'keepalived' && named !== 'columns')
  )
    return;
  throw IpvsError.input(
    'bad-usage',
    'list',
    '',
    `--${named} and --format ${format} exclude each other`,
    named === 'columns' ? 'columns are those of the table' : 'name services to have only these',
  );
}

function formatOf({ format, json }: ListOptions): Format {
  if (json !== true) return format ?? 'table';
  if (format === undefined || format === 'json') return 'json';
  throw IpvsError.input(
    'bad-usage',
    'list',
    '',
    `--json and --format ${format} exclude each other`,
    'give one of them',
  );
}
