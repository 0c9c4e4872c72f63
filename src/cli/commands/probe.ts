import type { Command } from 'commander';
import { refusals } from '../../changes/plan/refusals.ts';
import { allServices, type ReadableDirector } from '../../director/director.ts';
import { jsonVersion } from '../../formats/json/json.ts';
import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import {
  formatRealServer,
  formatService,
  parseRealServer,
  parseService,
  realServerKey,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import { Probing } from '../../probe/probing.ts';
import type { ProbeQuestion } from '../../probe/question.ts';
import { type AskedService, chosenServices, type ProbeRow, timeToAsk } from '../../probe/questions.ts';
import { Rounds } from '../../probe/rounds.ts';
import { faultWords, formatMilliseconds, type ProbeVerdict, probeWords } from '../../probe/verdict.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { interruptible } from '../context/clock.ts';
import { printedWidth } from '../context/console.ts';
import type { CommandContext } from '../context/context.ts';
import { CommandEnd, Found } from '../context/exit-code.ts';
import { openMachine, openNetwork } from '../opening/open-host.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';
import { readNumberWithin } from '../options/option-values.ts';

const mostRounds = 1000;

const probeOptions = [
  {
    flags: '-n, --count <count>',
    help: `how often each is asked, 1 to ${mostRounds} (default: 1)`,
    read: (text) => readNumberWithin('--count', text, 1, mostRounds),
  },
  {
    flags: '--to <address:port>',
    help: 'what clients call, for a service of a firewall mark or of every port (default: what a connection called)',
  },
  { flags: '--json', help: 'print it as JSON' },
  demoOption,
] as const satisfies readonly OptionEntry[];

type ProbeOptions = CommandValues<typeof probeOptions>;

/** `lvstop probe [SERVICE [REAL]]`. */
export function probeCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'probe',
    'ask real servers for the virtual address, by the way that its packets go',
  )
    .usage('[options] [SERVICE [REAL]]')
    .argument('[service]', 'like tcp:203.0.113.10:80 or fwm:7 (default: all)')
    .argument('[real]', 'like 10.0.0.21:8080 (default: all of the service)')
    .addHelpText('after', `\n${about}`)
    .action(async (serviceText: string | undefined, realText: string | undefined) => {
      const options = optionValues(command, probeOptions);
      const choice = { demo: options.demo };
      const isFaulty = await withReadableDirector(context, choice, async (director) => {
        const services = allServices(director).map(({ service }) => service.identity);
        const asked = chosen(director, services, serviceText, realText);
        const network = await (context.openNetwork ?? openNetwork)(choice);
        try {
          const machine = await (context.openMachine ?? openMachine)(choice);
          const probing = new Probing({ director, network, machine });
          const to = options.to === undefined ? undefined : parseRealServer(options.to);
          const rows = await probing.rowsOf(asked, services, to);
          return await probeAll(context, director, { probing, services, rows }, options);
        } finally {
          network.close();
        }
      });
      if (isFaulty) throw new Found();
    });
  return addOptions(command, probeOptions);
}

const about = `A real server that a check calls well by its own address can be deaf for the virtual one. This asks as clients
do: under DR and TUN a SYN to the virtual address, framed or wrapped as IPVS would; under NAT one to the real
server from an address of this director in its subnet, and from one outside of it, whose answer must come back
through this director. The handshake is not finished, and nothing of the table or its counters changes. UDP gets
an empty datagram, a name server a question for the root, SCTP an INIT. At most twenty a second are asked, one
thing at a time of each machine. Needs CAP_NET_RAW; asks real servers of weight 0, too.

${Object.entries(probeWords)
  .map(([word, meaning]) => `  ${word.padEnd(13)}${meaning}`)
  .join('\n')}

Exits with 1 when something does not answer.

Examples:
  lvstop probe
  lvstop probe tcp:203.0.113.10:80 10.0.0.21:8080 --count 10
  lvstop probe fwm:7 --to 203.0.113.80:443`;

function chosen(
  director: ReadableDirector,
  services: readonly ServiceIdentity[],
  serviceText: string | undefined,
  realText: string | undefined,
): Iterable<AskedService> {
  if (serviceText === undefined) return chosenServices(director, services, {});
  const service = parseService(serviceText);
  if (director.findService(service) === undefined) throw refusals.unknownService('probe', service);
  if (realText === undefined) return chosenServices(director, services, { service });
  const realServer = parseRealServer(realText, service.kind === 'address' ? service.port : 0);
  const asked = [...chosenServices(director, services, { service, realServer })];
  if (asked.every(({ realServers }) => realServers.length === 0))
    throw refusals.unknownRealServer('probe', service, realServer);
  return asked;
}

/** What is asked, and the `Probing` that asks it. */
interface Asking {
  readonly probing: Probing;
  readonly services: readonly ServiceIdentity[];
  readonly rows: readonly ProbeRow[];
}

/** Asks all of them and prints each service when it is whole; tells whether something is wrong. */
async function probeAll(
  { console }: CommandContext,
  director: ReadableDirector,
  { probing, services, rows }: Asking,
  { count = 1, json = false }: ProbeOptions,
): Promise<boolean> {
  const time = json ? undefined : timeToAsk(rows, count);
  if (time !== undefined) console.err(time);
  const rounds = new Rounds(
    rows.map(({ question }) => question),
    count,
  );
  let printed = 0;
  const printWhole = () => {
    while (printed < rows.length) {
      const end = endOfService(rows, printed);
      const verdicts = rounds.verdicts(printed, end);
      if (verdicts === undefined) return;
      if (!json)
        console.out(
          `${serviceLines(rows.slice(printed, end), verdicts, printedWidth(console)).join('\n')}\n`,
        );
      printed = end;
    }
  };
  await interruptible(async (signal) => {
    for (let round = 0; round < count; round++) {
      const onVerdict = (verdict: ProbeVerdict, place: number) => {
        rounds.take(place, verdict);
        printWhole();
      };
      await probing.ask(rows, services, { onVerdict, signal });
      if (signal.aborted)
        throw new CommandEnd('broken-off', Number(signal.reason), 'stopped before all were asked');
    }
  });
  printWhole();
  const verdicts = rounds.verdicts(0, rows.length) ?? [];
  if (json) console.out(`${JSON.stringify(jsonReport(director, rows, verdicts), null, 2)}\n`);
  else if (director.source === 'simulated') console.err('SIMULATED: this director exists in the demo only');
  return verdicts.some(({ word }) => faultWords.has(word));
}

/** The index after the last row of the service whose rows begin at `start`. */
function endOfService(rows: readonly ProbeRow[], start: number): number {
  const service = rows[start]?.service;
  let end = start;
  while (end < rows.length && rows[end]?.service === service) end++;
  return end;
}

const wordWidth = 14;

function serviceLines(rows: readonly ProbeRow[], verdicts: readonly ProbeVerdict[], width: number): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const names = rows.map(({ realServer }) => formatRealServer(realServer.identity));
  const nameWidth = Math.max(...names.map((name) => name.length)) + 2;
  const lines = rows.flatMap(({ realServer }, place) => {
    const { word = 'not asked', said = '', causes = [], milliseconds = null } = verdicts[place] ?? {};
    const head = `  ${(names[place] ?? '').padEnd(nameWidth)}${forwardingMethodLabel(realServer.forwarding).padEnd(5)}`;
    const time = milliseconds === null ? '' : ` (${formatMilliseconds(milliseconds)})`;
    const indent = ' '.repeat(head.length + wordWidth);
    const below = (text: string, mark: string) =>
      wrapText(text, width - indent.length - mark.length).map(
        (part, index) => `${index === 0 ? mark : ' '.repeat(mark.length)}${part}`,
      );
    const [seen = '', ...rest] = below(`${said}${time}`, '');
    return [
      `${head}${word.padEnd(wordWidth)}${seen}`,
      ...[...rest, ...causes.flatMap((cause) => below(cause, '- '))].map((part) => `${indent}${part}`),
    ];
  });
  return [formatService(first.service), ...lines];
}

function jsonReport(
  { source }: ReadableDirector,
  rows: readonly ProbeRow[],
  verdicts: readonly ProbeVerdict[],
) {
  return {
    version: jsonVersion,
    time: new Date().toISOString(),
    source,
    realServers: rows.map(({ service, realServer, question }, place) => {
      const { word, said, causes, milliseconds, answered, asked } = verdicts[place] ?? unasked;
      return {
        id: realServerKey(service, realServer.identity),
        forwarding: realServer.forwarding,
        called: question && calledName(question),
        word,
        isFault: faultWords.has(word),
        milliseconds: milliseconds === null ? null : Math.round(milliseconds * 1000) / 1000,
        answered,
        asked,
        said,
        causes,
      };
    }),
  };
}

/** What clients call, as a service is written. */
function calledName({ protocol, virtual }: ProbeQuestion): string {
  const family = virtual.address.includes(':') ? 'inet6' : 'inet';
  return formatService({ kind: 'address', protocol, family, ...virtual });
}

const unasked: ProbeVerdict = {
  word: 'not asked',
  said: '',
  causes: [],
  milliseconds: null,
  answered: 0,
  asked: 0,
};
