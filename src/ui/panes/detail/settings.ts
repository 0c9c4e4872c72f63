import { forwardingMethodFacts } from '../../../ipvs/forwarding-method.ts';
import { formatNetmask } from '../../../ipvs/netmask.ts';
import { isWholeRealServer, type PublicRealServer, type RealServer } from '../../../ipvs/real-server.ts';
import { schedulerFlagNames } from '../../../ipvs/scheduler.ts';
import { isWholeService, type PublicService, type Service } from '../../../ipvs/service.ts';
import { wrapText } from '../../../terminal/wrap-text.ts';
import { type Block, type Line, span } from '../../kit/page.ts';
import type { Row } from '../../table/row.ts';

const labelWidth = 12;

/** Cells that the block takes at least, so that no value has to be broken. */
export const settingsWidth = 34;

/** Everything that an operator has set of the row. */
export function settingBlock(row: Row, width: number): Block {
  const fields =
    row.kind === 'service' ? serviceFields(row.service.service) : realServerFields(row.realServer.realServer);
  const lines: Line[] = [[span(0, 'SETTINGS', 'dim')]];
  for (const [label, text] of fields) {
    wrapText(text, width - labelWidth).forEach((part, index) => {
      lines.push(index === 0 ? [span(0, label), span(labelWidth, part)] : [span(labelWidth, part)]);
    });
  }
  return { width, lines };
}

/** Shown in place of what cannot be read without CAP_NET_ADMIN. */
const withoutRight = 'needs CAP_NET_ADMIN';

type Field = readonly [label: string, text: string];

function serviceFields(service: PublicService): Field[] {
  const { persistence, identity, onePacket } = service;
  const whole = isWholeService(service) ? service : null;
  return [
    ['scheduler', service.scheduler],
    ['flags', whole === null ? withoutRight : flagText(whole)],
    ['persistence', persistence === null ? 'none' : `${persistence.timeout} s`],
    ...(persistence === null
      ? []
      : [['netmask', formatNetmask(identity.family, persistence.netmask)] as const]),
    ['engine', whole === null ? withoutRight : (whole.engine ?? 'none')],
    ['one-packet', onePacket === null ? withoutRight : onePacket ? 'yes' : 'no'],
  ];
}

function flagText({ scheduler, schedulerFlags }: Service): string {
  return schedulerFlagNames(scheduler, schedulerFlags).join(', ') || 'none';
}

function realServerFields(realServer: PublicRealServer): Field[] {
  const { forwarding, weight } = realServer;
  const facts = forwardingMethodFacts(forwarding);
  return [
    ['mode', facts === undefined ? forwarding : `${facts.label}, ${facts.longName}`],
    ['weight', String(weight)],
    ...(isWholeRealServer(realServer)
      ? limitFields(realServer)
      : ([
          ['thresholds', withoutRight],
          ...(forwarding === 'tun' ? [['tunnel', withoutRight] as const] : []),
        ] as const)),
  ];
}

function limitFields({ upperThreshold, lowerThreshold, tunnel, forwarding }: RealServer): Field[] {
  const wrapped = tunnel.port === 0 ? tunnel.type : `${tunnel.type}, UDP port ${tunnel.port}`;
  return [
    ['upper', upperThreshold === 0 ? 'no limit' : `takes no more at ${upperThreshold}`],
    ...(upperThreshold === 0 && lowerThreshold === 0
      ? []
      : [
          [
            'lower',
            lowerThreshold === 0
              ? `more again below ${Math.floor((upperThreshold * 3) / 4)}`
              : `more again below ${lowerThreshold}`,
          ] as const,
        ]),
    ...(forwarding === 'tun' ? [['tunnel', wrapped] as const, ['checksum', tunnel.checksum] as const] : []),
  ];
}
