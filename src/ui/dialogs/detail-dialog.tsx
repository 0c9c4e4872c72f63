import { Box, Text } from 'ink';
import { forwardingMethodFacts } from '../../ipvs/forwarding-method.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import { findScheduler } from '../../ipvs/scheduler.ts';
import { realServerTexts, serviceTexts } from '../../ipvs/settings-text.ts';
import { partOf, seesResponses } from '../columns.ts';
import type { Controller } from '../controller.ts';
import type { Dialog } from '../dialog.ts';
import { formatAmount, formatBits, sparkline } from '../number-format.ts';
import type { Row } from '../rows.ts';

/** Everything that is known of one service or real server, kept up to date while it is open. */
export class DetailDialog implements Dialog {
  readonly keys = 'any key close';
  readonly width = 84;
  readonly height = 20;
  readonly #controller: Controller;
  readonly #key: string;

  constructor(controller: Controller, key: string) {
    this.#controller = controller;
    this.#key = key;
  }

  get title(): string {
    const row = this.#row;
    if (row === undefined) return 'Detail';
    return row.kind === 'service'
      ? `Service ${formatService(row.service.service.identity)}`
      : `Real server ${formatRealServer(row.realServer.realServer.identity)} of ${row.service.key}`;
  }

  onKey(): void {
    this.#controller.closeDialog();
  }

  render(width: number, height: number) {
    const row = this.#row;
    if (row === undefined) return <Text>It is gone.</Text>;
    const lines = [...settingLines(row), ['', ''] as const, ...numberLines(row, width - labelWidth)];
    return (
      <Box flexDirection="column">
        {lines.slice(0, Math.max(1, height - 1)).map(([label, text]) => (
          <Text key={`${label} `} wrap="truncate">
            {label.padEnd(labelWidth)}
            {text}
          </Text>
        ))}
      </Box>
    );
  }

  get #row(): Row | undefined {
    return this.#controller.getState().rows.find(({ key }) => key === this.#key);
  }
}

const labelWidth = 18;
type Line = readonly [label: string, text: string];

function settingLines(row: Row): Line[] {
  if (row.kind === 'service') {
    const { service } = row.service;
    const { scheduler: _, ...texts } = serviceTexts(service.identity.family, service);
    const scheduler = findScheduler(service.scheduler);
    return [
      [
        'scheduler',
        scheduler === undefined ? service.scheduler : `${service.scheduler}: ${scheduler.meaning}`,
      ],
      ...Object.entries(texts)
        .filter(([name]) => name !== 'netmask' || service.persistence !== null)
        .map(([name, text]): Line => [name, text === '' ? 'none' : text]),
      ['real servers', String(row.service.realServers.length)],
    ];
  }
  const { realServer } = row.realServer;
  const { forwarding: _, ...texts } = realServerTexts(realServer);
  const facts = forwardingMethodFacts(realServer.forwarding);
  return [
    [
      'forwarding',
      facts === undefined ? realServer.forwarding : `${facts.label}, ${facts.longName}: ${facts.meaning}`,
    ],
    ...Object.entries(texts).filter(
      ([name]) => !name.startsWith('tunnel') || realServer.forwarding === 'tun',
    ),
    [
      'state',
      row.realServer.overloaded
        ? 'over its upper threshold: takes no new connections'
        : realServer.weight === 0
          ? 'weight 0: takes no new connections'
          : 'takes new connections',
    ],
  ];
}

function numberLines(row: Row, width: number): Line[] {
  const { connections, counters, rates, kernelRates, trend } = partOf(row);
  const responses = seesResponses(row);
  const rate = (value: number | undefined, format = formatAmount) =>
    value === undefined ? '…' : format(value);
  const out = (text: string) => (responses ? text : 'not seen');
  return [
    [
      'connections',
      `${connections.active} active, ${connections.inactive} inactive, ${connections.persistent} persistent`,
    ],
    [
      'new',
      `${rate(rates?.connections)} a second; ${counters.connections} in all; kernel’s average ${kernelRates.connections} a second`,
    ],
    [
      'packets',
      `in ${rate(rates?.inPackets)}, out ${out(rate(rates?.outPackets))} a second; in ${counters.inPackets}, out ${out(String(counters.outPackets))} in all`,
    ],
    [
      'bits',
      `in ${rate(rates?.inBytes, formatBits)}, out ${out(rate(rates?.outBytes, formatBits))} a second`,
    ],
    ['bytes in all', `in ${counters.inBytes}, out ${out(String(counters.outBytes))}`],
    ['new, 2 minutes', sparkline(trend, width)],
  ];
}
