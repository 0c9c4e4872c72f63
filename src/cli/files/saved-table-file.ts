import { isUtf8 } from 'node:buffer';
import { lstatSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { longestText } from '../../formats/source-lines.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { FileRefusal, longerThan, plainFileRefusal, readPlainFile } from '../../system/plain-file.ts';
import { systemErrorCode, systemErrorReason } from '../../system/system-error.ts';
import type { Work } from '../../system/turns.ts';
import { type Replacement, replaceFile } from '../../system/whole-file.ts';
import { openPipe } from './open-pipe.ts';

/** Name that stands for standard input and output. */
export const standardStream = '-';

/** The name of a file in messages. */
export function fileTitle(path: string): string {
  return path === standardStream ? 'standard input' : visible(path);
}

/**
 * Reads the text of a file, of a pipe like the shell's `<(…)`, or of standard input for `-`. `tell` says what is waited
 * for. Throws an input `IpvsError`.
 */
export async function readSavedText(path: string, tell: (line: string) => void): Promise<string> {
  if (path === standardStream) {
    if (process.stdin.isTTY) tell('reading from this terminal: Ctrl-D ends the text, Ctrl-C the command');
    return textOf(path, await readStream(path, async () => process.stdin));
  }
  if (!isPipe(path)) return textOf(path, bytesOf('read', path));
  const ending = process.stderr.isTTY ? ', Ctrl-C ends' : '';
  const onWait = () =>
    tell(`${fileTitle(path)} is a named pipe: waiting for somebody to write into it${ending}`);
  return textOf(path, await readStream(path, () => openPipe(path, onWait)));
}

/** Reads a plain file, never waiting; `undefined` when there is none. `operation` is for messages. */
export function readPresentText(path: string, operation = 'read'): string | undefined {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  } catch (error) {
    throw explained(operation, path, error);
  }
  return textOf(path, bytesOf(operation, path));
}

/** Writes a text whole or not at all, and keeps what stood there before beside it. Throws an input `IpvsError`. */
export function* writeSavedText(path: string, text: string): Work<Replacement> {
  try {
    const present = lstatSync(path, { throwIfNoEntry: false });
    const reason = present?.isSymbolicLink()
      ? systemErrorReason('ELOOP')
      : present && plainFileRefusal(present);
    if (reason !== undefined) throw refusal('write', path, reason);
    return yield* replaceFile(path, text, `${path}.previous`);
  } catch (error) {
    throw explained('write', path, error);
  }
}

function isPipe(path: string): boolean {
  try {
    return statSync(path).isFIFO();
  } catch {
    // Reading the file says why it cannot be looked at.
    return false;
  }
}

function bytesOf(operation: string, path: string): Buffer {
  try {
    return readPlainFile(path, { longest: longestText });
  } catch (error) {
    throw explained(operation, path, error);
  }
}

async function readStream(path: string, open: () => Promise<Readable>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of await open()) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > longestText) throw new FileRefusal(`it is ${longerThan(longestText)}`);
      chunks.push(bytes);
    }
  } catch (error) {
    throw explained('read', path, error);
  }
  return Buffer.concat(chunks, length);
}

function textOf(path: string, bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw binary(path, bytes.subarray(0, nul).toString('latin1'));
  const text = bytes.toString('utf8');
  if (!isUtf8(bytes)) throw binary(path, text.slice(0, text.indexOf('\ufffd')));
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function binary(path: string, before: string): IpvsError {
  const line = before.split('\n').length;
  return IpvsError.input(
    'bad-file',
    'read',
    `${fileTitle(path)}:${line}`,
    'there are bytes that are no text',
    'give a text file; nothing was done',
  );
}

function explained(operation: string, path: string, error: unknown): unknown {
  if (error instanceof FileRefusal) return refusal(operation, path, error.message);
  const code = systemErrorCode(error);
  return code === undefined ? error : refusal(operation, path, systemErrorReason(code));
}

function refusal(operation: string, path: string, reason: string): IpvsError {
  const advice = operation === 'read' ? 'give a file that can be read' : 'give another file';
  return IpvsError.input('bad-file', operation, fileTitle(path), reason, `${advice}; nothing was done`);
}
