import type { Command } from 'commander';
import { refusals } from '../../changes/plan/refusals.ts';
import { count } from '../../changes/steps/describe.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatService, parseService, type ServiceIdentity } from '../../ipvs/identity.ts';
import { readOnce } from '../../sampling/sample-once.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { CommandContext } from '../context/context.ts';
import { CommandEnd } from '../context/exit-code.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';
import { readNumberWithin } from '../options/option-values.ts';

/** Exit codes of plugins of Nagios and Icinga, with the word that each prints. */
const states = [
  { word: 'OK', exitCode: 0 },
  { word: 'WARNING', exitCode: 1 },
  { word: 'CRITICAL', exitCode: 2 },
] as const;

/** Index into `states`; the higher, the worse. */
type Gravity = 0 | 1 | 2;

/** Percent of a service's real servers that have to take connections, where nothing else is asked for. */
const usual = { warning: 51, critical: 1 } as const;

const percent = (name: string) => (text: string) => readNumberWithin(name, text, 0, 100);
const connections = (name: string) => (text: string) => readNumberWithin(name, text, 0, 1e12);

const checkOptions = [
  {
    flags: '-w, --warning <percent>',
    help: `WARNING where fewer of a service's real servers take connections (default: ${usual.warning})`,
    read: percent('--warning'),
  },
  {
    flags: '-c, --critical <percent>',
    help: `CRITICAL where fewer do (default: ${usual.critical}, so where none does)`,
    read: percent('--critical'),
  },
  {
    flags: '--warning-active <count>',
    help: 'WARNING where a service has more active connections',
    read: connections('--warning-active'),
  },
  {
    flags: '--critical-active <count>',
    help: 'CRITICAL where a service has more active connections',
    read: connections('--critical-active'),
  },
  demoOption,
] as const satisfies readonly OptionEntry[];

type CheckOptions = CommandValues<typeof checkOptions>;

/** `lvstop check [SERVICE…]`, for Nagios, Icinga and what takes their plugins. */
export function checkCommand(context: CommandContext): Command {
  const command = createCommand(context, 'check', 'one line and an exit code for Nagios and Icinga')
    .usage('[options] [SERVICE…]')
    .argument('[services...]', 'only these, like tcp:203.0.113.10:80 or fwm:7')
    .addHelpText(
      'after',
      '\nEnds with 0 OK, 1 WARNING, 2 CRITICAL or 3 UNKNOWN, as plugins do, where other commands mean something else by\n2; a call that is wrong ends with 2 too, and says so. Behind the bar stand the numbers that are drawn. Reading needs no right; "lvstop doctor" looks further.\n\nExamples:\n  lvstop check\n  lvstop check --warning 75 --critical 50 tcp:203.0.113.10:80',
    )
    .action(async (texts: string[]) => {
      await asPlugin(async () => {
        const options = optionValues(command, checkOptions);
        const wanted = texts.map(parseService);
        const services = await withReadableDirector(
          { ...context, console: { ...context.console, err: () => undefined } },
          { demo: options.demo ?? false },
          async (director) => {
            const view = await readOnce(director);
            return wanted.length === 0
              ? view.services
              : wanted.map((identity) => found(view.services, identity));
          },
        );
        const { line, gravity } = judge(services, options);
        context.console.out(`${line}\n`);
        return gravity;
      }, context);
    });
  return addOptions(command, checkOptions);
}

/** Ends as plugins do: an `IpvsError` becomes UNKNOWN with exit code 3, on standard output, where Nagios reads it. */
async function asPlugin(check: () => Promise<Gravity>, { console }: CommandContext): Promise<void> {
  let exitCode = 3;
  try {
    exitCode = states[await check()].exitCode;
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    console.out(`LVS UNKNOWN - ${error.message}\n`);
  }
  if (exitCode > 0) throw new CommandEnd('found', exitCode, '');
}

function found(services: readonly PublicServiceView[], identity: ServiceIdentity): PublicServiceView {
  const service = services.find(({ key }) => key === formatService(identity));
  if (service === undefined) throw refusals.unknownService('check service', identity);
  return service;
}

function judge(
  services: readonly PublicServiceView[],
  options: CheckOptions,
): { readonly line: string; readonly gravity: Gravity } {
  const judged = services.map((service) => judgeService(service, options));
  const gravity = Math.max(0, ...judged.map((one) => one.gravity)) as Gravity;
  const gravest = judged.filter((one) => one.gravity === gravity);
  const sum = (of: (service: PublicServiceView) => number) =>
    services.reduce((total, one) => total + of(one), 0);
  const reals = sum(({ realServers }) => realServers.length);
  const taking = sum(takingOf);
  const text =
    gravity === 0
      ? `${count(services.length, 'service')}, ${taking} of ${count(reals, 'real server')} take connections`
      : gravest.map(({ reason }) => reason).join(', ');
  const { warningActive = '', criticalActive = '' } = options;
  const numbers = [
    `services=${services.length}`,
    `real_servers=${reals}`,
    `taking=${taking}`,
    `active=${sum((one) => one.connections.active)};${warningActive};${criticalActive};0`,
    `inactive=${sum((one) => one.connections.inactive)}`,
    ...(services.every(({ counters }) => counters !== null)
      ? [`connections=${sum(({ counters }) => Number(counters?.connections))}c`]
      : []),
  ];
  return { line: `LVS ${states[gravity].word} - ${text} | ${numbers.join(' ')}`, gravity };
}

function judgeService(
  service: PublicServiceView,
  {
    warning = usual.warning,
    critical = usual.critical,
    warningActive = Number.POSITIVE_INFINITY,
    criticalActive = Number.POSITIVE_INFINITY,
  }: CheckOptions,
): { readonly reason: string; readonly gravity: Gravity } {
  const { key, realServers, connections } = service;
  const taking = takingOf(service);
  const share = realServers.length === 0 ? 0 : (taking / realServers.length) * 100;
  const byServers: Gravity = share < critical ? 2 : share < warning ? 1 : 0;
  const byActive: Gravity =
    connections.active > criticalActive ? 2 : connections.active > warningActive ? 1 : 0;
  return byActive > byServers
    ? { reason: `${key} has ${connections.active} active connections`, gravity: byActive }
    : { reason: `${key}: ${taking} of ${realServers.length} take connections`, gravity: byServers };
}

function takingOf({ realServers }: PublicServiceView): number {
  return realServers.filter(({ realServer }) => realServer.weight > 0).length;
}
