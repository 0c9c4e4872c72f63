import { isInhibited } from '../../formats/keepalived/checks.ts';
import {
  addedWeight,
  type FileCheck,
  fileChecks,
  trackedNumber,
} from '../../formats/keepalived/file-checks.ts';
import type { OutlinedRealServer, OutlinedService } from '../../formats/keepalived/outline.ts';
import { readPlainFile } from '../../system/plain-file.ts';
import type { ManagedConfiguration } from '../managed-configuration.ts';
import { refusal } from './edit-refusal.ts';

/** Most bytes of a file with a number that lvstop reads and writes anew; keepalived reads 127 of them. */
export const longestFile = 4096;

/** What to do where the file cannot do it. */
export const otherWays = 'edit the file by hand, or make it lasting in the configuration';

/** A real server of a configuration, with its service. */
export interface Row {
  readonly service: OutlinedService;
  readonly realServer: OutlinedRealServer;
}

/** A number that is to be written into a file. */
export interface Effect {
  readonly path: string;
  readonly number: number;
}

/**
 * The weight that keepalived gives a real server by its `FILE_CHECK`s, all other checks being well; `null` where one of
 * them fails. `effect` is a number that is not in its file yet; leaving out the checks of one file gives the sum of the
 * others, without the bounds of a weight.
 */
export function weightBy(
  { reading: { outline } }: ManagedConfiguration,
  { weight, statement }: OutlinedRealServer,
  effect: Effect | null,
  without?: FileCheck,
): number | null {
  let sum = weight;
  for (const check of fileChecks(outline, statement)) {
    if (check.path === without?.path) continue;
    const number = check.path === effect?.path ? effect.number : presentNumber(check.path);
    const added = addedWeight(check, number);
    if (added === null) return null;
    sum += added;
  }
  return without === undefined ? Math.min(Math.max(0, sum), 2 ** 31 - 1) : sum;
}

/** A file that is not there counts as 0 for keepalived. */
function presentNumber(path: string): number {
  try {
    return trackedNumber(readPlainFile(path, { longest: longestFile }).toString('latin1')) ?? 0;
  } catch {
    return 0;
  }
}

/** The number nearest to 0 that makes the wanted weight. Throws an input `IpvsError` where there is none. */
export function numberFor(
  managed: ManagedConfiguration,
  { service, realServer, weight }: Row & { readonly weight: number },
  check: FileCheck,
  name: string,
): number {
  const rest = weightBy(managed, realServer, null, check);
  if (rest === null) throw refusal(name, 'another FILE_CHECK of it fails', otherWays);
  const { factor, isReversed } = check;
  if (factor === 0) {
    const [well, failed] = isReversed ? [1, 0] : [0, 1];
    if (weight === Math.max(0, rest)) return well;
    if (weight !== 0)
      throw refusal(
        name,
        'its FILE_CHECK has weight 0: the number takes it down, and gives it no other weight',
        otherWays,
      );
    if (isInhibited(service.statement, realServer.statement)) return failed;
    throw refusal(
      name,
      'its FILE_CHECK has weight 0 and there is no inhibit_on_failure: the number takes it out of the table at once, with its connections',
      otherWays,
    );
  }
  const exact = (weight - rest) / factor;
  const number = weight === 0 ? (rest <= 0 ? 0 : Math.sign(exact) * Math.ceil(Math.abs(exact))) : exact;
  if (!Number.isInteger(number))
    throw refusal(name, `no number times ${factor} makes ${rest} into ${weight}`, otherWays);
  if (Math.abs(number) >= 2 ** 31 || addedWeight(check, number) === null)
    throw refusal(name, 'the number would be too large for keepalived', otherWays);
  return number;
}
