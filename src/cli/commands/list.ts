import type { Command } from 'commander';
import type { Director, PublicDirector } from '../../director/director.ts';
import { formatCsv } from '../../formats/csv.ts';
import { formatIpvsadm, ipvsadmLimits, type SavedService } from '../../formats/ipvsadm.ts';
import { formatJsonIndented } from '../../formats/json.ts';
import { formatKeepalived, keepalivedLimits } from '../../formats/keepalived/write.ts';
import { type Listing, savedServices } from '../../formats/listing.ts';
import { formatTable } from '../../formats/table.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { parseService } from '../../ipvs/identity.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import { readListing } from '../opening/read-listing.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';

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
  demoOption,
] as const satisfies readonly OptionEntry[];

type ListOptions = CommandValues<typeof listOptions>;

const writers: Readonly<Record<Format, (listing: Listing) => string>> = {
  table: formatTable,
  json: (listing) => `${formatJsonIndented(listing)}\n`,
  csv: formatCsv,
  ipvsadm: (listing) => formatIpvsadm(savedServices(listing)),
  keepalived: (listing) => formatKeepalived(savedServices(listing)),
};

/** What a format cannot say of a table, sentence by sentence; tables, JSON and CSV say all. */
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
      '\nCounters count since a service or real server was made or zeroed. Under TUN and DR the director never\nsees a response, so what goes out is not seen. In JSON, rates of a listing are the kernel\'s slow average;\n"lvstop watch --json" has true ones.\n\nExamples:\n  lvstop list\n  lvstop list --format ipvsadm > table.rules\n  lvstop list --json tcp:203.0.113.10:80',
    )
    .action(async (texts: string[]) => {
      const options = optionValues(command, listOptions);
      const format = formatOf(options);
      const wanted = texts.map(parseService);
      const print = async (director: Director | PublicDirector) => {
        const listing = await readListing(director, wanted);
        context.console.out(writers[format](listing));
        const tellLimits = limits[format];
        for (const limit of tellLimits === undefined ? [] : tellLimits(savedServices(listing))) {
          context.console.err(`warning: ${limit}`);
        }
        if (listing.director.source === 'simulated' && format === 'table') {
          context.console.err('SIMULATED: this director exists in the demo only');
        }
      };
      const choice = { demo: options.demo ?? false };
      // What is to be read back must be whole.
      if (format === 'ipvsadm' || format === 'keepalived') await withDirector(context, choice, print);
      else await withReadableDirector(context, choice, print);
    });
  return addOptions(command, listOptions);
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
