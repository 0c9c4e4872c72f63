import type { Command } from 'commander';
import { refusals } from '../../changes/plan/refusals.ts';
import type { Director, PublicDirector, ReadableDirector } from '../../director/director.ts';
import type { PublicEvidence } from '../../doctor/evidence/evidence.ts';
import { gather, gatherPublic, type PublicSources } from '../../doctor/evidence/gather.ts';
import { WatchedNetwork } from '../../doctor/evidence/watched-network.ts';
import { type Finding, formatSubject } from '../../doctor/finding.ts';
import { advisedSettings } from '../../doctor/judgement/advised-settings.ts';
import type { PrivilegedCheck } from '../../doctor/judgement/check.ts';
import { checks } from '../../doctor/rounds/checks.ts';
import { examine, privilegedChecks, publicChecks } from '../../doctor/rounds/examine.ts';
import { countFindings, findingLines, jsonFinding, severitySigns } from '../../doctor/rounds/finding-text.ts';
import { jsonVersion } from '../../formats/json/json.ts';
import { parseService, type ServiceIdentity, sameService } from '../../ipvs/identity.ts';
import { findKeepalived } from '../../manager/keepalived/keepalived-process.ts';
import { knownStandby } from '../../manager/keepalived/vrrp.ts';
import type { KnownAnswers } from '../../probe/known-answers.ts';
import type { ProbingSources } from '../../probe/probing.ts';
import { timeToAsk, viewedServices } from '../../probe/questions.ts';
import { readOnce, sampleOnce } from '../../sampling/sample-once.ts';
import type { PublicServiceView, View } from '../../sampling/view.ts';
import { allAtOnce } from '../../system/turns.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { interruptible } from '../context/clock.ts';
import { printedWidth } from '../context/console.ts';
import type { CommandContext } from '../context/context.ts';
import { enteredNamespace } from '../context/entered-namespace.ts';
import { CommandEnd, Found, missingRight } from '../context/exit-code.ts';
import { setUpFileOf } from '../files/set-up-file.ts';
import { openMachine, openNetwork } from '../opening/open-host.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import { savedStateOf } from '../opening/saved-state.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';

/** Longest wait for rates, in milliseconds; two steps of the kernel's counters take four seconds. */
const longestSampling = 5000;

/** Milliseconds to spend on reading connections: no screen waits for it, and a larger sample tells more. */
const connectionPatience = 200;

const doctorOptions = [
  { flags: '--json', help: 'one JSON object' },
  { flags: '--checks', help: 'print what is looked for and what each check rests on, and look at nothing' },
  {
    flags: '--probe',
    help: 'ask the links by ARP and neighbour solicitation who else has the virtual addresses, and each real server whether it answers for them',
  },
  demoOption,
] as const satisfies readonly OptionEntry[];

type DoctorOptions = CommandValues<typeof doctorOptions>;

/** `lvstop doctor [SERVICE…]`. */
export function doctorCommand(context: CommandContext): Command {
  const command = createCommand(context, 'doctor', 'look for what is wrong, and say what mends it')
    .usage('[options] [SERVICE…]')
    .argument('[services...]', 'only these, like tcp:203.0.113.10:80 or fwm:7')
    .addHelpText(
      'after',
      '\nLooks at the table, its traffic for a few seconds, and this machine: routes, neighbours, addresses, kernel\nsettings. Only --probe sends anything: see "lvstop probe". Exits with 1 when there is an error (connections fail) or a warning\n(they can fail), with 0 when there are hints only (it may be meant so).\nWithout CAP_NET_ADMIN it makes the checks that /proc is enough for, names the others, and exits with 3 where\nthese found nothing.\n\nExamples:\n  lvstop doctor\n  lvstop doctor --json tcp:203.0.113.10:80 | jq -r ".findings[].mend[].text"',
    )
    .action(async (texts: string[]) => {
      const options = optionValues(command, doctorOptions);
      if (options.checks === true) printChecks(context, options);
      else await diagnose(context, texts.map(parseService), options);
    });
  return addOptions(command, doctorOptions);
}

function printChecks({ console }: CommandContext, { json }: DoctorOptions): void {
  if (json === true) {
    const list = checks.map(({ id, title, restsOn }) => ({ id, title, restsOn }));
    console.out(`${JSON.stringify({ version: jsonVersion, checks: list }, null, 2)}\n`);
    return;
  }
  for (const { id, title, restsOn } of checks) {
    console.out([`${id}: ${title}`, ...restsOn.map((source) => `    ${source}`), ''].join('\n'));
    console.out('\n');
  }
}

/** The result of an examination. */
export interface Diagnosis {
  readonly view: View;
  readonly findings: readonly Finding[];
  /** One clause for each thing that could not be looked at. */
  readonly unseen: readonly string[];
  /** Checks that need a right which this user does not have. */
  readonly notMade: readonly PrivilegedCheck[];
  /** What only --probe asks, and was not asked. */
  readonly unasked: readonly string[];
}

async function diagnose(
  context: CommandContext,
  wanted: readonly ServiceIdentity[],
  options: DoctorOptions,
): Promise<void> {
  const choice = { demo: options.demo };
  const diagnosis = await withReadableDirector(context, choice, (director) => {
    requireServices(director, wanted);
    return diagnosisOf(context, director, wanted, options);
  });
  if (options.json === true) context.console.out(`${JSON.stringify(jsonReport(diagnosis), null, 2)}\n`);
  else print(context, diagnosis);
  if (diagnosis.view.director.source === 'kernel')
    setUpFileOf(context.account).note(advisedSettings(diagnosis.findings), Date.now());
  if (diagnosis.findings.some(({ severity }) => severity !== 'hint')) throw new Found();
  const { length } = diagnosis.notMade;
  // A caller that reads only the exit code must not take an incomplete examination for a healthy director.
  if (length > 0)
    throw new CommandEnd(
      'not-looked',
      missingRight,
      `${length} of ${checks.length} checks were not made, so nothing is said of health; run lvstop with sudo for all`,
    );
}

/**
 * Makes all checks that the director and this user's rights allow. Findings are those of the director and of the wanted
 * services, of all services where none is named.
 */
export function diagnosisOf(
  context: CommandContext,
  director: Director | PublicDirector,
  wanted: readonly ServiceIdentity[],
  options: DoctorOptions,
): Promise<Diagnosis> {
  return director.access === 'full'
    ? examineAll(context, director, wanted, options)
    : examineWithoutRight(context, director, wanted, options);
}

function print({ console }: CommandContext, { view, findings, unseen, notMade, unasked }: Diagnosis): void {
  console.out(textsOf(findings, printedWidth(console)).join('\n'));
  for (const clause of unseen) console.err(`not looked at: ${clause}`);
  for (const what of unasked) console.err(`not asked: ${what}`);
  for (const { id, needsRight } of notMade)
    console.err(`not checked: ${id}, since ${needsRight} may be read with CAP_NET_ADMIN only`);
  const made = notMade.length === 0 ? '' : ` by ${checks.length - notMade.length} of ${checks.length} checks`;
  console.err(`${findings.length === 0 ? '' : '\n'}${countFindings(findings)}${made}`);
  if (view.director.source === 'simulated') console.err('SIMULATED: this director exists in the demo only');
}

async function examineAll(
  context: CommandContext,
  director: Director,
  wanted: readonly ServiceIdentity[],
  options: DoctorOptions,
): Promise<Diagnosis> {
  return withSources(context, director, wanted, options, async (sources) => {
    const countersBefore = (await sources.machine.sample()).counters();
    const view = await interruptible(async (signal) => {
      const sampled = await sampleOnce(director, longestSampling, signal);
      if (signal.aborted)
        throw new CommandEnd('broken-off', Number(signal.reason), 'stopped; nothing was looked at');
      return sampled;
    });
    const saved = () => savedStateOf(director);
    const { evidence, unseen } = await gather({ ...sources, director, saved, countersBefore }, view.services);
    return {
      view,
      findings: concerning(allAtOnce(examine(evidence, checks)), wanted),
      unseen,
      notMade: [],
      unasked: unaskedOf(director, evidence, options),
    };
  });
}

async function examineWithoutRight(
  context: CommandContext,
  director: PublicDirector,
  wanted: readonly ServiceIdentity[],
  options: DoctorOptions,
): Promise<Diagnosis> {
  const view = await readOnce(director);
  return withSources(context, director, wanted, options, async (sources) => {
    const { evidence, unseen } = await gatherPublic(sources, view.services);
    return {
      view,
      unseen,
      findings: concerning(allAtOnce(examine(evidence, publicChecks)), wanted),
      notMade: privilegedChecks,
      unasked: unaskedOf(director, evidence, options),
    };
  });
}

/** What of these services could be learnt only by sending packets; empty with --probe and for a simulated director. */
function unaskedOf(
  { source }: ReadableDirector,
  { services }: PublicEvidence,
  { probe }: DoctorOptions,
): string[] {
  if (source === 'simulated') return [];
  if (probe === true) return [];
  const hasAddress = services.some(({ service }) => service.identity.kind === 'address');
  const hasRealServers = services.some(({ realServers }) => realServers.length > 0);
  return [
    ...(hasAddress
      ? ['who else answers for the virtual addresses on the links, a real server for one (--probe asks)']
      : []),
    ...(hasRealServers ? ['whether each real server answers for the virtual address (--probe asks)'] : []),
  ];
}

/** Opens what the doctor looks at, the network and the machine, for as long as `use` takes. */
async function withSources<Result>(
  context: CommandContext,
  director: ReadableDirector,
  wanted: readonly ServiceIdentity[],
  { demo, probe = false }: DoctorOptions,
  use: (sources: PublicSources) => Promise<Result>,
): Promise<Result> {
  const network = await (context.openNetwork ?? openNetwork)({ demo });
  // While the traffic is sampled, the kernel tells which neighbours do not answer.
  const watched = new WatchedNetwork(network);
  watched.listen();
  try {
    const machine = await (context.openMachine ?? openMachine)({ demo });
    return await use({
      director,
      ...(director.source === 'kernel' && {
        setUps: setUpFileOf(context.account).times,
        standby: () => knownStandby((context.findKeepalived ?? findKeepalived)()),
      }),
      network: watched,
      patience: connectionPatience,
      machine,
      ...(probe && {
        answers: (services) => askRealServers(context, { director, network, machine }, services, wanted),
      }),
      // On a simulated network nobody answers ARP, and this machine's links must not be asked in its place.
      ...(probe &&
        director.source === 'kernel' && {
          holders: (await import('../../doctor/evidence/ask-holders.ts')).askHolders,
        }),
    });
  } finally {
    network.close();
  }
}

/** Asks the real servers of these services, or of the wanted ones among them. */
async function askRealServers(
  { console }: CommandContext,
  sources: ProbingSources,
  services: readonly PublicServiceView[],
  wanted: readonly ServiceIdentity[],
): Promise<KnownAnswers> {
  const { Probing } = await import('../../probe/probing.ts');
  const probing = new Probing(sources);
  const all = services.map(({ service }) => service.identity);
  const asked = viewedServices(services).filter(
    ({ service }) => wanted.length === 0 || wanted.some((identity) => sameService(identity, service)),
  );
  const rows = await probing.rowsOf(asked, all);
  const time = timeToAsk(rows);
  if (time !== undefined) console.err(time);
  await probing.ask(rows, all, { signal: new AbortController().signal });
  return probing.known;
}

function requireServices(director: ReadableDirector, wanted: readonly ServiceIdentity[]): void {
  for (const identity of wanted) {
    if (director.findService(identity) === undefined) {
      throw refusals.unknownService('examine service', identity);
    }
  }
}

/**
 * The findings of the director and of the services that were named. All services are examined even so, since sums, and
 * what a command would do to other services, depend on all of them.
 */
function concerning(findings: readonly Finding[], wanted: readonly ServiceIdentity[]): readonly Finding[] {
  return wanted.length === 0
    ? findings
    : findings.filter(
        ({ subject }) =>
          subject.kind === 'director' || wanted.some((identity) => sameService(identity, subject.service)),
      );
}

/** Width of the labels, in cells. */
const labelWidth = 11;

/**
 * The findings in words, wrapped at `width` cells; commands stay whole, so that they can be copied. A finding that
 * reads the same for several subjects, such as ten services of one virtual address, is told once.
 */
export function textsOf(findings: readonly Finding[], width: number): string[] {
  const told = new Map<string, { readonly names: string[]; readonly text: string }>();
  for (const finding of findings) {
    const lines = findingLines(finding, enteredNamespace()).flatMap(({ kind, label, text }) =>
      kind === 'command'
        ? [`${' '.repeat(labelWidth + 4)}${text}`]
        : wrapText(text, width - labelWidth - 2).map(
            (part, index) => `  ${(index === 0 ? label : '').padEnd(labelWidth)}${part}`,
          ),
    );
    const sign = `${severitySigns[finding.severity]} ${finding.severity}: `;
    const text = [...lines, ''].join('\n');
    const same = told.get(sign + text);
    const name = formatSubject(finding.subject);
    if (same === undefined) told.set(sign + text, { names: [`${sign}${name}`], text });
    else same.names.push(`${' '.repeat(sign.length)}${name}`);
  }
  return [...told.values()].map(({ names, text }) => `${names.join('\n')}\n${text}`);
}

function jsonReport({ view: { time, director }, findings, unseen, notMade, unasked }: Diagnosis) {
  return {
    version: jsonVersion,
    time: new Date(time).toISOString(),
    director: { hostName: director.hostName, source: director.source, access: director.access },
    findings: findings.map(jsonFinding),
    notLookedAt: unseen,
    notAsked: unasked,
    checksNotMade: notMade.map(({ id, needsRight }) => ({ check: id, needsRight })),
  };
}
