import {
  type Answers,
  type Behaviour,
  type FakeDatagram,
  FakeKernel,
  type FakeRequest,
  type FakeSocket,
} from '../netlink/fake-kernel.ts';
import { little } from '../netlink/kernel-bytes.ts';
import { family, realServerMessage, renumber, serviceMessage } from './kernel-rows.ts';

/** `IPVS_CMD_*` that are answered; whatever else is asked comes to nothing. */
const commands = {
  newService: 1,
  setService: 2,
  deleteService: 3,
  getService: 4,
  newRealServer: 5,
  setRealServer: 6,
  deleteRealServer: 7,
  getRealServer: 8,
} as const;

/** What tells services, and real servers of one, apart: of `IPVS_SVC_ATTR_*` and `IPVS_DEST_ATTR_*`. */
const identity = { service: [1, 2, 3, 4, 5], realServer: [1, 2, 11] } as const;
/** `IPVS_CMD_ATTR_SERVICE` and `IPVS_CMD_ATTR_DEST`. */
const nests = { service: 1, realServer: 2 } as const;
/** `NLM_F_ACK`, `NLM_F_DUMP`. */
const requestFlags = { acknowledge: 4, dump: 0x300 } as const;

/** Bytes of rows that a datagram of a dump holds: as many as there is room for (`netlink_dump`). */
const datagramRoom = 32 * 1024 - 320;

interface KeptService {
  /** The message of a dump that tells of it. */
  row: Buffer;
  /** Those of its real servers. */
  readonly realServers: Map<string, Buffer>;
}

/**
 * A kernel that keeps what is written to it as rows of its own bytes. As the real one, it makes the first datagram of
 * a dump when it takes the request, and the others when they are received: of a service that is deleted by then, none.
 */
export class KeptTable {
  readonly #kernel = new FakeKernel();
  readonly #services = new Map<string, KeptService>();

  constructor() {
    this.#kernel.register('IPVS', family, (request, answer) => {
      // Nobody looks at what was asked before.
      this.#kernel.requests.length = 0;
      return this.#answer(request, answer);
    });
  }

  /** A socket to it. */
  open(): FakeSocket {
    return this.#kernel.open();
  }

  #answer(request: FakeRequest, answer: Answers): ReturnType<Behaviour> {
    const { command, attributes } = request;
    const isDump = (request.flags & requestFlags.dump) === requestFlags.dump;
    const nest = attributesIn(attributes).get(nests.service);
    const key = nest === undefined ? '' : keyIn(nest, identity.service);
    const kept = this.#services.get(key);
    if (command === commands.getService && isDump) {
      const rows = [...this.#services.values()].map(({ row }) => row);
      return dump(request, answer, rows, () => true);
    }
    if (command === commands.getRealServer) {
      const rows = [...(kept?.realServers.values() ?? [])];
      return dump(request, answer, rows, () => this.#services.has(key));
    }
    if (isDump) return [answer.done()];
    if (command < commands.newService || command > commands.getRealServer) return [answer.acknowledgement()];
    if ((kept !== undefined) === (command === commands.newService))
      return [answer.error(kept === undefined ? 'ESRCH' : 'EEXIST')];
    if (kept === undefined) {
      this.#services.set(key, { row: serviceMessage(nest), realServers: new Map() });
    } else if (command === commands.getService) {
      return [
        { bytes: renumber(Buffer.from(kept.row), request.sequence, request.port) },
        answer.acknowledgement(),
      ];
    } else if (command === commands.setService) {
      kept.row = serviceMessage(nest);
    } else if (command === commands.deleteService) {
      this.#services.delete(key);
    } else {
      const refused = writeRealServer(kept.realServers, request);
      if (refused !== null) return [answer.error(refused)];
    }
    return (request.flags & requestFlags.acknowledge) === 0 ? [] : [answer.acknowledgement()];
  }
}

function writeRealServer(
  realServers: Map<string, Buffer>,
  { command, attributes }: FakeRequest,
): 'EEXIST' | 'ENOENT' | null {
  const nest = attributesIn(attributes).get(nests.realServer);
  const key = nest === undefined ? '' : keyIn(nest, identity.realServer);
  const isNew = command === commands.newRealServer;
  if (realServers.has(key) === isNew) return isNew ? 'EEXIST' : 'ENOENT';
  if (command === commands.deleteRealServer) realServers.delete(key);
  else realServers.set(key, realServerMessage(nest));
  return null;
}

function* dump(
  { sequence, port }: FakeRequest,
  answer: Answers,
  rows: readonly Buffer[],
  isThere: () => boolean,
): Generator<FakeDatagram, void, void> {
  for (let first = 0; first < rows.length && isThere(); ) {
    let [behind, length] = [first, 0];
    for (; behind < rows.length && length + (rows[behind]?.length ?? 0) <= datagramRoom; behind++)
      length += rows[behind]?.length ?? 0;
    yield { bytes: renumber(Buffer.concat(rows.slice(first, behind)), sequence, port) };
    first = behind;
  }
  yield answer.done();
}

/** The payloads of attributes by their types. */
function attributesIn(bytes: Buffer): Map<number, Buffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = new Map<number, Buffer>();
  let length: number;
  for (let at = 0; at < bytes.length; at += (length + 3) & ~3) {
    length = view.getUint16(at, little);
    found.set(view.getUint16(at + 2, little) & 0x3fff, bytes.subarray(at + 4, at + length));
  }
  return found;
}

function keyIn(nest: Buffer, types: readonly number[]): string {
  const attributes = attributesIn(nest);
  return types.map((type) => attributes.get(type)?.toString('hex') ?? '').join(' ');
}
