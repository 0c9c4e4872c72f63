import type { Command } from 'commander';
import { findRealServer } from '../../changes/steps/table-state.ts';
import { allServices, type Director } from '../../director/director.ts';
import { brokenModeRule } from '../../forwarding/mode-rules.ts';
import type { NetworkPicture } from '../../forwarding/network.ts';
import { unknownNetwork } from '../../forwarding/network-facts.ts';
import { lastingKinds, lastingScript } from '../../forwarding/setup/lasting.ts';
import { networkdObstacle } from '../../forwarding/setup/networkd.ts';
import { type SetupAction, setupScript } from '../../forwarding/setup/script.ts';
import { type NamedFacts, setupObstacle, setupOf } from '../../forwarding/setup/setup-facts.ts';
import { setupSteps } from '../../forwarding/setup/setup-steps.ts';
import { parseAddress } from '../../ipvs/address.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { Family } from '../../ipvs/family.ts';
import { type ForwardingMode, forwardingModes, isForwardingMode } from '../../ipvs/forwarding-method.ts';
import {
  formatRealServer,
  formatService,
  parseService,
  type RealServerIdentity,
  realServerKey,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import { defaultRealServerSettings } from '../../ipvs/real-server.ts';
import { changeTunnel, defaultTunnel, type Tunnel } from '../../ipvs/tunnel.ts';
import { askOne } from '../../probe/ask-one.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import type { Demo } from '../context/demo.ts';
import { setUpFileOf } from '../files/set-up-file.ts';
import { openMachine, openNetwork } from '../opening/open-host.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption, tunnelOptions } from '../options/option-table.ts';
import { namedTunnel, readRealServer } from '../options/real-server-change.ts';

const setupOptions = [
  {
    flags: '--check',
    help: 'a script that only looks and says what is missing: exit code 1 when something is',
  },
  { flags: '--undo', help: 'the script for the way back' },
  {
    flags: '--lasting <how>',
    help: `what makes it last over a reboot: ${lastingKinds.join(' or ')}`,
    words: lastingKinds,
  },
  {
    flags: '--mode <mode>',
    help: `for another forwarding mode than its present one: ${forwardingModes.join(', ')}`,
    words: forwardingModes,
  },
  {
    flags: '--director <address>',
    help: "the director's address towards the real server, where several directors share one (default: looked up)",
  },
  {
    flags: '--address <address...>',
    help: 'addresses that clients call, where the service is a firewall mark',
  },
  ...tunnelOptions,
  demoOption,
] as const satisfies readonly OptionEntry[];

type SetupOptions = CommandValues<typeof setupOptions>;

/** `lvstop setup SERVICE REAL`. */
export function setupCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'setup',
    'print a script that sets a real server up for its forwarding mode',
  )
    .usage('SERVICE REAL [options]')
    .argument('<service>', 'the service, like tcp:203.0.113.10:80')
    .argument('<real>', "a real server, like 10.0.0.21:8080; without a port, the service's")
    .addHelpText(
      'after',
      [
        '',
        'Nothing is run and nothing is changed: the script is for the machine of the real server, in POSIX sh, with its',
        'reasons as comments. It needs root there and iproute2, and may run twice. When it was printed is noted here,',
        'so that the doctor can say that what it finds was not mended by it. With --check the real server is asked from',
        'here, too, as "lvstop probe" does, and what it answers is told beside the script.',
        '',
        'Examples:',
        '  lvstop setup tcp:203.0.113.10:80 10.0.0.21 >setup.sh',
        '  lvstop setup tcp:203.0.113.10:80 10.0.0.21 | ssh root@10.0.0.21 sh',
        '  lvstop setup tcp:203.0.113.10:80 10.0.0.21 --check | ssh 10.0.0.21 sh',
        '  lvstop setup tcp:203.0.113.10:80 10.0.0.21 --lasting networkd | ssh root@10.0.0.21 sh',
        '  lvstop setup fwm:7 10.0.0.21 --mode dr --address 203.0.113.10 203.0.113.11',
      ].join('\n'),
    )
    .action(async (service: string, real: string) => {
      const identity = parseService(service);
      const realServer = readRealServer(identity, real);
      const options = optionValues(command, setupOptions);
      const action = actionOf(options);
      const named = namedFacts(identity, realServer, options);
      const { demo } = options;
      const present = await withDirector(context, { demo }, (director) =>
        presentChoice(director, identity, realServer, options),
      );
      const picture = await lookAtNetwork(context, options, realServer);
      const setup = setupOf({ service: identity, realServer, ...present }, picture, named);
      const obstacle = setupObstacle(setup, picture);
      if (obstacle !== undefined) {
        throw IpvsError.input(
          'nothing-to-do',
          'set up',
          objectText(identity, realServer),
          obstacle.reason,
          obstacle.advice,
        );
      }
      const unlasting = options.lasting === 'networkd' ? networkdObstacle(setupSteps(setup)) : undefined;
      if (unlasting !== undefined) {
        throw IpvsError.input(
          'nothing-to-do',
          'set up',
          objectText(identity, realServer),
          unlasting,
          'give --lasting ip',
        );
      }
      context.console.out(
        options.lasting === undefined
          ? setupScript(setup, action)
          : lastingScript(setup, action, options.lasting),
      );
      if (action === 'check')
        await withDirector(context, { demo }, (director) =>
          sayWhatItAnswers(context, director, { identity, realServer, ...present }, demo),
        );
      if (action === 'set up' && options.demo === undefined)
        setUpFileOf(context.account).note([realServerKey(identity, realServer)], Date.now());
    });
  return addOptions(command, setupOptions);
}

/**
 * Asks a real server from here and prints what it answers, beside the script, which checks the rest on that machine.
 */
async function sayWhatItAnswers(
  context: CommandContext,
  director: Director,
  {
    identity,
    realServer,
    ...way
  }: { readonly identity: ServiceIdentity; readonly realServer: RealServerIdentity } & ReturnType<
    typeof presentChoice
  >,
  demo: Demo | undefined,
): Promise<void> {
  const network = await (context.openNetwork ?? openNetwork)({ demo });
  const name = formatRealServer(realServer);
  try {
    const machine = await (context.openMachine ?? openMachine)({ demo });
    const asked = { ...defaultRealServerSettings, ...way, identity: realServer };
    const services = allServices(director).map(({ service }) => service.identity);
    const answer = await askOne(
      { director, network, machine },
      { service: identity, realServer: asked },
      services,
    );
    if (answer !== undefined)
      context.console.err(
        `asked from here: ${name} ${answer.word}${answer.word === 'answers' ? '' : ':'} ${answer.said}`,
      );
    for (const cause of answer?.causes ?? []) context.console.err(`  - ${cause}`);
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    context.console.err(`not asked from here whether ${name} answers: ${error.reason}`);
  } finally {
    network.close();
  }
}

function actionOf({ check, undo }: SetupOptions): SetupAction {
  if (check === true && undo === true) {
    throw IpvsError.input(
      'bad-usage',
      'set up',
      '',
      '--check and --undo are two scripts',
      'give one of them',
    );
  }
  return check === true ? 'check' : undo === true ? 'undo' : 'set up';
}

/** Mode and tunnel of the real server, those of the table where they are not named. Throws an `IpvsError`. */
function presentChoice(
  director: Director,
  service: ServiceIdentity,
  realServer: RealServerIdentity,
  options: SetupOptions,
): { readonly forwarding: ForwardingMode; readonly tunnel: Tunnel } {
  const present = findRealServer(director, service, realServer)?.realServer;
  const forwarding = options.mode ?? present?.forwarding;
  const object = objectText(service, realServer);
  if (forwarding === undefined) {
    throw IpvsError.input(
      'missing-value',
      'set up',
      object,
      'there is no such real server, so its mode is not known',
      `add it first, or name the mode that it shall have: --mode ${forwardingModes.join('|')}`,
    );
  }
  if (!isForwardingMode(forwarding)) {
    throw IpvsError.input(
      'nothing-to-do',
      'set up',
      object,
      `nothing is to be set up for ${forwarding}`,
      'name another --mode',
    );
  }
  const broken = brokenModeRule({ service, realServer, forwarding });
  if (broken !== undefined && broken.rule.id !== 'no-port-mapping') {
    throw IpvsError.input('against-mode', 'set up', object, broken.reason, broken.advice);
  }
  return { forwarding, tunnel: changeTunnel(present?.tunnel ?? defaultTunnel, namedTunnel(options)) };
}

/** What this machine knows of the way to the real server; an unknown network where it cannot be looked at. */
async function lookAtNetwork(
  context: CommandContext,
  { demo }: SetupOptions,
  { address }: RealServerIdentity,
): Promise<NetworkPicture> {
  const network = await (context.openNetwork ?? openNetwork)({ demo });
  try {
    return await network.picture([address]);
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    context.console.err(`the network was not looked at: ${error.message}`);
    return unknownNetwork;
  } finally {
    network.close();
  }
}

function namedFacts(
  service: ServiceIdentity,
  realServer: RealServerIdentity,
  { director, address = [] }: SetupOptions,
): NamedFacts {
  if (service.kind === 'address' && address.length > 0) {
    throw IpvsError.input(
      'bad-usage',
      'read --address',
      address.join(' '),
      `clients of ${formatService(service)} call ${service.address}`,
      'leave it out: it is for firewall marks',
    );
  }
  return {
    director: director === undefined ? null : readAddress('--director', director, realServer.family),
    virtualAddresses: [...new Set(address.map((text) => readAddress('--address', text, service.family)))],
  };
}

function readAddress(option: string, text: string, family: Family): string {
  const address = parseAddress(text);
  if (address?.family === family) return address.text;
  const name = family === 'inet' ? 'IPv4' : 'IPv6';
  throw IpvsError.input(
    'bad-address',
    `read ${option}`,
    `"${text}"`,
    `it is not an ${name} address`,
    `give one like ${family === 'inet' ? '10.0.0.10' : '2001:db8::10'}`,
  );
}

function objectText(service: ServiceIdentity, realServer: RealServerIdentity): string {
  return `${formatRealServer(realServer)} of ${formatService(service)}`;
}
