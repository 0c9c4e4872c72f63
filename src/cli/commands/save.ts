import type { Command } from 'commander';
import { describeSave } from '../../changes/saved/saved-table-place.ts';
import {
  formatIpvsadm,
  formatIpvsadmSettings,
  ipvsadmLimits,
  ipvsadmSettingLimits,
  type SavedSettings,
} from '../../formats/ipvsadm/ipvsadm.ts';
import { type Listing, savedServices } from '../../formats/ipvsadm/listing.ts';
import { formatJsonIndented } from '../../formats/json/json.ts';
import {
  formatKeepalived,
  formatKeepalivedSettings,
  keepalivedLimits,
  keepalivedSettingLimits,
} from '../../formats/keepalived/write.ts';
import { type SavedFormat, savedFormats } from '../../formats/recognise.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { settledSweep } from '../../sampling/sweep.ts';
import { allAtOnce } from '../../system/turns.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { CommandEnd, unwrittenCode } from '../context/exit-code.ts';
import { requireWritable } from '../edits/read-only.ts';
import { saveText } from '../files/save-text.ts';
import { fileTitle, standardStream } from '../files/saved-table-file.ts';
import { usualPlace } from '../files/saved-table-places.ts';
import { readListing } from '../opening/read-listing.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';

const saveOptions = [
  {
    flags: '--format <format>',
    help: `${savedFormats.join(', ')} (default: json for a name that ends so, else ipvsadm)`,
    words: savedFormats,
  },
  { flags: '--with-settings', help: 'time-outs and sync daemons too' },
  demoOption,
] as const satisfies readonly OptionEntry[];

type SaveOptions = CommandValues<typeof saveOptions>;

/** `lvstop save [FILE]`. */
export function saveCommand(context: CommandContext): Command {
  const command = createCommand(context, 'save', 'save the table to a file, and keep the previous version')
    .usage('[FILE] [options]')
    .argument('[file]', 'the file, - for standard output; without it, where the distribution keeps it')
    .addHelpText(
      'after',
      '\nWithout FILE that is /etc/ipvsadm.rules or /etc/sysconfig/ipvsadm. The file is written whole or not at\nall, readable by its owner only; what it replaces stays beside it as FILE.previous.\n\nExamples:\n  lvstop save\n  lvstop save table.json\n  lvstop save --format keepalived -',
    )
    .action(async (file: string | undefined) => {
      const options = optionValues(command, saveOptions);
      const path = targetOf(file, options);
      const format = options.format ?? (path.endsWith('.json') ? 'json' : 'ipvsadm');
      if (path !== standardStream) await requireWritable(context, options, fileTitle(path));
      await withDirector(context, { demo: options.demo ?? false }, async (director) => {
        const listing = await readListing(director, [], settledSweep);
        const settings =
          options.withSettings === true
            ? { timeouts: director.timeouts(), syncDaemons: director.syncDaemons() }
            : undefined;
        const { text, limits } = savedText(listing, settings, format);
        for (const limit of limits) context.console.err(`warning: ${limit}`);
        save(context, path, text, listing);
        if (director.source === 'simulated')
          context.console.err('SIMULATED: this table exists in the demo only');
      });
    });
  return addOptions(command, saveOptions);
}

function targetOf(file: string | undefined, { demo }: SaveOptions): string {
  if (file !== undefined) return file;
  const path = usualPlace();
  if (demo === undefined) return path;
  throw IpvsError.input(
    'bad-usage',
    'save',
    path,
    'the table of the demo does not belong where this machine keeps its own',
    'give a file, or - for standard output',
  );
}

function save({ console }: CommandContext, path: string, text: string, listing: Listing): void {
  if (path === standardStream) {
    console.out(text);
    return;
  }
  const result = allAtOnce(saveText(path, text));
  const told = describeSave(result, fileTitle(path), listing.services);
  if (result.kind === 'saved' && result.doubt !== null)
    throw new CommandEnd('unwritten', unwrittenCode, told);
  console.err(told);
}

/** A table as text, with what the format cannot say of it. */
function savedText(
  listing: Listing,
  settings: SavedSettings | undefined,
  format: SavedFormat,
): { readonly text: string; readonly limits: readonly string[] } {
  if (format === 'json') return { text: `${formatJsonIndented(listing, settings)}\n`, limits: [] };
  const services = savedServices(listing);
  const isIpvsadm = format === 'ipvsadm';
  const [write, limitsOf] = isIpvsadm ? [formatIpvsadm, ipvsadmLimits] : [formatKeepalived, keepalivedLimits];
  if (settings === undefined) return { text: write(services), limits: limitsOf(services) };
  return isIpvsadm
    ? {
        text: `${write(services)}${formatIpvsadmSettings(settings)}`,
        limits: [...limitsOf(services), ...ipvsadmSettingLimits(settings)],
      }
    : {
        text: `${formatKeepalivedSettings(settings)}${write(services)}`,
        limits: [...limitsOf(services), ...keepalivedSettingLimits(settings)],
      };
}
