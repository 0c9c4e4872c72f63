import type { Intention } from '../../changes/plan/intention.ts';
import { findRealServer } from '../../changes/steps/table-state.ts';
import { modeOutlooks, outlookText } from '../../forwarding/mode-outlook.ts';
import { IpvsError } from '../../ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  parseRealServer,
  parseService,
  type RealServerIdentity,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import { defaultRealServerSettings, isWholeRealServer, type RealServer } from '../../ipvs/real-server.ts';
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
import type { KeyEvent } from '../../terminal/keys.ts';
import { textWidth, truncateToWidth } from '../../terminal/width.ts';
import { Box, Text } from '../kit/ink.ts';
import { InputText } from '../kit/input-text.tsx';
import { TextField } from '../kit/text-field.ts';
import { wrapText } from '../kit/wrap-text.ts';
import type { Desk } from '../state/desk.ts';
import type { Row } from '../table/row.ts';
import { EditDialog } from './edit-dialog.ts';
import { PlanPreview } from './plan-preview.tsx';

/** What may be given, behind a value that is shown in so many cells, as far as there is room. */
function hintOf(allowed: string, shownWidth: number, width: number): string {
  const padding = Math.max(shortestValue - shownWidth, 0) + 2;
  const room = hintRoom(shownWidth, width);
  return room < shortestHint ? '' : ' '.repeat(padding) + truncateToWidth(allowed, room);
}

/** Cells behind a value of so many. */
function hintRoom(shownWidth: number, width: number): number {
  return width - labelWidth - 2 - shownWidth - Math.max(shortestValue - shownWidth, 0) - 2;
}

/** What a form asks for and what it makes of the answers. */
interface FormSpec {
  readonly title: string;
  readonly fields: readonly SettingField[];
  readonly texts: Readonly<Record<string, string>>;
  /** The same as they are now, while the form is open; `undefined` when the object is gone. */
  readonly present?: () => Readonly<Record<string, string>> | undefined;
  /** Something more to say of fields, by what is typed into all of them; it takes the place of what may be given. */
  readonly hints?: (texts: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** What the texts mean. Throws an input error, which the form shows. */
  readonly intentions: (texts: Readonly<Record<string, string>>) => readonly Intention[];
}

/** A line of the form. */
interface FormField {
  readonly spec: SettingField;
  readonly input: TextField;
  /** The text when the form was opened, and as it is now. */
  readonly opened: string;
  present: string;
}

const labelWidth = 16;
/** Cells from which on hints stand in one column. */
const shortestValue = 10;
/** Less of a hint tells nothing. */
const shortestHint = 12;

/** A form: one line a field, free text or a choice, and below them what would be done. */
export class FormDialog extends EditDialog {
  readonly title: string;
  readonly keys = 'Tab ↑ ↓ field   ← → choose   Enter apply   Esc cancel';
  override readonly width = 84;
  readonly height = 18;
  readonly #spec: FormSpec;
  readonly #fields: readonly FormField[];
  #focus = 0;

  constructor(desk: Desk, spec: FormSpec) {
    super(desk);
    this.#spec = spec;
    this.title = spec.title;
    this.#fields = spec.fields.map((field) => {
      const text = spec.texts[field.name] ?? '';
      return { spec: field, input: new TextField(text), opened: text, present: text };
    });
  }

  onPaste(text: string): void {
    const field = this.#fields[this.#focus];
    if (field === undefined || field.spec.choices !== undefined) return;
    field.input.insert(text.trim());
    this.changed();
  }

  render(width: number, height: number) {
    const { preview } = this;
    const hints = this.#spec.hints?.(this.#texts()) ?? {};
    // On a low screen the fields scroll, so that what would be done stays in sight.
    const wholeHint = height < this.#fields.length + 7 ? [] : this.#cutHint(hints, width);
    const room = Math.max(1, Math.min(this.#fields.length, height - 5 - wholeHint.length));
    const first = Math.max(0, Math.min(this.#focus - Math.floor(room / 2), this.#fields.length - room));
    return (
      <Box flexDirection="column">
        {this.#fields.slice(first, first + room).map((field, offset) => {
          const { spec, input } = field;
          const meanwhile = changedMeanwhile(field);
          const focused = first + offset === this.#focus;
          const shownWidth = widthOf(field, focused);
          return (
            <Text key={spec.name} wrap="truncate">
              <Text bold={focused}>{`${focused ? '›' : ' '} ${spec.name.padEnd(labelWidth)}`}</Text>
              {spec.choices === undefined ? (
                <InputText field={input} focused={focused} />
              ) : (
                <Text inverse={focused}>{`‹ ${input.text} ›`}</Text>
              )}
              {meanwhile === undefined ? (
                <Text dimColor>{hintOf(hints[spec.name] ?? spec.allowed, shownWidth, width)}</Text>
              ) : (
                <Text color="yellow">{hintOf(meanwhile, shownWidth, width)}</Text>
              )}
            </Text>
          );
        })}
        <Text dimColor>
          {room < this.#fields.length
            ? `  ${first + 1} to ${first + room} of ${this.#fields.length} fields; ↑ ↓ show the others`
            : ' '}
        </Text>
        {wholeHint.map((line) => (
          <Text key={line} dimColor wrap="truncate">
            {line}
          </Text>
        ))}
        <PlanPreview preview={preview} limit={Math.max(1, height - room - 3 - wholeHint.length)} />
      </Box>
    );
  }

  /** What there is to say of the present field, in full, where its line has no room for it. */
  #cutHint(hints: Readonly<Record<string, string>>, width: number): string[] {
    const field = this.#fields[this.#focus];
    if (field === undefined) return [];
    const { name, allowed } = field.spec;
    const hint = changedMeanwhile(field) ?? hints[name] ?? allowed;
    const isWhole = textWidth(hint) <= hintRoom(widthOf(field, true), width);
    return isWhole ? [] : wrapText(`${name}: ${hint}`, width - 2).map((line) => `  ${line}`);
  }

  protected intentions(): readonly Intention[] {
    this.#followOthers();
    return this.#spec.intentions(this.#texts());
  }

  #texts(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#fields.map(({ spec, input }) => [spec.name, input.text]));
  }

  protected onEditKey(key: KeyEvent): boolean {
    const count = this.#fields.length;
    if (key.name === 'down' || (key.name === 'tab' && !key.shift)) {
      this.#focus = (this.#focus + 1) % count;
      return true;
    }
    if (key.name === 'up' || key.name === 'tab') {
      this.#focus = (this.#focus + count - 1) % count;
      return true;
    }
    const field = this.#fields[this.#focus];
    if (field === undefined) return false;
    const { choices } = field.spec;
    if (choices === undefined) return field.input.onKey(key);
    const by = key.name === 'left' ? -1 : key.name === 'right' || key.text === ' ' ? 1 : 0;
    if (by === 0) return this.#chooseByLetter(field.input, choices, key.text);
    const index = choices.indexOf(field.input.text);
    field.input.set(choices[(Math.max(0, index) + by + choices.length) % choices.length] ?? '');
    return true;
  }

  /** Fields that the operator left alone show what another hand sets meanwhile; the others keep what was typed. */
  #followOthers(): void {
    const present = this.#spec.present?.();
    if (present === undefined) return;
    for (const field of this.#fields) {
      const text = present[field.spec.name];
      if (text === undefined || text === field.present) continue;
      if (field.input.text === field.present) field.input.set(text);
      field.present = text;
    }
  }

  #chooseByLetter(input: TextField, choices: readonly string[], letter: string | undefined): boolean {
    const choice =
      letter === undefined ? undefined : choices.find((candidate) => candidate.startsWith(letter));
    if (choice === undefined) return false;
    input.set(choice);
    return true;
  }
}

/** Cells that the value of a field takes. */
function widthOf({ spec, input }: FormField, focused: boolean): number {
  return input.text.length + (spec.choices !== undefined ? 4 : focused ? 1 : 0);
}

/** What to say of a field that was typed into and that somebody else has changed since the form was opened. */
function changedMeanwhile({ input, opened, present }: FormField): string | undefined {
  if (present === opened || present === input.text) return undefined;
  return `▲ changed meanwhile from ${opened === '' ? 'nothing' : opened} to ${present === '' ? 'nothing' : present}`;
}

const serviceField: SettingField = {
  name: 'service',
  allowed: 'like tcp:203.0.113.10:80, udp:[2001:db8::1]:53 or fwm:7',
};
const realServerField: SettingField = {
  name: 'real server',
  allowed: 'like 10.0.0.21:8080; without a port, the service’s',
};
/** What was typed into a field that cannot be left empty; a form that was just opened is not wrong yet. */
function required(answers: Readonly<Record<string, string>>, { name, allowed }: SettingField): string {
  const text = (answers[name] ?? '').trim();
  if (text === '') throw IpvsError.input('read', name, `no ${name} is given yet`, `type one ${allowed}`);
  return text;
}

const schedulerChoices = schedulers.map(({ name }) => name);

/** The form for a new service. */
export function addServiceForm(desk: Desk): FormDialog {
  const texts = serviceTexts('inet', defaultServiceSettings);
  return new FormDialog(desk, {
    title: 'Add a service',
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

/** The form for a new real server of a service. */
export function addRealServerForm(desk: Desk, service: ServiceIdentity): FormDialog {
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
  return new FormDialog(desk, {
    title: `Add a real server to ${formatService(service)}`,
    fields: [realServerField, ...realServerFields],
    texts: { 'real server': '', ...texts },
    hints: (answers) =>
      modeHints(desk, service, () =>
        parseRealServer(required(answers, realServerField), service.kind === 'fwmark' ? 0 : service.port),
      ),
    intentions: (answers) => {
      const identity = parseRealServer(
        required(answers, realServerField),
        service.kind === 'fwmark' ? 0 : service.port,
      );
      const read = readRealServerSettings({ ...texts, ...answers }, settings);
      return [{ kind: 'add real server', service, realServer: { identity, ...read } }];
    },
  });
}

/** The form for all fields of what is in the row; `null` where not all of them may be read, and then none written. */
export function editForm(desk: Desk, row: Row): FormDialog | null {
  const { service } = row.service;
  if (row.kind === 'service') return isWholeService(service) ? editServiceForm(desk, service) : null;
  const { realServer } = row.realServer;
  return isWholeRealServer(realServer) ? editRealServerForm(desk, service.identity, realServer) : null;
}

function editServiceForm(desk: Desk, service: Service): FormDialog {
  const { family } = service.identity;
  const texts: ServiceTexts = serviceTexts(family, service);
  return new FormDialog(desk, {
    title: `Edit ${formatService(service.identity)}`,
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

function editRealServerForm(desk: Desk, service: ServiceIdentity, realServer: RealServer): FormDialog {
  const texts: RealServerTexts = realServerTexts(realServer);
  return new FormDialog(desk, {
    title: `Edit ${formatRealServer(realServer.identity)} of ${formatService(service)}`,
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

/** Which modes can work for the real server that `read` tells, as far as it can be read already. */
function modeHints(
  desk: Desk,
  service: ServiceIdentity,
  read: () => RealServerIdentity,
): Record<string, string> {
  try {
    const network = desk.recentNetwork;
    const realServer = read();
    network?.lookUp([realServer.address]);
    return { forwarding: outlookText(modeOutlooks(service, realServer, defaultTunnel, network?.facts)) };
  } catch (error) {
    if (error instanceof IpvsError) return {};
    throw error;
  }
}

/** The scheduler's field as a choice; one that lvstop does not know stays among them while it is set. */
function withSchedulerChoices(fields: readonly SettingField[], present?: string): SettingField[] {
  const choices =
    present === undefined || schedulerChoices.includes(present)
      ? schedulerChoices
      : [present, ...schedulerChoices];
  return fields.map((field) => (field.name === 'scheduler' ? { ...field, choices } : field));
}

/** Only what differs: fields that the operator left alone must not overwrite what another hand set meanwhile. */
function changed<Settings extends object>(before: Settings, after: Settings): Partial<Settings> {
  const change: Partial<Settings> = {};
  for (const key of Object.keys(after) as (keyof Settings)[]) {
    if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) change[key] = after[key];
  }
  return change;
}
