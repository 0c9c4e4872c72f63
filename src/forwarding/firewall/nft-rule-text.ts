import { formatInet, formatInet6 } from '../../ipvs/address.ts';
import type {
  AddressMatch,
  FieldRange,
  FirewallMatch,
  FirewallRule,
  LinkMatch,
  PacketField,
  TrackingState,
} from './firewall.ts';
import { stateBits } from './firewall.ts';
import { protocolNames } from './protocol-names.ts';

/** A rule much as nft lists it: `ip daddr 10.0.0.100 tcp dport 80 drop`. */
export function nftRuleText(rule: FirewallRule): string {
  const { target } = rule;
  const does =
    target.kind === 'jump'
      ? `${target.comesBack ? 'jump' : 'goto'} ${target.chain}`
      : target.kind === 'mark'
        ? `meta mark set ${hex(target.mark)}`
        : ('name' in target ? target.name : target.kind).toLowerCase();
  const transport = rule.protocol === null || rule.protocol.isInverted ? 'th' : nameOf(rule.protocol.number);
  return [
    ...link('iifname', rule.inLink),
    ...link('oifname', rule.outLink),
    ...address('saddr', rule.source),
    ...address('daddr', rule.destination),
    ...protocol(rule),
    ...rule.matches.flatMap((match) => matchText(match, transport)),
    does,
  ].join(' ');
}

const not = ({ isInverted }: { readonly isInverted: boolean }) => (isInverted ? '!= ' : '');
const hex = (number: number | bigint) => `0x${number.toString(16)}`;
const nameOf = (number: number) => protocolNames.get(number) ?? String(number);

function link(word: string, match: LinkMatch | null): string[] {
  return match === null ? [] : [`${word} ${not(match)}"${match.name}${match.isBeginning ? '*' : ''}"`];
}

function address(word: string, match: AddressMatch | null): string[] {
  if (match === null) return [];
  const family = match.address.includes(':') ? 'ip6' : 'ip';
  const whole = family === 'ip' ? 32 : 128;
  const prefix = match.prefixLength === null || match.prefixLength === whole ? '' : `/${match.prefixLength}`;
  return [`${family} ${word} ${not(match)}${match.address}${prefix}`];
}

/** The condition on the protocol; left out where a condition on ports or TCP flags names the protocol already. */
function protocol({ protocol: match, matches }: FirewallRule): string[] {
  const isNamed = matches.some(
    (one) =>
      one.kind === 'ports' ||
      (one.kind === 'fields' && one.fields.some((field) => field.endsWith('Port') || field === 'tcpFlags')),
  );
  return match === null || (isNamed && !match.isInverted)
    ? []
    : [`meta l4proto ${not(match)}${nameOf(match.number)}`];
}

function matchText(match: FirewallMatch, transport: string): string[] {
  switch (match.kind) {
    case 'ports': {
      const words = { source: 'sport', destination: 'dport', either: 'port' }[match.side];
      const ranges = match.ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
      return [`${transport} ${words} ${not(match)}${listed(ranges)}`];
    }
    case 'state':
      return [`ct state ${not(match)}${match.states.join(',')}`];
    case 'mark': {
      const mask = match.mask === 0xffffffff ? '' : `& ${hex(match.mask)} `;
      return [`meta mark ${mask}${match.isInverted ? '!= ' : mask === '' ? '' : '== '}${hex(match.mark)}`];
    }
    case 'fields':
      return fieldsText(match, transport);
    case 'ipvs':
      return ['ipvs'];
    case 'other':
      return [match.name];
  }
}

const listed = (texts: readonly string[]) => (texts.length === 1 ? texts.join() : `{ ${texts.join(', ')} }`);

/** At most this many elements of a set are shown. */
const mostElements = 6;

function fieldsText(match: Extract<FirewallMatch, { kind: 'fields' }>, transport: string): string[] {
  const { fields, elements, mask, set } = match;
  // nft shows the family together with the addresses.
  if (fields.length === 1 && fields[0] === 'family') return [];
  const names = fields.map((field) => fieldName(field, elements[0] ?? [], transport)).join(' . ');
  const texts = elements
    .toSorted(([[left] = [0n]], [[right] = [0n]]) => (left < right ? -1 : left > right ? 1 : 0))
    .slice(0, mostElements)
    .map((ranges) => ranges.map((range, place) => rangeText(fields[place], range)).join(' . '));
  if (elements.length > mostElements) texts.push('…');
  const masked = mask === null ? '' : `& ${hex(mask)} ${match.isInverted ? '' : '== '}`;
  return [`${names} ${masked}${not(match)}${set ?? listed(texts)}`];
}

function fieldName(field: PacketField, ranges: readonly FieldRange[], transport: string): string {
  const isLong = ranges.some(([, last]) => last > 0xffffffffn);
  switch (field) {
    case 'source':
    case 'destination':
      return `${isLong ? 'ip6' : 'ip'} ${field === 'source' ? 'saddr' : 'daddr'}`;
    case 'sourcePort':
    case 'destinationPort':
      return `${transport} ${field === 'sourcePort' ? 'sport' : 'dport'}`;
    case 'tcpFlags':
      return 'tcp flags';
    case 'inLink':
      return 'iifname';
    case 'outLink':
      return 'oifname';
    case 'protocol':
      return 'meta l4proto';
    case 'state':
      return 'ct state';
    case 'mark':
      return 'meta mark';
    case 'family':
      return 'meta nfproto';
  }
}

function rangeText(field: PacketField | undefined, [first, last]: FieldRange): string {
  const texts = [first, last].map((value) => valueText(field, value));
  return first === last ? (texts[0] ?? '') : texts.join('-');
}

function valueText(field: PacketField | undefined, value: bigint): string {
  switch (field) {
    case 'source':
    case 'destination': {
      const bytes = bytesOf(value, value > 0xffffffffn ? 16 : 4);
      return bytes.length === 4 ? formatInet(bytes) : formatInet6(bytes);
    }
    case 'inLink':
    case 'outLink':
      return `"${Buffer.from(bytesOf(value, 16)).toString('latin1').replaceAll('\0', '')}"`;
    case 'protocol':
      return nameOf(Number(value));
    case 'state':
      return (
        (Object.keys(stateBits) as TrackingState[]).find(
          (state) => 1n << BigInt(stateBits[state]) === value,
        ) ?? hex(value)
      );
    case 'mark':
    case 'tcpFlags':
      return hex(value);
    default:
      return String(value);
  }
}

function bytesOf(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, place) =>
    Number((value >> BigInt(8 * (length - 1 - place))) & 0xffn),
  );
}
