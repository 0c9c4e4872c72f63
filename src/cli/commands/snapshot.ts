import { randomBytes } from 'node:crypto';
import { hostname, release } from 'node:os';
import type { Command } from 'commander';
import packageDescription from '../../../package.json' with { type: 'json' };
import { changeEvent } from '../../changes/events/foreign-change.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { countFindings } from '../../doctor/rounds/finding-text.ts';
import { formatIpvsadm } from '../../formats/ipvsadm/ipvsadm.ts';
import { savedServices } from '../../formats/ipvsadm/listing.ts';
import { formatJsonIndented } from '../../formats/json/json.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { findKeepalived } from '../../manager/keepalived/keepalived-process.ts';
import type { Frame } from '../../recording/frame.ts';
import type { RecordedDocument, RecordingOrigin } from '../../recording/recorded-json.ts';
import { openRecording, Recording } from '../../recording/recording.ts';
import { RecordingEncoder } from '../../recording/recording-encoder.ts';
import { AnonymousAddresses } from '../../report/anonymous-addresses.ts';
import { AnonymousText } from '../../report/anonymous-text.ts';
import { snapshotBytes } from '../../report/snapshot.ts';
import { namesIn } from '../../report/telling-names.ts';
import { listingOfView } from '../../sampling/listing-of-view.ts';
import type { View } from '../../sampling/view.ts';
import { isSystemError, systemErrorCode, systemErrorReason } from '../../system/system-error.ts';
import { allAtOnce } from '../../system/turns.ts';
import { writeNewFile } from '../../system/whole-file.ts';
import { processAccount } from '../context/account.ts';
import type { CommandContext } from '../context/context.ts';
import type { Demo } from '../context/demo.ts';
import { openJournal } from '../edits/open-journal.ts';
import { configPlaces } from '../files/config-places.ts';
import { recordingPlace } from '../files/recording-place.ts';
import { localUsers } from '../opening/local-users.ts';
import { openMachine, openNetwork } from '../opening/open-host.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import {
  aboutDocument,
  configurationDocuments,
  keepalivedDocuments,
  lookAtNetwork,
  networkDocument,
  settingsDocument,
} from '../opening/snapshot-documents.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { demoOption } from '../options/option-table.ts';
import { type Diagnosis, diagnosisOf, textsOf } from './doctor.ts';

/** How far back a snapshot takes what was recorded, in milliseconds. */
const taken = 3_600_000;

const snapshotOptions = [
  {
    flags: '--anonymise',
    help: 'other addresses, the same always for the same and networks kept, and other names of machines and users',
  },
  { flags: '--print <file>', source: 'file', help: 'print the documents of a snapshot, and take none' },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** `lvstop snapshot [FILE] [--anonymise]`. */
export function snapshotCommand(context: CommandContext): Command {
  const command = createCommand(context, 'snapshot', 'put all that a ticket needs into one file')
    .usage('[options] [FILE]')
    .argument('[file]', 'the file (default: lvstop-HOST-TIME.lvrec in the current folder)')
    .addHelpText(
      'after',
      '\nThe last hour of what lvstop record writes, and with it as of now: table, doctor, kernel settings, network, versions,\nkeepalived’s configuration and lvstop’s, without passwords. Where nothing was recorded it has what can be read now, and\nsays so. "lvstop replay FILE" opens it anywhere, without root.\n\nExamples:\n  sudo lvstop snapshot --anonymise incident.lvrec\n  lvstop snapshot --print incident.lvrec',
    )
    .action(async (file: string | undefined) => {
      const options = optionValues(command, snapshotOptions);
      if (options.print !== undefined) printDocuments(context, options.print);
      else await take(context, file, options);
    });
  return addOptions(command, snapshotOptions);
}

function printDocuments({ console }: CommandContext, path: string): void {
  const documents = openRecording(path).documents();
  if (documents.length === 0)
    throw IpvsError.input(
      'bad-file',
      'print',
      path,
      'it is no snapshot: it has no documents',
      'replay opens it',
    );
  for (const { name, text } of documents) {
    const lines = text.split('\n').map(visible);
    console.out(`== ${name} ==\n${lines.join('\n').trimEnd()}\n\n`);
  }
}

async function take(
  context: CommandContext,
  file: string | undefined,
  { demo, anonymise = false }: { readonly demo?: Demo; readonly anonymise?: boolean },
): Promise<void> {
  const { console, account = processAccount() } = context;
  const time = Date.now();
  await withReadableDirector(context, { demo }, async (director) => {
    const diagnosis = await diagnosisOf(context, director, [], { ...(demo !== undefined && { demo }) });
    const recorded = demo ? undefined : recordedLately(recordingPlace(account), time - taken);
    const documents = await documentsOf(context, diagnosis, demo, time, standing(recorded, time));
    const anonymous = (frames: readonly Frame[]) => {
      const { hosts, users } = namesIn(frames);
      const names = { hosts: [hostname(), ...hosts], users: [...users, ...localUsers(account)] };
      return new AnonymousText(new AnonymousAddresses(randomBytes(32)), names);
    };
    const bytes = snapshotBytes(
      {
        recorded: recorded?.frames(time - taken, time) ?? [],
        present: presentShard(context, diagnosis, demo !== undefined, recorded === undefined, time),
        documents,
        time,
      },
      anonymise ? anonymous : null,
    );
    const path = file ?? usualName(anonymise ? null : diagnosis.view.director.hostName, time);
    write(path, bytes);
    console.err(
      `${path}: ${standing(recorded, time)}; ${documents.length} documents, ${countFindings(diagnosis.findings)}${anonymise ? '; anonymous' : ''}`,
    );
    for (const clause of diagnosis.unseen) console.err(`not looked at: ${clause}`);
    if (demo) console.err('SIMULATED: this director exists in the demo only');
  });
}

/** The recording at `place` where it has a sample of `since` or later; else `undefined`. */
function recordedLately(place: string | null, since: number): Recording | undefined {
  if (place === null) return undefined;
  try {
    const recording = new Recording(place);
    return (recording.last ?? 0) >= since ? recording : undefined;
  } catch (error) {
    if (error instanceof IpvsError) return undefined;
    throw error;
  }
}

function standing(recorded: Recording | undefined, time: number): string {
  if (recorded === undefined)
    return 'nothing was recorded in the last hour (lvstop record does that), so it has what could be read just now';
  const from = recorded.after(time - taken) ?? time;
  return `recorded from ${formatTime(from)} to ${formatTime(recorded.last ?? time)}`;
}

async function documentsOf(
  context: CommandContext,
  { view, findings, unseen }: Diagnosis,
  demo: Demo | undefined,
  time: number,
  contents: string,
): Promise<RecordedDocument[]> {
  const { account = processAccount() } = context;
  const network = await (context.openNetwork ?? openNetwork)({ demo });
  try {
    const picture = await lookAtNetwork(network, view);
    const machine = await (await (context.openMachine ?? openMachine)({ demo })).sample();
    const keepalived = demo ? undefined : (context.findKeepalived ?? findKeepalived)();
    const notSeen = unseen.map((clause) => `not looked at: ${clause}`);
    return [
      aboutDocument(view, time, [contents]),
      tableDocument(view),
      { name: 'doctor', text: [...textsOf(findings, 100), countFindings(findings), ...notSeen].join('\n') },
      settingsDocument(machine, typeof picture === 'string' ? null : picture),
      networkDocument(picture),
      ...keepalivedDocuments(keepalived),
      ...(demo ? [] : configurationDocuments(configPlaces(account).files)),
    ];
  } finally {
    network.close();
  }
}

/** The table; without the right, what everybody may read of it. */
function tableDocument(view: View): RecordedDocument {
  const listing = listingOfView(view);
  return view.director.access === 'full'
    ? { name: 'table, as ipvsadm -Sn', text: formatIpvsadm(savedServices(listing)) }
    : { name: 'table, as list --json', text: formatJsonIndented(listing) };
}

/** A shard of what was read just now, with the journal's changes of the last hour where no recording has them. */
function presentShard(
  context: CommandContext,
  { view, findings, unseen }: Diagnosis,
  demo: boolean,
  withJournal: boolean,
  time: number,
): Buffer {
  const encoder = new RecordingEncoder();
  const { hostName, source, access } = view.director;
  const origin: RecordingOrigin = {
    version: 1,
    program: packageDescription.version,
    hostName,
    kernel: release(),
    source,
    access,
    interval: view.interval,
  };
  const changes = withJournal
    ? allAtOnce(openJournal(context, demo ? 'simulated' : 'kernel').read(Infinity)).changes
    : [];
  return Buffer.concat([
    encoder.begin(origin, view.time),
    allAtOnce(encoder.sample(view, null)),
    encoder.findings({ time: view.time, findings, unseen }),
    ...changes
      .filter((change) => change.time >= time - taken)
      .toReversed()
      .map((change) => encoder.event(changeEvent(change))),
  ]);
}

/** `lvstop-lb-01-20261201T031200.lvrec`; without the name of the machine in an anonymous snapshot. */
function usualName(hostName: string | null, time: number): string {
  const moment = new Date(time).toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
  const host = hostName === null ? '' : `-${hostName.replaceAll(/[^\w.-]/g, '_')}`;
  return `lvstop${host}-${moment}.lvrec`;
}

function write(path: string, bytes: Buffer): void {
  try {
    allAtOnce(writeNewFile(path, bytes));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const code = systemErrorCode(error);
    throw IpvsError.input(
      'bad-file',
      'write the snapshot',
      path,
      code === 'EEXIST' ? 'it is there already' : systemErrorReason(code),
      'give another file; nothing was written',
    );
  }
}
