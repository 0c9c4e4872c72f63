import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import { formatWalkEndpoint } from './take-walk.ts';
import type { LinkAddress, OuterHeader, Packet, Station, Walk, WalkStep } from './walk.ts';

/** The role of a piece of a line, which decides how a screen draws it. */
export type Tone = 'heading' | 'place' | 'text' | 'changed' | 'unseen' | 'aside' | 'warning';

/** A piece of a line; pieces follow each other without gaps. */
export interface Piece {
  readonly text: string;
  readonly tone: Tone;
}

/** A line, as its pieces. */
export type WalkLine = readonly Piece[];

/** The parts of a drawn walk, to be put below or beside each other. */
export interface WalkText {
  /** Whose walk it is. */
  readonly title: string;
  /** Who the client is. */
  readonly head: readonly WalkLine[];
  readonly request: readonly WalkLine[];
  readonly response: readonly WalkLine[];
  /** What is in the way; empty where nothing is. */
  readonly obstacles: readonly WalkLine[];
  /** What the director sees. */
  readonly foot: readonly WalkLine[];
}

/** The marks of a drawing. */
interface Marks {
  readonly station: string;
  readonly line: string;
  readonly tip: string;
  readonly arrow: string;
  readonly warning: string;
}

const unicodeMarks: Marks = { station: '●', line: '│', tip: '▼', arrow: '→', warning: '▲' };
const asciiMarks: Marks = { station: '*', line: '|', tip: 'v', arrow: '->', warning: '!' };

/** How a walk is drawn. */
export interface WalkLook {
  /** Cells of a line, at least 40. */
  readonly width: number;
  readonly ascii: boolean;
  /** Draws each station as a box of the whole width; not in ASCII. */
  readonly boxes?: boolean;
}

/** Draws a walk in lines of at most `width` cells. */
export function walkText(walk: Walk, { width, ascii, boxes = false }: WalkLook): WalkText {
  const drawing = new Drawing(width, ascii ? asciiMarks : unicodeMarks, boxes);
  return {
    title: `Packet walk of ${formatService(walk.service)} by ${formatRealServer(walk.realServer)} (${forwardingMethodLabel(walk.forwarding)})`,
    head: drawing.head(walk),
    obstacles: drawing.obstacles(walk),
    request: drawing.way('REQUEST', walk.request),
    response: drawing.way('RESPONSE', walk.response),
    foot: drawing.foot(walk),
  };
}

/** The whole drawing, one part under the other, as plain text. */
export function plainWalk(walk: Walk, look: WalkLook): string {
  const { title, head, obstacles, request, response, foot } = walkText(walk, look);
  const first = wrap(title, look.width).map((part): WalkLine => [{ text: part, tone: 'heading' }]);
  const parts = [[...first, ...head], obstacles, request, response, foot].filter((part) => part.length > 0);
  return parts.map((part) => part.map((line) => `${lineText(line)}\n`).join('')).join('\n');
}

/** A line as plain text. */
export function lineText(line: WalkLine): string {
  return line
    .map(({ text }) => text)
    .join('')
    .trimEnd();
}

const indent = '    ';
/** Cells before the arrow between two boxes, so that it comes out of their lower edge. */
const boxIndent = 2;

/** The result of probing a station, with its sign. */
function askedLines(asked: Station['asked']): Piece[] {
  if (asked === undefined) return [];
  return [{ text: `${asked.isWell ? '✓' : '✗'} ${asked.text}`, tone: asked.isWell ? 'place' : 'warning' }];
}

class Drawing {
  readonly #width: number;
  readonly #marks: Marks;

  readonly #hasBoxes: boolean;

  constructor(width: number, marks: Marks, hasBoxes: boolean) {
    this.#width = width;
    this.#marks = marks;
    this.#hasBoxes = hasBoxes;
  }

  /** The text before the arrow beside a packet. */
  get #before(): string {
    return this.#hasBoxes ? ' '.repeat(boxIndent) : '';
  }

  /** Cells that a packet has beside its arrow. */
  get #packetRoom(): number {
    return this.#width - this.#before.length - indent.length;
  }

  head(walk: Walk): WalkLine[] {
    return this.#wrapped(clientText(walk), 'aside', '');
  }

  way(heading: string, steps: readonly WalkStep[]): WalkLine[] {
    if (steps.length === 0) return [];
    return [
      [{ text: heading, tone: 'aside' }],
      ...steps.flatMap((step, place) => {
        if (step.kind === 'packet') return this.#packet(step);
        return this.#hasBoxes ? this.#box(step, place === steps.length - 1) : this.#station(step);
      }),
    ];
  }

  obstacles({ obstacles }: Walk): WalkLine[] {
    return obstacles.flatMap(({ text, command }) => [
      ...this.#marked(text),
      ...(command === null ? [] : [[{ text: `${indent}${command}`, tone: 'text' } as const]]),
    ]);
  }

  foot({ sight }: Walk): WalkLine[] {
    return [
      [{ text: 'WHAT THE DIRECTOR SEES', tone: 'aside' }],
      ...sight.flatMap((sentence) => this.#wrapped(sentence, 'text', '  ')),
    ];
  }

  #station({ place, address, does, asked }: Station): WalkLine[] {
    return [
      [
        { text: `${this.#marks.station} `, tone: 'aside' },
        { text: place, tone: 'place' },
        { text: address === null ? '' : ` ${address}`, tone: 'place' },
      ],
      ...askedLines(asked).flatMap(({ text, tone }) => this.#wrapped(text, tone, indent)),
      ...does.flatMap((sentence) => this.#wrapped(sentence, 'text', indent)),
    ];
  }

  /** A station as a box, with an arrow leading on unless it is the last. */
  #box({ place, address, does, asked }: Station, isLast: boolean): WalkLine[] {
    const inner = this.#width - 4;
    const name = `${place}${address === null ? '' : ` ${address}`}`;
    const edge = (text: string): Piece => ({ text, tone: 'aside' });
    return [
      [
        edge('┌─ '),
        { text: name, tone: 'place' },
        edge(` ${'─'.repeat(Math.max(0, this.#width - name.length - 5))}┐`),
      ],
      ...[...askedLines(asked), ...does.map((text): Piece => ({ text, tone: 'text' }))].flatMap(
        ({ text, tone }) =>
          wrap(text, inner).map(
            (part): WalkLine => [edge('│ '), { text: part.padEnd(inner), tone }, edge(' │')],
          ),
      ),
      [edge(`└─${isLast ? '─' : '┬'}${'─'.repeat(Math.max(0, this.#width - 4))}┘`)],
    ];
  }

  /** A packet as lines beside an arrow that points down. */
  #packet(packet: Packet): WalkLine[] {
    const plain: Tone = packet.link === null ? 'unseen' : 'text';
    const toneOf = (part: Packet['changed'][number]): Tone =>
      packet.changed.includes(part) ? 'changed' : plain;
    const lines: WalkLine[] = [];
    if (packet.outer !== null) {
      const { outer } = packet;
      lines.push(
        ...this.#pair('', outer.source ?? '?', outer.destination, toneOf('outer'), toneOf('outer'), [
          { text: `  ${outerName(outer, packet)}`, tone: 'aside' },
        ]),
      );
      if (packet.mtu !== null) lines.push(...this.#aside(outerText(outer, packet.mtu)));
    }
    lines.push(
      ...this.#pair(
        packet.outer === null ? '' : 'inside ',
        formatWalkEndpoint(packet.source),
        formatWalkEndpoint(packet.destination),
        toneOf('source'),
        toneOf('destination'),
        packet.isSeen ? [] : [{ text: '  past the director', tone: 'aside' }],
      ),
    );
    if (packet.frame !== null) {
      const { source, destination } = packet.frame;
      const tone = toneOf('frame');
      lines.push(...this.#pair('frame ', macText(source), macText(destination), tone, tone, onLink(packet)));
    } else if (packet.link !== null) lines.push(...this.#aside(linkText(packet)));
    return lines.map((line, index) => [
      {
        text: `${this.#before}${index === lines.length - 1 ? this.#marks.tip : this.#marks.line}   `,
        tone: 'aside',
      },
      ...line,
    ]);
  }

  /** `A → B` with what follows, on as many lines as it needs. */
  #pair(
    label: string,
    from: string,
    to: string,
    fromTone: Tone,
    toTone: Tone,
    after: readonly Piece[],
  ): WalkLine[] {
    const arrow = ` ${this.#marks.arrow} `;
    const room = this.#packetRoom;
    const first: Piece[] = [
      { text: label, tone: 'aside' },
      { text: from, tone: fromTone },
    ];
    const second: Piece[] = [
      { text: arrow, tone: 'aside' },
      { text: to, tone: toTone },
    ];
    const lengthOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { text }) => sum + text.length, 0);
    const lines: Piece[][] =
      lengthOf(first) + lengthOf(second) <= room ? [[...first, ...second]] : [first, second];
    const last = lines.at(-1) ?? [];
    const trimmed = after.map((piece) => ({ ...piece, text: piece.text.trim() }));
    if (lengthOf(last) + lengthOf(after) <= room) last.push(...after);
    else if (after.length > 0) lines.push([{ text: '  ', tone: 'aside' }, ...trimmed]);
    return lines;
  }

  #aside(text: string): WalkLine[] {
    return wrap(text, this.#packetRoom).map((part) => [{ text: part, tone: 'aside' }]);
  }

  #marked(text: string): WalkLine[] {
    return wrap(text, this.#width - 2).map((part, index) => [
      { text: `${index === 0 ? this.#marks.warning : ' '} `, tone: 'warning' },
      { text: part, tone: 'warning' },
    ]);
  }

  #wrapped(text: string, tone: Tone, before: string): WalkLine[] {
    return wrap(text, this.#width - before.length).map((part) => [{ text: `${before}${part}`, tone }]);
  }
}

function clientText({ endpoints: { origin, client, isVirtualExample }, service }: Walk): string {
  const example = isVirtualExample
    ? `; ${service.kind === 'fwmark' ? 'what the firewall marks is not known here, so the virtual address' : 'the service takes every port, and the one shown'} is an example`
    : '';
  switch (origin.kind) {
    case 'connection':
      return `client ${formatWalkEndpoint(client)} is in the connection table now (${origin.state}${origin.isOfRealServer ? '' : ', at another real server of the service'})`;
    case 'given':
      return `client ${client.address} as it was named; its port is an example${example}`;
    case 'example':
      return `no connection to show: client ${client.address} is an example${example}`;
  }
}

function macText(address: LinkAddress): string {
  switch (address.kind) {
    case 'known':
      return address.mac;
    case 'failed':
      return 'no answer (FAILED)';
    case 'unknown':
      return 'not asked yet';
  }
}

function onLink(packet: Packet): Piece[] {
  return [{ text: `  ${linkText(packet)}`, tone: 'aside' }];
}

function linkText({ link, mtu }: Packet): string {
  return `${link ?? ''}${mtu === null ? '' : `, MTU ${mtu}`}`;
}

/** The protocols of the outer header, and what is inside. */
function outerName({ family, tunnel }: OuterHeader, { source }: Packet): string {
  const outer = family === 'inet' ? 'IPv4' : 'IPv6';
  const inner = source.address.includes(':') ? 'IPv6' : 'IPv4';
  if (tunnel === null) return outer;
  switch (tunnel.type) {
    case 'ipip':
      return `${outer}, protocol ${inner === 'IPv4' ? '4 (IPv4 inside)' : '41 (IPv6 inside)'}`;
    case 'gre':
      return `${outer}, protocol 47 (GRE${tunnel.checksum === 'yes' ? ' with checksum' : ''})`;
    case 'gue':
      return `${outer}, UDP to port ${tunnel.port} (GUE${{ no: '', yes: ' with UDP checksum', remote: ' with remote checksum' }[tunnel.checksum]})`;
    default:
      return `${outer}, ${tunnel.type}`;
  }
}

function outerText({ tunnel, overhead, room, segment }: OuterHeader, mtu: number): string {
  if (tunnel === null) return 'what tunnel it is may be read by root only';
  if (overhead === null || room === null) return 'a tunnel type that the kernel does not know';
  return `MTU ${mtu} less ${overhead} around it: room for ${room} bytes, MSS ${segment}`;
}

/** Breaks text between words into lines of at most `width` characters. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width || line === '') line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}
