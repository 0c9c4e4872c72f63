import { addressBytes, formatInet, formatInet6, parseAddress } from '../ipvs/address.ts';
import type { AnonymousAddresses } from './anonymous-addresses.ts';

/** Names that are to be replaced. */
export interface TellingNames {
  /** Of machines. A domain behind a name is replaced together with it. */
  readonly hosts: Iterable<string>;
  /** Of users; those of the system itself tell nothing. */
  readonly users: Iterable<string>;
}

/** Names that every machine has, and that are kept. */
const everywhere: ReadonlySet<string> = new Set(['', 'root', 'unknown', 'nobody', 'daemon', 'localhost']);

/** What may be an IPv6 address or a hardware address, or an IPv4 address. A prefix length may follow. */
const perhapsAddress =
  /(?<![0-9A-Za-z:.])[0-9A-Fa-f]*:[0-9A-Fa-f:.]*[0-9A-Fa-f:](?:\/\d{1,3}(?!\d))?|(?<![0-9.])\d{1,3}(?:\.\d{1,3}){3}(?![0-9]|\.[0-9])(?:\/\d{1,2}(?!\d))?/g;
const inetAddress = /(?<![0-9.])\d{1,3}(?:\.\d{1,3}){3}(?![0-9]|\.[0-9])(?:\/\d{1,2}(?!\d))?/g;
const hardwareAddress = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i;
const mailAddress = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

/** Replaces addresses, mail addresses, and names of machines and users in any text, the same always by the same. */
export class AnonymousText {
  readonly #addresses: AnonymousAddresses;
  readonly #names = new Map<string, string>();
  readonly #pattern: RegExp | undefined;
  readonly #numbered = new Map<string, number>();
  readonly #known = new Map<string, string>();

  constructor(addresses: AnonymousAddresses, { hosts, users }: TellingNames) {
    this.#addresses = addresses;
    const patterns: string[] = [];
    const add = (names: Iterable<string>, word: string, behind: string) => {
      for (const name of names) {
        const known = name.toLowerCase();
        if (everywhere.has(known) || this.#names.has(known) || parseAddress(name) !== undefined) continue;
        this.#names.set(known, this.#number(word, known));
        patterns.push(`${escaped(name)}${behind}`);
      }
    };
    add(
      Array.from(hosts, (name) => name.split('.')[0] ?? ''),
      'host',
      '(?:\\.[A-Za-z0-9-]+)*',
    );
    add(users, 'user', '');
    // The longest first: one may be the beginning of another.
    patterns.sort((left, right) => right.length - left.length);
    if (patterns.length > 0)
      this.#pattern = new RegExp(`(?<![\\w-])(?:${patterns.join('|')})(?![\\w-])`, 'gi');
  }

  text(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    let replaced = text
      .replace(mailAddress, (mail) => `${this.#number('mail', mail)}@example.invalid`)
      .replace(perhapsAddress, (found) => this.#address(found));
    if (this.#pattern !== undefined) replaced = replaced.replace(this.#pattern, (name) => this.#name(name));
    if (text.length < 256) this.#known.set(text, replaced);
    return replaced;
  }

  /** Replaces addresses and names in every text within a value that JSON can hold. Names of fields stay. */
  value<Value>(value: Value): Value {
    return this.#within(value) as Value;
  }

  #within(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((one) => this.#within(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#within(one)]));
  }

  #name(found: string): string {
    const known = found.toLowerCase();
    return this.#names.get(known) ?? this.#names.get(known.split('.')[0] ?? '') ?? found;
  }

  #address(found: string): string {
    const [, body = '', tail = ''] = /^(.*?[^.:]|.*::)([.:]*(?:\/\d+)?)$/.exec(found) ?? [];
    const [text, length] = found.includes('/') ? found.split('/') : [body, undefined];
    const rest = length === undefined ? tail : '';
    if (text === undefined) return found;
    if (hardwareAddress.test(text)) return `${this.#hardware(text)}${rest}`;
    const address = parseAddress(text);
    if (address === undefined)
      return found.includes('.') && found.includes(':')
        ? found.replace(inetAddress, (inet) => this.#address(inet))
        : found;
    const bytes = addressBytes(address.text);
    const other = bytes.length === 4 ? this.#addresses.inet(bytes) : this.#addresses.inet6(bytes);
    if (length !== undefined && isNetwork(bytes, Number(length))) clearBehind(other, Number(length));
    const written = bytes.length === 4 ? formatInet(Uint8Array.from(other)) : formatInet6(other);
    return `${written}${length === undefined ? rest : `/${length}`}`;
  }

  #hardware(text: string): string {
    const place = this.#place('hardware', text.toLowerCase());
    const octets = [2, 0, 0, place >> 16, place >> 8, place].map((octet) => (octet & 0xff).toString(16));
    return octets.map((octet) => octet.padStart(2, '0')).join(':');
  }

  #number(word: string, name: string): string {
    return `${word}-${this.#place(word, name)}`;
  }

  /** Counts the different names of a kind from 1 on. */
  #place(word: string, name: string): number {
    const key = `${word} ${name}`;
    const known = this.#numbered.get(key);
    if (known !== undefined) return known;
    const place = (this.#numbered.get(word) ?? 0) + 1;
    this.#numbered.set(word, place);
    this.#numbered.set(key, place);
    return place;
  }
}

/** Whether no bit is set behind the prefix length, so that it is a network and not an address in one. */
function isNetwork(bytes: readonly number[], length: number): boolean {
  return bytes.every((byte, place) => (byte & behind(place, length)) === 0);
}

function clearBehind(bytes: number[], length: number): void {
  for (const [place, byte] of bytes.entries()) bytes[place] = byte & ~behind(place, length) & 0xff;
}

/** Mask of the bits of the octet at `place` that lie behind a prefix length. */
function behind(place: number, length: number): number {
  return 0xff >> Math.max(0, Math.min(8, length - place * 8));
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
