import {
  type Answers,
  type Behaviour,
  type FakeDatagram,
  FakeKernel,
  type FakeRequest,
} from './fake-kernel.ts';
import { statistics } from './kernel-answers.ts';
import { attribute, generic, little, nest, u32 } from './kernel-bytes.ts';

const dumpFlags = 0x300;
const commands = { newService: 1, setService: 2, deleteService: 3, getService: 4 } as const;
const destinations = { new: 5, set: 6 } as const;
const nests = { service: 1, destination: 2 } as const;
/** Address family, protocol, address, port and firewall mark are what a service is; address and port a real server. */
const identities = { service: [1, 2, 3, 4, 5], destination: [1, 2] } as const;
/** Bytes that a datagram of a dump has room for, beside what the kernel needs of 32 KiB for itself. */
const room = 32 * 1024 - 320;

const idle = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };

interface Row {
  readonly key: string;
  /** The row as a dump gives it. */
  message: Buffer;
}

interface ServiceRow extends Row {
  /** The newest first. */
  readonly realServers: Row[];
}

/**
 * The family IPVS with a table that is read and written, and whose dumps go on by index in the table as it is when
 * their next datagram is made; that of a service's real servers ends without a word once the service is gone
 * (`ip_vs_genl_dump_dests` in `net/netfilter/ipvs/ip_vs_ctl.c`).
 */
export function fakeIpvs(): FakeKernel {
  const kernel = new FakeKernel();
  kernel.register('IPVS', 33, ipvsFamily());
  return kernel;
}

function ipvsFamily(): Behaviour {
  const services: ServiceRow[] = [];
  const serviceOf = ({ attributes }: FakeRequest): ServiceRow | undefined => {
    const key = keyOf(nestIn(attributes, nests.service), identities.service);
    return services.find((service) => service.key === key);
  };
  return (request, answer) => {
    const { command, flags } = request;
    if ((flags & dumpFlags) !== 0) {
      const rows =
        command === commands.getService ? () => services : () => serviceOf(request)?.realServers ?? [];
      return dump(answer, rows);
    }
    const errno = command === commands.getService ? undefined : write(services, serviceOf(request), request);
    if (errno !== undefined) return [answer.error(errno)];
    if (command === commands.getService) {
      const service = serviceOf(request);
      if (service === undefined) return [answer.error('ESRCH')];
      return [answer.message(service.message), ...acknowledgement(flags, answer)];
    }
    return acknowledgement(flags, answer);
  };
}

function acknowledgement(flags: number, answer: Answers): FakeDatagram[] {
  return (flags & 4) === 0 ? [] : [answer.acknowledgement()];
}

function* dump(answer: Answers, rows: () => readonly Row[]): Generator<FakeDatagram> {
  for (let index = 0; ; ) {
    const messages: Buffer[] = [];
    let length = 0;
    for (const { message } of rows().slice(index)) {
      if (length + message.length + 16 > room) break;
      length += message.length + 16;
      messages.push(message);
    }
    if (messages.length === 0) break;
    index += messages.length;
    yield answer.message(...messages);
  }
  yield answer.done();
}

/** A row as a dump gives it, out of the attributes with which it was written. */
function rowMessage(kind: number, written: Buffer): Buffer {
  const moving = kind === nests.service ? [] : [7, 8, 9].map((type) => attribute(type, u32(0)));
  const counters = [statistics(10, false, idle, idle), statistics(12, true, idle, idle)];
  return generic(kind === nests.service ? 1 : 5, nest(kind, written, ...moving, ...counters));
}

type Refusal = 'EEXIST' | 'ESRCH' | 'ENOENT';

function write(
  services: ServiceRow[],
  service: ServiceRow | undefined,
  { command, attributes }: FakeRequest,
): Refusal | undefined {
  const bytes = nestIn(attributes, nests.service);
  if (command === commands.newService) {
    if (service !== undefined) return 'EEXIST';
    const message = rowMessage(nests.service, bytes);
    services.unshift({ key: keyOf(bytes, identities.service), message, realServers: [] });
    return undefined;
  }
  if (service === undefined) return 'ESRCH';
  if (command === commands.setService) service.message = rowMessage(nests.service, bytes);
  else if (command === commands.deleteService) services.splice(services.indexOf(service), 1);
  else return writeRealServer(service.realServers, command, nestIn(attributes, nests.destination));
  return undefined;
}

function writeRealServer(rows: Row[], command: number, bytes: Buffer): Refusal | undefined {
  const key = keyOf(bytes, identities.destination);
  const place = rows.findIndex((row) => row.key === key);
  const row = rows[place];
  if (command === destinations.new) {
    if (row !== undefined) return 'EEXIST';
    rows.unshift({ key, message: rowMessage(nests.destination, bytes) });
    return undefined;
  }
  if (row === undefined) return 'ENOENT';
  if (command === destinations.set) row.message = rowMessage(nests.destination, bytes);
  else rows.splice(place, 1);
  return undefined;
}

/** What a nest among attributes holds. */
function nestIn(attributes: Buffer, wanted: number): Buffer {
  return [...attributesIn(attributes)].find(({ type }) => type === wanted)?.payload ?? Buffer.alloc(0);
}

function keyOf(attributes: Buffer, identity: readonly number[]): string {
  return [...attributesIn(attributes)]
    .filter(({ type }) => identity.includes(type))
    .map(({ type, payload }) => `${type}:${payload.toString('hex')}`)
    .join(' ');
}

function* attributesIn(bytes: Buffer): Generator<{ readonly type: number; readonly payload: Buffer }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let length: number;
  for (let at = 0; at + 4 <= bytes.length; at += (length + 3) & ~3) {
    length = view.getUint16(at, little);
    yield { type: view.getUint16(at + 2, little) & 0x3fff, payload: bytes.subarray(at + 4, at + length) };
  }
}
