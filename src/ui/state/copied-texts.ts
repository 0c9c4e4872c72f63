import type { Finding } from '../../doctor/finding.ts';
import { ipvsadmLines } from '../../formats/ipvsadm/ipvsadm.ts';
import { shellWord } from '../../forwarding/diagnosis.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import { defaultRealServerSettings, isWholeRealServer, type RealServer } from '../../ipvs/real-server.ts';
import { defaultServiceSettings, isWholeService, type Service } from '../../ipvs/service.ts';
import { realServerTexts, serviceTexts } from '../../ipvs/settings-text.ts';
import { findingsOfRow } from '../table/finding-marks.ts';
import type { Row } from '../table/row.ts';

/** Something that can be copied. */
export interface CopiedText {
  /** What the text is: `address`, `ipvsadm`. */
  readonly name: string;
  readonly text: string;
}

/**
 * What can be copied of a row: its address, the commands that create it, and those that mend what was found about it.
 */
export function textsOfRow(row: Row, findings: readonly Finding[]): CopiedText[] {
  const { service } = row.service;
  return [
    ...(row.kind === 'service'
      ? textsOfService(service.identity, isWholeService(service) ? service : null)
      : textsOfRealServer(service.identity, row)),
    ...findingsOfRow(findings, row).flatMap(textsOfFinding),
  ];
}

/** The commands that mend a finding, each alone. */
export function textsOfFinding({ check, mend }: Finding): CopiedText[] {
  return mend
    .filter(({ kind }) => kind === 'command')
    .map(({ on, text }) => ({ name: `mends ${check}, on ${on === 'director' ? 'the director' : on}`, text }));
}

function textsOfService(identity: ServiceIdentity, service: Service | null): CopiedText[] {
  return [
    { name: 'address', text: formatService(identity) },
    ...(service === null
      ? []
      : [
          { name: 'ipvsadm', text: `ipvsadm ${ipvsadmLines.addService(service)}` },
          { name: 'lvstop', text: addServiceCommand(service) },
        ]),
  ];
}

function textsOfRealServer(
  service: ServiceIdentity,
  { realServer: { realServer } }: Extract<Row, { kind: 'real server' }>,
): CopiedText[] {
  return [
    { name: 'address', text: formatRealServer(realServer.identity) },
    { name: 'service', text: formatService(service) },
    ...(isWholeRealServer(realServer)
      ? [
          { name: 'ipvsadm', text: `ipvsadm ${ipvsadmLines.addRealServer(service, realServer)}` },
          { name: 'lvstop', text: addRealServerCommand(service, realServer) },
        ]
      : []),
  ];
}

/** The command that makes a service like this one. */
export function addServiceCommand(service: Service): string {
  const { family } = service.identity;
  const { 'one-packet': onePacket, ...texts } = serviceTexts(family, service);
  const options = differing(texts, serviceTexts(family, defaultServiceSettings));
  return [
    `lvstop add service ${shellWord(formatService(service.identity))}`,
    ...options,
    ...(onePacket === 'yes' ? ['--one-packet'] : []),
  ].join(' ');
}

/** The command that makes a real server like this one. */
export function addRealServerCommand(service: ServiceIdentity, realServer: RealServer): string {
  const options = differing(realServerTexts(realServer), realServerTexts(defaultRealServerSettings));
  return [
    `lvstop add real ${shellWord(formatService(service))} ${shellWord(formatRealServer(realServer.identity))}`,
    ...options,
  ].join(' ');
}

/** Options for the settings that differ from the usual ones; both texts have the names of the options as keys. */
function differing(
  texts: Readonly<Record<string, string>>,
  usual: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(texts)
    .filter(([name, text]) => text !== usual[name])
    .map(([name, text]) => `--${name} ${shellWord(text)}`);
}
