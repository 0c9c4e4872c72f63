import { type RampStep, rampSteps } from '../../changes/drain/ramp.ts';
import { usualRampSteps } from '../../changes/drain/ramps.ts';
import { findRealServer } from '../../changes/steps/table-state.ts';
import { modeOutlooks, outlookText } from '../../forwarding/mode-outlook.ts';
import { IpvsError } from '../../ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  parseService,
  type RealServerIdentity,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import { defaultRealServerSettings, isWholeRealServer, type RealServer } from '../../ipvs/real-server.ts';
import { parseRealServers } from '../../ipvs/real-server-list.ts';
import { schedulers } from '../../ipvs/scheduler.ts';
import { defaultServiceSettings, isWholeService, type Service } from '../../ipvs/service.ts';
import {
  type RealServerTexts,
  readRealServerSettings,
  readServiceSettings,
  realServerFields,
  realServerTexts,
  type ServiceTexts,
  type SettingField,
  serviceFields,
  serviceTexts,
} from '../../ipvs/settings-text.ts';
import { defaultTunnel } from '../../ipvs/tunnel.ts';
import type { Desk } from '../state/desk.ts';
import type { Row } from '../table/row.ts';
import { openForm } from './form-dialog.tsx';

const serviceField: SettingField = {
  name: 'service',
  allowed: 'like tcp:203.0.113.10:80, udp:[2001:db8::1]:53 or fwm:7',
};
const realServerField: SettingField = {
  name: 'real server',
  allowed: 'like 10.0.0.21:8080 or 10.0.0.21-24; without a port, the service’s',
};
/** What was typed into a field that must not be empty. Throws an input error that asks for it. */
function required(answers: Readonly<Record<string, string>>, { name, allowed }: SettingField): string {
  const text = (answers[name] ?? '').trim();
  if (text === '')
    throw IpvsError.input('missing-value', 'read', name, `no ${name} is given yet`, `type one ${allowed}`);
  return text;
}

const warmUpField = {
  name: 'warm-up',
  allowed: 'raise the weight in steps over so long; while this screen is open',
  choices: ['no', '60s', '5m', '15m'],
} as const satisfies SettingField;

/** Milliseconds that the weight is raised over; `null` for at once. */
function warmUpTime(answers: Readonly<Record<string, string>>): number | null {
  const times: Readonly<Record<string, number>> = { '60s': 60_000, '5m': 300_000, '15m': 900_000 };
  return times[answers['warm-up'] ?? ''] ?? null;
}

/** The steps from nothing to the weight of a new real server. */
function warmUpSteps(weight: number, answers: Readonly<Record<string, string>>): RampStep[] {
  const over = warmUpTime(answers);
  return over === null ? [] : rampSteps(0, weight, usualRampSteps, over);
}

const schedulerChoices = schedulers.map(({ name }) => name);

/** Opens the form for a new service. */
export function openNewService(desk: Desk): void {
  const texts = serviceTexts('inet', defaultServiceSettings);
  openForm(desk, {
    title: 'Add a service',
    movesConnections: false,
    fields: [serviceField, ...withSchedulerChoices(serviceFields)],
    // The mask depends on the family, which is only known when the address is.
    texts: { service: '', ...texts, netmask: '' },
    intentions: (answers) => {
      const identity = parseService(required(answers, serviceField));
      const full = serviceTexts(identity.family, defaultServiceSettings).netmask;
      const settings = readServiceSettings(identity.family, {
        ...texts,
        ...answers,
        netmask: (answers.netmask ?? '').trim() || full,
      });
      return [{ kind: 'add service', service: { identity, ...settings } }];
    },
  });
}

/** Opens the form for one or several new real servers of a service. */
export function openNewRealServer(desk: Desk, service: ServiceIdentity): void {
  const key = formatService(service);
  const present = desk.getState().view?.services.find((candidate) => candidate.key === key);
  // A service's real servers mostly share one mode, so the next one begins with that of the first.
  const like = present?.realServers[0]?.realServer;
  const settings = {
    ...defaultRealServerSettings,
    ...(like !== undefined &&
      isWholeRealServer(like) && { forwarding: like.forwarding, tunnel: like.tunnel }),
  };
  const texts = realServerTexts(settings);
  const identities = (answers: Readonly<Record<string, string>>) =>
    parseRealServers(required(answers, realServerField), service.kind === 'fwmark' ? 0 : service.port);
  openForm(desk, {
    title: `Add real servers to ${formatService(service)}`,
    movesConnections: true,
    fields: [realServerField, ...realServerFields, warmUpField],
    texts: { 'real server': '', ...texts, 'warm-up': 'no' },
    hints: (answers) =>
      modeHints(desk, service, () => {
        const [first, ...others] = identities(answers);
        // Several may each be another number of hops away, and the plan tells that of each.
        return others.length === 0 ? first : undefined;
      }),
    intentions: (answers) => {
      const read = readRealServerSettings({ ...texts, ...answers }, settings);
      const weight = warmUpSteps(read.weight, answers)[0]?.weight ?? read.weight;
      return identities(answers).map((identity) => ({
        kind: 'add real server',
        service,
        realServer: { identity, ...read, weight },
      }));
    },
    onDone: (answers) => {
      const { weight } = readRealServerSettings({ ...texts, ...answers }, settings);
      const [first, ...steps] = warmUpSteps(weight, answers);
      if (first === undefined || steps.length === 0) return;
      const begun = { service, steps, present: first.weight, beganAt: desk.director.clock.time() };
      desk.ramps.begin(identities(answers).map((realServer) => ({ ...begun, realServer })));
    },
  });
}

/**
 * Opens the form for all fields of the row's service or real server; does nothing where some of them may not be read.
 */
export function openEdit(desk: Desk, row: Row): void {
  const { service } = row.service;
  if (row.kind === 'service') {
    if (isWholeService(service)) editService(desk, service);
  } else {
    const { realServer } = row.realServer;
    if (isWholeRealServer(realServer)) editRealServer(desk, service.identity, realServer);
  }
}

function editService(desk: Desk, service: Service): void {
  const { family } = service.identity;
  const texts: ServiceTexts = serviceTexts(family, service);
  openForm(desk, {
    title: `Edit ${formatService(service.identity)}`,
    movesConnections: true,
    fields: withSchedulerChoices(serviceFields, texts.scheduler),
    texts,
    present: () => {
      const entry = desk.director.findService(service.identity);
      return entry && serviceTexts(family, entry.service);
    },
    intentions: (answers) => [
      {
        kind: 'edit service',
        service: service.identity,
        change: changed(
          readServiceSettings(family, texts),
          readServiceSettings(family, { ...texts, ...answers }),
        ),
      },
    ],
  });
}

function editRealServer(desk: Desk, service: ServiceIdentity, realServer: RealServer): void {
  const texts: RealServerTexts = realServerTexts(realServer);
  openForm(desk, {
    title: `Edit ${formatRealServer(realServer.identity)} of ${formatService(service)}`,
    movesConnections: true,
    fields: realServerFields,
    texts,
    hints: () => modeHints(desk, service, () => realServer.identity),
    present: () => {
      const entry = findRealServer(desk.director, service, realServer.identity);
      return entry && realServerTexts(entry.realServer);
    },
    intentions: (answers) => [
      {
        kind: 'edit real server',
        service,
        realServer: realServer.identity,
        change: changed(realServer, readRealServerSettings({ ...texts, ...answers }, realServer)),
      },
    ],
  });
}

/** Which modes can work for the real server that `read` gives; nothing while what is typed cannot be read. */
function modeHints(
  desk: Desk,
  service: ServiceIdentity,
  read: () => RealServerIdentity | undefined,
): Record<string, string> {
  try {
    const network = desk.recentNetwork;
    const realServer = read();
    if (realServer === undefined) return {};
    network?.lookUp([realServer.address]);
    return { forwarding: outlookText(modeOutlooks(service, realServer, defaultTunnel, network?.facts)) };
  } catch (error) {
    if (error instanceof IpvsError) return {};
    throw error;
  }
}

/** The fields with the scheduler as a choice; one that lvstop does not know is among the choices while it is set. */
function withSchedulerChoices(fields: readonly SettingField[], present?: string): SettingField[] {
  const choices =
    present === undefined || schedulerChoices.includes(present)
      ? schedulerChoices
      : [present, ...schedulerChoices];
  return fields.map((field) => (field.name === 'scheduler' ? { ...field, choices } : field));
}

/** Only what differs: fields that the operator left alone must not overwrite what somebody else has set meanwhile. */
function changed<Settings extends object>(before: Settings, after: Settings): Partial<Settings> {
  const change: Partial<Settings> = {};
  for (const key of Object.keys(after) as (keyof Settings)[]) {
    if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) change[key] = after[key];
  }
  return change;
}
