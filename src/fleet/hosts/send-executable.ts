import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { IpvsError } from '../../ipvs/error.ts';
import { type Executable, hashOf } from './executables.ts';
import { farCodes, type Missing, sshFailed } from './far-codes.ts';
import { receiveLine } from './far-script.ts';
import { packed } from './packed.ts';
import type { Ssh } from './ssh.ts';

/** What is sent where. */
export interface Delivery {
  readonly ssh: Ssh;
  readonly host: string;
  readonly version: string;
  readonly missing: Missing;
  readonly executable: Executable;
  /** Called with the number of the executable's bytes that have gone out. */
  readonly onProgress: (sent: number) => void;
}

/** Puts an executable of this version into its place on a host. Throws an `unreachable` `IpvsError` where it is not there then. */
export async function sendExecutable(delivery: Delivery): Promise<void> {
  const { ssh, host, version, missing } = delivery;
  const child = await ssh.start({
    host,
    line: receiveLine({ version, ...missing }),
    terminal: false,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const said = lastLineOf(child);
  const ended = once(child, 'close') as Promise<[number | null]>;
  if (child.stdin !== null)
    // The far side may end before all is sent; it tells why.
    await pipeline(contentOf(delivery), child.stdin).catch(() => undefined);
  const [code] = await ended;
  if (code !== 0) throw sendingError(delivery, code, said());
}

/** What `receiveLine` takes from standard input. */
async function* contentOf({ executable, missing, onProgress }: Delivery): AsyncGenerator<string | Buffer> {
  // While ssh connects.
  yield `${await hashOf(executable.path)}\n`;
  yield* packed(executable.path, missing.packing, onProgress);
}

/** The last line that a process has said on its standard error. */
function lastLineOf({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4096);
  });
  return () => text.trim().split('\n').at(-1)?.trim() ?? '';
}

function sendingError({ host, version }: Delivery, code: number | null, said: string): IpvsError {
  const [reason, advice] = reasonOf(code, said);
  return new IpvsError({
    code: 'not-sent',
    operation: 'send',
    object: `lvstop ${version} to ${host}`,
    reason,
    advice: `${advice}; nothing was left there`,
  });
}

function reasonOf(code: number | null, said: string): readonly [reason: string, advice: string] {
  switch (code) {
    case farCodes.notWhole:
      return [
        `it did not get there whole: ${said || 'its checksum is another'}`,
        'set that right and try again',
      ];
    case farCodes.notRunnable:
      return [
        'nothing is run from its home folder, whose file system is mounted noexec',
        'install lvstop there as a package',
      ];
    case farCodes.notStarting:
      return [`it does not start there: ${said || 'it says another version'}`, 'see what that machine lacks'];
    case sshFailed:
      return [said || 'the connection failed', 'see whether "ssh" reaches it'];
    default:
      return [said || `its shell ended with ${code ?? 'a signal'}`, 'see whether "ssh" runs commands there'];
  }
}
