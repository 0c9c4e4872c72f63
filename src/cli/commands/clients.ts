import type { Command } from 'commander';
import { refusals } from '../../changes/plan/refusals.ts';
import { type ClientRate, ClientRates, type RateEstimate, rateNumbers } from '../../clients/client-rates.ts';
import { rateColumns } from '../../clients/connection-columns.ts';
import { oneSenderText } from '../../clients/connection-statements.ts';
import { openPackets, type ServicePackets } from '../../clients/open-packets.ts';
import { wantedPackets } from '../../clients/packet-source.ts';
import { csvText } from '../../formats/csv.ts';
import { jsonVersion } from '../../formats/json/json.ts';
import { jsonText } from '../../formats/json/json-text.ts';
import { formatService, parseService } from '../../ipvs/identity.ts';
import { readOnce } from '../../sampling/sample-once.ts';
import { interruptible, machineClock } from '../context/clock.ts';
import type { CommandContext } from '../context/context.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import { printCells } from '../opening/printed-rows.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import { countFormatOf, countFormatOptions } from '../options/count-format.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import type { CommandValues } from '../options/option-table.ts';
import { readNetworkLengths, readNumberWithin } from '../options/option-values.ts';

const usualCount = 10;
const usualSeconds = 10;
/** Milliseconds between two looks at what has come. */
const betweenLooks = 100;

const clientOptions = [
  {
    flags: '-n, --count <count>',
    help: `clients at most (default: ${usualCount})`,
    read: (text) => Math.ceil(readNumberWithin('--count', text, 1, 10_000)),
  },
  {
    flags: '--seconds <seconds>',
    help: `how long packets are looked at (default: ${usualSeconds})`,
    read: (text) => readNumberWithin('--seconds', text, 0.2, usualSeconds),
  },
  {
    flags: '--sort <number>',
    help: `who sends most ${rateNumbers.join(', ')} (default: packets)`,
    words: rateNumbers,
  },
  {
    flags: '--network <bits>',
    help: 'networks in place of clients, of so many bits, IPv4 and perhaps IPv6: 24 or 24,64',
    read: (text) => readNetworkLengths('--network', text),
  },
  ...countFormatOptions,
] as const satisfies readonly OptionEntry[];

type ClientOptions = CommandValues<typeof clientOptions>;

/** `lvstop clients [SERVICE]`. */
export function clientsCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'clients',
    'print who sends most, by packets, bits and new connections a second',
  )
    .usage('[options] [SERVICE]')
    .argument('[service]', 'only what is sent to it, like tcp:203.0.113.10:80')
    .addHelpText(
      'after',
      `
The connection table does not tell who sends how much. So packets to the virtual addresses are looked at, one in so
many at random, so that at most some ${wantedPackets} a second come to lvstop whatever the load; all others are passed over within
the kernel. Beside each number stands what it may be off by, 95 times in a hundred at least no more. Packets are what
IPVS counts: what the network card has joined to one is one. Needs CAP_NET_RAW.

Examples:
  lvstop clients -n 20
  lvstop clients udp:203.0.113.53:53 --sort bits
  lvstop clients --network 24 --json`,
    )
    .action(async (serviceText: string | undefined) => {
      const options = optionValues(command, clientOptions);
      await withReadableDirector(context, { demo: options.demo ?? false }, async (director) => {
        const wanted = serviceText === undefined ? undefined : parseService(serviceText);
        if (wanted !== undefined && director.findService(wanted) === undefined)
          throw refusals.unknownService('sample clients', wanted);
        const { services } = await readOnce(director);
        const chosen = services.filter(({ key }) => wanted === undefined || key === formatService(wanted));
        const packets = await openPackets(director, chosen);
        try {
          await sampleAndPrint(context, packets, wanted && formatService(wanted), options);
        } finally {
          packets.close();
        }
        if (director.source === 'simulated' && countFormatOf(options) === 'table')
          context.console.err('SIMULATED: this director exists in the demo only');
      });
    });
  return addOptions(command, clientOptions);
}

async function sampleAndPrint(
  { console, clock = machineClock }: CommandContext,
  packets: ServicePackets,
  wanted: string | undefined,
  options: ClientOptions,
): Promise<void> {
  const rates = new ClientRates();
  await interruptible(async (signal) => {
    const end = clock.now() + (options.seconds ?? usualSeconds) * 1000;
    for (let now = clock.now(); now < end && !signal.aborted; now = clock.now()) {
      rates.take(packets.take(now), now);
      console.status?.(`${rates.seen} packets seen`);
      await clock.wait(betweenLooks, signal);
    }
    const now = clock.now();
    rates.take(packets.take(now), now);
  });
  const by = options.sort ?? 'packets';
  const { all, clients, left } = rates.ranked(
    by,
    options.count ?? usualCount,
    options.network ?? null,
    (packet) => {
      const service = packets.serviceOf(packet);
      return service !== undefined;
    },
  );
  const format = countFormatOf(options);
  if (format === 'json') {
    console.out(
      `${jsonText(
        {
          version: jsonVersion,
          time: new Date().toISOString(),
          seconds: Math.round(rates.seconds * 10) / 10,
          oneIn: packets.oneIn,
          all: objectOf(all),
          clients: clients.map(objectOf),
        },
        2,
      )}\n`,
    );
    return;
  }
  if (format === 'csv') {
    const columns = ['name', ...rateColumns.flatMap(({ id }) => [id, `${id}Error`]), 'size', 'seen'];
    console.out(csvText(columns, clients.map(objectOf)));
    return;
  }
  const shareOf = (rate: ClientRate) => (rate[by].value / Math.max(all[by].value, Number.MIN_VALUE)) * 100;
  const { lines, leftOut } = await printCells(
    {
      title: options.network === undefined ? 'CLIENT' : 'CLIENT NETWORK',
      cells: clients.map(({ name }) => ({ text: name })),
    },
    [
      ...rateColumns.map(({ id, title, priority, of }) => ({
        title: id === 'bits' ? 'KBIT/s' : title,
        align: 'right' as const,
        priority,
        cells: clients.map((rate) => ({ text: rateText(of(rate), id === 'bits' ? 1000 : 1) })),
      })),
      {
        title: 'SHARE %',
        align: 'right',
        priority: 1,
        cells: clients.map((rate) => ({ text: shareOf(rate).toFixed(1) })),
      },
      {
        title: 'BYTES/PACKET',
        align: 'right',
        priority: 4,
        cells: clients.map(({ size }) => ({ text: String(size) })),
      },
    ],
    console,
    options,
  );
  console.out(lines.map((line) => `${line}\n`).join(''));
  console.err(
    `${rates.seen.toLocaleString('en')} packets seen in ${Math.round(rates.seconds)} s, one in ${packets.oneIn.toLocaleString('en')} at the end; all together ${rateText(all.packets)} packets, ${rateText(all.bits, 1000)} kbit, ${rateText(all.openings)} new connections a second`,
  );
  if (left > 0) console.err(`${left.toLocaleString('en')} more; -n COUNT prints them`);
  if (leftOut.length > 0) console.err(`no room for ${leftOut.join(', ')}; --wide shows all`);
  const sender = wanted?.startsWith('udp:') === true ? rates.oneSender(wanted) : null;
  if (sender !== null) console.err(oneSenderText(sender));
}

function objectOf(rate: ClientRate): Readonly<Record<string, string | number>> {
  const numbers = rateColumns.flatMap(({ id, of }) => {
    const { value, error } = of(rate);
    return [[id, Math.round(value * 10) / 10] as const, [`${id}Error`, Math.round(error * 10) / 10] as const];
  });
  return { name: rate.name, ...Object.fromEntries(numbers), size: rate.size, seen: rate.seen };
}

/** Whole numbers; one decimal below ten. */
function rateText({ value, error }: RateEstimate, unit = 1): string {
  const text = (amount: number) => {
    const number = amount / unit;
    return number < 9.95 && number > 0 ? number.toFixed(1) : Math.round(number).toLocaleString('en');
  };
  return error === 0 ? text(value) : `${text(value)} ±${text(error)}`;
}
